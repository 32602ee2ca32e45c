/** Redacts YAML as LXD and Incus print it, line by line: layout and line numbers stay, and it stays YAML. */

import type { Decide, Decision } from './decide.js';
import { applyEdits, isHarmless, markOf, shiftEdits, type Edit, type Redactor } from './edits.js';
import { createTally, type RedactionRule } from './ledger.js';

interface Level {
  readonly indent: number;
  readonly key: string;
}

/** A value that may go on in the next lines, which are further in than its key. */
interface OpenValue {
  readonly indent: number;
  readonly decision: Decision;
  /** Its first line was replaced as a whole, so that nothing can follow. */
  readonly isGone: boolean;
}

interface Line {
  readonly start: number;
  readonly text: string;
  readonly indent: number;
}

/** Scalars of mappings and lists, judged by the keys that lead to them. `findInKey` looks into the keys themselves. */
export function redactYaml(text: string, decide: Decide, findInKey?: Redactor): readonly Edit[] {
  const edits: Edit[] = [];
  const levels: Level[] = [];
  let open: OpenValue | undefined;
  for (const line of readLines(text)) {
    if (line.text.trim() === '') continue;
    if (open !== undefined && line.indent > open.indent) {
      edits.push(...redactContinuation(line, open));
      continue;
    }
    open = undefined;
    if (/^(?:---|\.\.\.)/.test(line.text)) continue;
    if (line.text.startsWith('#', line.indent)) {
      const decision = decide([]);
      const isGone = typeof decision === 'string';
      edits.push(...redactContinuation(line, { indent: line.indent, decision, isGone }));
      continue;
    }
    const entry = readEntry(line);
    while ((levels.at(-1)?.indent ?? -1) >= entry.indent) levels.pop();
    if (entry.key !== undefined) {
      levels.push({ indent: entry.indent, key: entry.key });
      if (findInKey !== undefined) edits.push(...redactKey(line, entry, entry.key, findInKey));
    }
    // Nothing behind the key: what it holds follows, further in or, for a list, at the same place.
    if (entry.value === '') {
      // A key in quotes that goes on is no secret; what follows it is.
      if (isOpenKey(line)) open = { indent: entry.indent, decision: undefined, isGone: false };
      continue;
    }
    const judged = decide(levels.map(({ key }) => key));
    // The key was not read, so nothing can be said for its value.
    const decision = entry.key === complexKey && typeof judged !== 'string' ? 'unparsable' : judged;
    const found = redactValue(entry, decision);
    edits.push(...found);
    open = openValue(entry, line, decision, { isGone: found.length > 0, outer: levels.at(-1)?.indent });
  }
  return edits;
}

function openValue(
  entry: Entry,
  line: Line,
  decision: Decision,
  { isGone, outer }: { readonly isGone: boolean; readonly outer: number | undefined },
): OpenValue {
  const isRedacted = typeof decision === 'string';
  // A scalar below its key is as far in as its further lines are.
  const isBelow = entry.key === undefined && entry.indent === line.indent;
  const indent = isBelow && isRedacted ? (outer ?? entry.indent) : entry.indent;
  return { indent, decision, isGone: isRedacted || isGone };
}

function* readLines(text: string): Generator<Line> {
  for (let start = 0; start < text.length;) {
    const newline = text.indexOf('\n', start);
    const end = newline === -1 ? text.length : newline;
    const line = text.slice(start, end).replace(/\r$/, '');
    yield { start, text: line, indent: line.length - line.trimStart().length };
    start = end + 1;
  }
}

interface Entry {
  readonly indent: number;
  /** Undefined for an item of a list, and for a scalar that stands below its key. */
  readonly key: string | undefined;
  readonly value: string;
  /** Offset of the value in the whole text. */
  readonly start: number;
}

