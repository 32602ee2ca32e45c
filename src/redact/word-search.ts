/** Finds any of some hundred words in a long text, capitals or not: quicker than a regular expression of them. */

import { createTable, findStops, placeOf, walkedBytes, type StepTable } from './table-walk.js';

/** Offsets of the second letters of the words, in order: the first may be the line end before. */
export type WordSearch = (text: string) => readonly number[];

/** The shortest word that can be searched for, and the longest. */
const least = 4;
const longest = 32;

type Words = ReadonlyMap<number, readonly Uint8Array[]>;

/**
 * As createValueSearch; here letters have five bits, in which small ones and capitals are the same. Words have
 * ASCII letters and at least four of them. Other letters of a text may be taken for one of them.
 */
export function createWordSearch(words: readonly string[]): WordSearch {
  const table = createTable(5, least - 2);
  const byEnding = new Map<number, Uint8Array[]>();
  for (const word of new Set(words)) {
    if (word.length < least || word.length > longest) throw new Error(`cannot search for ${JSON.stringify(word)}`);
    const bytes = Uint8Array.from(word, (letter) => letter.charCodeAt(0) | 32);
    const early = endingAt(table, bytes, least - 2);
    const ending = endingAt(table, bytes, least - 1);
    table.steps[early] = Math.min(table.steps[early] ?? 0, 1);
    table.steps[ending] = 0;
    byEnding.set(ending, [...(byEnding.get(ending) ?? []), bytes]);
  }
  return (text) => walk(text, table, byEnding);
}

function endingAt(table: StepTable, bytes: Uint8Array, at: number): number {
  return placeOf(table, bytes[at - 2] ?? 0, bytes[at - 1] ?? 0, bytes[at] ?? 0);
}

function walk(text: string, table: StepTable, byEnding: Words): readonly number[] {
  const found: number[] = [];
  const buffer = Buffer.allocUnsafe(Math.min(walkedBytes + longest, text.length));
  // Not as a Buffer, which is a class of its own to the engine.
  const bytes = new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
  for (let base = 0; base < text.length; base += walkedBytes) {
    const length = buffer.write(text.slice(base, base + walkedBytes + longest), 'latin1');
    for (const at of findStops(bytes, table, least - 1, Math.min(length, walkedBytes + least - 1))) {
      const start = at - least + 1;
      if (isThere(bytes, length, start, byEnding.get(endingAt(table, bytes, at)) ?? [])) found.push(base + start + 1);
    }
  }
  return found;
}

function isThere(bytes: Uint8Array, length: number, start: number, words: readonly Uint8Array[]): boolean {
  for (const word of words) {
    let at = 0;
    while (at < word.length && start + at < length && ((bytes[start + at] ?? 0) | 32) === word[at]) at += 1;
    if (at === word.length) return true;
  }
  return false;
}
