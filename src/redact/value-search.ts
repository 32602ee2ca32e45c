/** Finds many fixed texts in one walk over a long one, in steps as long as the shortest of them allows. */

import { createTable, findStops, placeOf, walkedBytes, type StepTable } from './table-walk.js';

/** Offsets in UTF-16 units. */
export interface Found {
  readonly start: number;
  readonly end: number;
}

/** Gives what is found, in order, nothing overlapping; of several at one place the longest. */
export type ValueSearch = (text: string) => readonly Found[];

/**
 * After Wu and Manber ("A fast algorithm for multi-pattern searching", 1994): three letters tell how far one may
 * go. A regular expression of as many alternatives looks at every letter, which takes longer than packing.
 * Shorter values than three letters are never found.
 */
export function createValueSearch(values: readonly string[]): ValueSearch {
  const needles = [...new Set(values)].filter(({ length }) => length >= 3).toSorted((a, b) => b.length - a.length);
  const least = needles.at(-1)?.length;
  if (least === undefined) return () => [];
  const table = createTable(6, least - 2);
  const byEnding = new Map<number, string[]>();
  for (const needle of needles) {
    for (let at = 2; at < least; at += 1) {
      const letters = endingAt(table, needle, at);
      table.steps[letters] = Math.min(table.steps[letters] ?? 0, least - 1 - at);
    }
    const ending = endingAt(table, needle, least - 1);
    const others = byEnding.get(ending);
    if (others === undefined) byEnding.set(ending, [needle]);
    else others.push(needle);
  }
  return (text) => walk(text, least, table, byEnding);
}

function endingAt(table: StepTable, text: string, at: number): number {
  return placeOf(table, text.charCodeAt(at - 2), text.charCodeAt(at - 1), text.charCodeAt(at));
}

function walk(
  text: string,
  least: number,
  table: StepTable,
  byEnding: ReadonlyMap<number, readonly string[]>,
): readonly Found[] {
  const found: Found[] = [];
  const buffer = Buffer.allocUnsafe(Math.min(walkedBytes + least, text.length));
  const bytes = new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
  let done = 0;
  for (let base = 0; base < text.length; base += walkedBytes) {
    // The lower bits of bytes are those of the letters, and no more than these are in the table.
    const length = buffer.write(text.slice(base, base + walkedBytes + least - 1), 'latin1');
    for (const at of findStops(bytes, table, least - 1, length)) {
      const start = base + at - least + 1;
      if (start < done) continue;
      const needle = byEnding.get(endingAt(table, text, base + at))?.find((each) => text.startsWith(each, start));
      if (needle === undefined) continue;
      done = start + needle.length;
      found.push({ start, end: done });
    }
  }
  return found;
}
