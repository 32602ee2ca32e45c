/** Changes to a text: found first, then made in one go, and no line ever moves. */

import type { RedactionRule, Tally } from './ledger.js';

/** A part of a text, offsets in UTF-16 units, and what is put there. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
  /** One for each thing taken out; empty for the further lines of one thing. */
  readonly rules: readonly RedactionRule[];
}

/** Finds what has to go. Pure; does not look at what was redacted before. */
export type Redactor = (text: string) => readonly Edit[];

/** Is told which edits are made in a text. */
export type Watch = (text: string, edits: readonly Edit[]) => void;

/** What stands in the place of what was taken out. */
export function markOf(rule: RedactionRule): string {
  return `[redacted:${rule}]`;
}

/** Source of a regular expression for such a mark; Markdown has it with backslashes. */
export const markSource = String.raw`\\?\[redacted:[a-z-]+\\?\]`;

const onlyMark = new RegExp(`^${markSource}$`);

/** True for such a mark and for what says nothing, so that redacting again changes nothing. */
export function isHarmless(value: string): boolean {
  return value.trim() === '' || onlyMark.test(value);
}

export function hide(start: number, end: number, rule: RedactionRule): Edit {
  return { start, end, replacement: markOf(rule), rules: [rule] };
}

/** Moves the edits of a part to where that part lies in the whole. */
export function shiftEdits(edits: readonly Edit[], by: number): readonly Edit[] {
  return edits.map((edit) => ({ ...edit, start: edit.start + by, end: edit.end + by }));
}

/** Edits in order of their place; those that overlap become one that covers both. */
export function mergeEdits(edits: readonly Edit[]): readonly Edit[] {
  const merged: Edit[] = [];
  for (const edit of edits.toSorted((left, right) => left.start - right.start || right.end - left.end)) {
    const last = merged.at(-1);
    if (last === undefined || edit.start >= last.end) merged.push(edit);
    else if (edit.end > last.end) merged[merged.length - 1] = { ...last, end: edit.end };
  }
  return merged;
}

export interface Editor {
  /** Makes a change; each begins behind the one before it. */
  make(edit: Edit): void;
  /** The whole changed text. */
  finish(): string;
}

/** Makes edits one after another and counts them by line. */
export function createEditor(text: string, tally: Tally): Editor {
  // Put together by the engine when it is read: joining copies it once more.
  let changed = '';
  let done = 0;
  let line = 1;
  let newline = text.indexOf('\n');
  const advance = (to: number): void => {
    for (; newline !== -1 && newline < to; newline = text.indexOf('\n', newline + 1)) line += 1;
  };
  return {
    make({ start, end, replacement, rules }) {
      advance(start);
      for (const rule of rules) tally.add(rule, line);
      changed += text.slice(done, start) + replacement;
      advance(end);
      const lost = countLines(text.slice(start, end)) - countLines(replacement);
      if (lost > 0) changed += '\n'.repeat(lost);
      done = end;
    },
    finish: () => (done === 0 ? text : changed + text.slice(done)),
  };
}

function countLines(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}

/** The text with all edits made. */
export function applyEdits(text: string, edits: readonly Edit[], tally: Tally): string {
  if (edits.length === 0) return text;
  const editor = createEditor(text, tally);
  for (const edit of mergeEdits(edits)) editor.make(edit);
  return editor.finish();
}

/** Edits of every line by itself; offsets are those in the whole text. */
export function editLines(text: string, findInLine: (line: string) => readonly Edit[]): readonly Edit[] {
  const edits: Edit[] = [];
  for (let start = 0; start < text.length;) {
    const newline = text.indexOf('\n', start);
    const next = newline === -1 ? text.length : newline + 1;
    const line = text.slice(start, newline === -1 ? next : newline);
    const found = findInLine(line.endsWith('\r') ? line.slice(0, -1) : line);
    for (const edit of found) edits.push({ ...edit, start: edit.start + start, end: edit.end + start });
    start = next;
  }
  return edits;
}

/** One redactor that is several, each on what the one before it left; its one edit is the whole text. */
export function inTurn(redactors: readonly Redactor[]): Redactor {
  return (text) => {
    const rules: RedactionRule[] = [];
    const tally: Tally = { add: (rule) => void rules.push(rule), entries: () => [] };
    const changed = redactors.reduce((before, redactor) => applyEdits(before, redactor(before), tally), text);
    return changed === text ? [] : [{ start: 0, end: text.length, replacement: changed, rules }];
  };
}

/** All matches of a global pattern. Not `matchAll`, which makes a new pattern each time and is slow on short lines. */
export function findAll(pattern: RegExp, text: string): readonly RegExpExecArray[] {
  const matches: RegExpExecArray[] = [];
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) matches.push(match);
  return matches;
}

/** Hides every line of a part by itself, without the blanks around it: its format may need what a line begins with. */
export function hideLines(text: string, from: number, to: number, rule: RedactionRule): readonly Edit[] {
  let isFirst = true;
  const edits = editLines(text.slice(from, to), (line) => {
    const content = line.trim();
    if (isHarmless(content)) return [];
    const start = line.length - line.trimStart().length;
    const edit = hide(start, start + content.length, rule);
    const rules = isFirst ? edit.rules : [];
    isFirst = false;
    return [{ ...edit, rules }];
  });
  return shiftEdits(edits, from);
}
