/** Finds where a value in a line of free text ends. */

import { isHarmless, markSource } from './edits.js';

/** Offsets in UTF-16 units. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

const wholeMark = new RegExp(`${markSource}(?=[\\s,;&"')\\]}]|$)`, 'y');

/**
 * The value at an offset: what is inside the quotes that open there; else up to the next blank; else, after a
 * colon and a blank, to the end of the line. A quote that closes around all of it ends it, too, and brackets
 * that close around it are left out. `before`: what stands before it.
 */
export function findValue(line: string, from: number, before: string): Span {
  if (matchAt(wholeMark, line, from) !== null) return { start: from, end: from };
  const [quotes] = matchAt(/\\{0,8}["']/y, line, from) ?? [];
  if (quotes !== undefined) {
    const start = from + quotes.length;
    return { start, end: findClosing(line, start, quotes) };
  }
  const isProse = /:\s+$/.test(before);
  const run = isProse ? /[^"\\]*(?:\\.[^"\\]*)*/y : /[^\s"\\]*(?:\\\S[^\s"\\]*)*/y;
  const [value = ''] = matchAt(run, line, from) ?? [];
  if (isHarmless(value)) return { start: from, end: from + value.trimEnd().length };
  return { start: from, end: from + value.replace(/[\s'),;\]}\\]{1,16}$/, '').length };
}

/** The match of a sticky pattern at an offset. */
export function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

/** Offset of the same quotes, not counting those that are escaped once more; the end of the line without any. */
export function findClosing(line: string, from: number, quotes: string): number {
  for (let at = line.indexOf(quotes, from); at !== -1; at = line.indexOf(quotes, at + 1)) {
    let slashes = 0;
    while (slashes < 16 && line[at - 1 - slashes] === '\\') slashes += 1;
    if (slashes % 2 === 0) return at;
  }
  return line.length;
}
