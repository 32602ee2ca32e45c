/** Redacts JSON in place: every scalar is judged by the keys that lead to it, and its layout stays as it is. */

import { applyEdits, isHarmless, markOf, type Edit, type Redactor } from './edits.js';
import type { Decide } from './decide.js';
import { createTally } from './ledger.js';

interface Container {
  readonly isObject: boolean;
  key: string | undefined;
}

/** `key` and `value` are offsets of a scalar; undefined = what is there is no JSON. */
interface Token {
  readonly kind: 'string' | 'other' | 'mark';
  readonly start: number;
  readonly end: number;
}

/**
 * Strings and numbers in an answer of an API. Lists add nothing to the path. Behind the first thing that is
 * no JSON, or where it was cut off, every value goes. `findInKey` looks into the keys themselves.
 */
export function redactJson(text: string, decide: Decide, findInKey?: Redactor): readonly Edit[] {
  const edits: Edit[] = [];
  const open: Container[] = [];
  let at = 0;
  for (;;) {
    const token = readToken(text, at);
    if (token === 'end') return open.length === 0 ? edits : [...edits, ...reportCut(text)];
    if (token === undefined) return [...edits, ...redactRest(text, at)];
    const top = open.at(-1);
    if (token.kind === 'mark') {
      if (!acceptMark(text[token.start] ?? '', open)) return [...edits, ...redactRest(text, at)];
    } else if (token.kind === 'string' && top?.isObject === true && top.key === undefined) {
      top.key = readString(text, token);
      edits.push(...changeString(token, top.key, findInKey?.(top.key) ?? []));
      const colon = readToken(text, token.end);
      if (colon === 'end' || colon === undefined || text[colon.start] !== ':')
        return [...edits, ...redactRest(text, at)];
      at = colon.end;
      continue;
    } else {
      if (top?.isObject === true && top.key === undefined) return [...edits, ...redactRest(text, at)];
      const path = open.flatMap(({ isObject, key }) => (isObject && key !== undefined ? [key] : []));
      edits.push(...judge(text, token, path, decide));
    }
    at = token.end;
  }
}

function readToken(text: string, from: number): Token | 'end' | undefined {
  const blank = /\s*/y;
  blank.lastIndex = from;
  const start = from + (blank.exec(text)?.[0].length ?? 0);
  const letter = text[start];
  if (letter === undefined) return 'end';
  if ('{}[],:'.includes(letter)) return { kind: 'mark', start, end: start + 1 };
  if (letter === '"') {
    const end = findStringEnd(text, start);
    return end === undefined ? undefined : { kind: 'string', start, end };
  }
  const other = /(?:true|false|null|-?\d[\d.eE+-]*)(?=[\s,\]}]|$)/y;
  other.lastIndex = start;
  const word = other.exec(text)?.[0];
  return word === undefined ? undefined : { kind: 'other', start, end: start + word.length };
}

function findStringEnd(text: string, start: number): number | undefined {
  for (let at = text.indexOf('"', start + 1); at !== -1; at = text.indexOf('"', at + 1)) {
    let slashes = 0;
    while (text[at - 1 - slashes] === '\\') slashes += 1;
    if (slashes % 2 === 0) return at + 1;
  }
  return undefined;
}

/** Follows brackets and commas; false where they do not fit. */
function acceptMark(mark: string, open: Container[]): boolean {
  const top = open.at(-1);
  if (mark === '{' || mark === '[') {
    if (top?.isObject === true && top.key === undefined) return false;
    open.push({ isObject: mark === '{', key: undefined });
    return true;
  }
  if (mark === ',' && top !== undefined) {
    top.key = undefined;
    return true;
  }
  if (mark === ':' || mark === ',') return false;
  return open.pop()?.isObject === (mark === '}');
}

/** The characters of a string; as they stand when an escape in it is none. */
function readString(text: string, { start, end }: Token): string {
  const source = text.slice(start, end);
  try {
    const value: unknown = JSON.parse(source);
    return typeof value === 'string' ? value : source;
  } catch {
    return source;
  }
}

function judge(text: string, token: Token, path: readonly string[], decide: Decide): readonly Edit[] {
  const source = text.slice(token.start, token.end);
  if (source === 'true' || source === 'false' || source === 'null') return [];
  const value = token.kind === 'string' ? readString(text, token) : source;
  if (isHarmless(value)) return [];
  const decision = decide(path);
  if (decision === undefined) return [];
  const { start, end } = token;
  if (typeof decision === 'string') return [{ start, end, replacement: `"${markOf(decision)}"`, rules: [decision] }];
  return changeString(token, value, decision(value));
}

/** The string at a token with changes made inside of it. */
function changeString({ start, end }: Token, value: string, found: readonly Edit[]): readonly Edit[] {
  if (found.length === 0) return [];
  const replacement = JSON.stringify(applyEdits(value, found, createTally()));
  return [{ start, end, replacement, rules: found.flatMap(({ rules }) => rules) }];
}

/** Everything was understood, up to an end that came too early. */
function reportCut(text: string): readonly Edit[] {
  return [{ start: text.length, end: text.length, replacement: '', rules: ['unparsable'] }];
}

/** Every string behind a colon, or in a list, that is no key; a string without an end, to the end of its line. */
function redactRest(text: string, from: number): readonly Edit[] {
  const edits: Edit[] = [];
  const scalar = /"[^"\\\n]*(?:\\.[^"\\\n]*)*(?:"(?<isKey>\s*:)?|(?=\n)|$)|-?\d[\d.eE+-]*/g;
  scalar.lastIndex = from;
  for (let match = scalar.exec(text); match !== null; match = scalar.exec(text)) {
    if (match.groups?.['isKey'] !== undefined || isHarmless(match[0].replaceAll('"', ''))) continue;
    edits.push({
      start: match.index,
      end: match.index + match[0].length,
      replacement: `"${markOf('unparsable')}"`,
      rules: ['unparsable'],
    });
  }
  return edits.length === 0 ? reportCut(text) : edits;
}