/** Stands for a key over several lines: `? key`, then `: value`. */
const complexKey = '?';
const quotedKey = /^(?:"([^"\\]*(?:\\.[^"\\]*)*)"|'([^']*(?:''[^']*)*)') *:(?: +|$)/;

/** `? "key that` goes on in the next line. */
function isOpenKey({ text, indent }: Line): boolean {
  const key = /^\? +(["'].*)$/.exec(text.slice(indent))?.[1];
  return key !== undefined && !quotedKey.test(`${key.trimEnd()}:`);
}

function readEntry({ start, text, indent }: Line): Entry {
  const dashes = /^(?:- +)*(?:-$)?/.exec(text.slice(indent))?.[0] ?? '';
  const from = indent + dashes.length;
  const rest = text.slice(from).trimEnd();
  const entry = (key: string | undefined, skip: number, at = from): Entry => ({
    indent: at,
    key,
    value: rest.slice(skip),
    start: start + from + skip,
  });
  if (/^\?(?: |$)/.test(rest)) return entry(complexKey, rest.length);
  const value = /^: */.exec(rest)?.[0];
  if (value !== undefined && /^:(?: |$)/.test(rest)) return entry(complexKey, value.length);
  const [quoted, doubled, single] = quotedKey.exec(rest) ?? [];
  if (quoted !== undefined) return entry(doubled ?? single?.replaceAll("''", "'") ?? '', quoted.length);
  const colon = /^["']/.test(rest) ? -1 : rest.search(/:(?: |$)/);
  // An item belongs to the key that is as far in as its dash, or less.
  if (colon === -1) return entry(undefined, 0, dashes === '' ? indent : indent + 1);
  const blanks = /^: */.exec(rest.slice(colon))?.[0].length ?? 1;
  return entry(rest.slice(0, colon).trimEnd(), colon + blanks);
}

/** A key that is changed is put in quotes: it may begin with a bracket then. */
function redactKey(line: Line, { value, start }: Entry, key: string, find: Redactor): readonly Edit[] {
  const found = find(key);
  if (key === complexKey || found.length === 0) return [];
  const end = value === '' ? line.start + line.text.trimEnd().length : start;
  const before = line.text.slice(0, end - line.start);
  const from = line.start + (/^ *(?:- +)*/.exec(before)?.[0].length ?? 0);
  const to = line.start + before.replace(/ *: *$/, '').length;
  const replacement = JSON.stringify(applyEdits(key, found, createTally()));
  return [{ start: from, end: to, replacement, rules: found.flatMap(({ rules }) => rules) }];
}

function redactValue({ value, start }: Entry, decision: Decision): readonly Edit[] {
  // Empty collections, and the beginning of JSON that was not understood.
  if (decision === undefined || /^(?:true|false|null|~|\{\}|\[\]|[{[],?|''|"")$/.test(value)) return [];
  if (typeof decision === 'string') return isMarked(value) ? [] : [replaceWith(start, value, decision, [decision])];
  if (/^[|>]/.test(value))
    return value.startsWith('|') ? [] : [replaceWith(start, value, 'unparsable', ['unparsable'])];
  const plain = readScalar(value);
  if (plain === undefined) return [replaceWith(start, value, 'unparsable', ['unparsable'])];
  const found = decision(plain);
  if (found.length === 0) return [];
  const replacement = JSON.stringify(applyEdits(plain, found, createTally()));
  return [{ start, end: start + value.length, replacement, rules: found.flatMap(({ rules }) => rules) }];
}

function isMarked(value: string): boolean {
  return isHarmless(/^(['"])(.*)\1$/.exec(value)?.[2] ?? value);
}

function replaceWith(start: number, value: string, rule: RedactionRule, rules: readonly RedactionRule[]): Edit {
  // Without quotes it would be a list.
  return { start, end: start + value.length, replacement: `'${markOf(rule)}'`, rules };
}

/** Characters of a scalar on one line; undefined when it goes on or is something else. */
function readScalar(value: string): string | undefined {
  if (/^[&*!{[]/.test(value)) return undefined;
  if (value.startsWith("'")) {
    const inner = /^'((?:[^']|'')*)'$/.exec(value)?.[1];
    return inner?.replaceAll("''", "'");
  }
  if (!value.startsWith('"')) return value;
  try {
    const parsed: unknown = JSON.parse(value);
    return typeof parsed === 'string' ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** Of a value that went, the further lines become comments; of one that is looked into, each line is. */
function redactContinuation(line: Line, { decision, isGone }: OpenValue): readonly Edit[] {
  const start = line.start + line.indent;
  const content = line.text.slice(line.indent);
  if (isGone) return content === '#' ? [] : [{ start, end: start + content.length, replacement: '#', rules: [] }];
  return typeof decision === 'function' ? shiftEdits(decision(content), start) : [];
}
