/** A fast search for thousands of words at once, by four characters of each that few other words have. */

/** Finds which of many words a text holds, at a cost that hardly grows with their number. */
export interface WordIndex<Value> {
  /** Whether the text holds one of the words. */
  test(text: string): boolean;
  /** What belongs to the words that the text holds, each once, in no order. */
  find(text: string): ReadonlySet<Value>;
}

interface Entry<Value> {
  readonly word: string;
  /** Where in the word its four characters begin. */
  readonly offset: number;
  readonly values: readonly Value[];
}

/** Length of the piece of a word that is looked up. */
const gramLength = 4;
const tableBits = 16;

/** The last four characters as one number, made from that of the four before. */
const roll = (gram: number, text: string, at: number): number => ((gram << 7) ^ text.charCodeAt(at)) & 0xfffffff;

const hashOf = (gram: number): number => Math.imul(gram, 0x9e3779b1) >>> (32 - tableBits);

/** The hashes of the pieces of a word, by where they begin. */
const hashesOf = (word: string): readonly number[] => {
  let gram = 0;
  const hashes: number[] = [];
  for (let at = 0; at < word.length; at += 1) {
    gram = roll(gram, word, at);
    if (at >= gramLength - 1) hashes.push(hashOf(gram));
  }
  return hashes;
};

/** How many words have each piece; pieces such as `Can'` begin hundreds of them. */
const countGrams = (words: Iterable<string>): Uint32Array => {
  const counts = new Uint32Array(1 << tableBits);
  for (const word of words) for (const hash of hashesOf(word)) counts[hash] = (counts[hash] ?? 0) + 1;
  return counts;
};

/** The piece of a word that the fewest words have. */
const rarestPiece = (word: string, counts: Uint32Array): { readonly hash: number; readonly offset: number } =>
  hashesOf(word)
    .map((hash, offset) => ({ hash, offset }))
    .reduce((best, piece) => ((counts[piece.hash] ?? 0) < (counts[best.hash] ?? 0) ? piece : best));

/** What belongs to each word. */
const groupByWord = <Value>(pairs: Iterable<readonly [string, Value]>): ReadonlyMap<string, readonly Value[]> => {
  const byWord = new Map<string, Value[]>();
  for (const [word, value] of pairs) {
    if (word === '') continue;
    if (word.length < gramLength) throw new RangeError(`too short to look for: ${word}`);
    const values = byWord.get(word);
    if (values === undefined) byWord.set(word, [value]);
    else values.push(value);
  }
  return byWord;
};

/** Words by the hash of their rarest piece. */
const tabulate = <Value>(byWord: ReadonlyMap<string, readonly Value[]>): ReadonlyMap<number, Entry<Value>[]> => {
  const counts = countGrams(byWord.keys());
  const table = new Map<number, Entry<Value>[]>();
  for (const [word, values] of byWord) {
    const { hash, offset } = rarestPiece(word, counts);
    const entries = table.get(hash);
    if (entries === undefined) table.set(hash, [{ word, offset, values }]);
    else entries.push({ word, offset, values });
  }
  return table;
};

/**
 * Makes an index of words of four characters or more; empty ones are in no text.
 * @throws {RangeError} for a word of one to three characters
 */
export const indexWords = <Value>(pairs: Iterable<readonly [string, Value]>): WordIndex<Value> => {
  const table = tabulate(groupByWord(pairs));
  const isUsed = new Uint8Array(1 << tableBits);
  for (const hash of table.keys()) isUsed[hash] = 1;

  /** Calls for each word found until told to stop. */
  const search = (text: string, onFound: (values: readonly Value[]) => boolean): void => {
    let gram = 0;
    for (let at = 0; at < text.length; at += 1) {
      gram = roll(gram, text, at);
      const hash = hashOf(gram);
      if (isUsed[hash] === 0) continue;
      for (const { word, offset, values } of table.get(hash) ?? []) {
        const begin = at - (gramLength - 1) - offset;
        if (begin >= 0 && text.startsWith(word, begin) && onFound(values)) return;
      }
    }
  };

  return {
    test(text) {
      let isFound = false;
      search(text, () => (isFound = true));
      return isFound;
    },
    find(text) {
      const found = new Set<Value>();
      search(text, (values) => {
        for (const value of values) found.add(value);
        return false;
      });
      return found;
    },
  };
};

const compiled = new WeakMap<readonly string[], WordIndex<true>>();

/** Tells whether a text holds one of the words. The same list is compiled once. */
export const compileWords = (words: readonly string[]): Pick<WordIndex<true>, 'test'> => {
  const known = compiled.get(words) ?? indexWords(words.map((word) => [word, true] as const));
  compiled.set(words, known);
  return known;
};
