/** A fast search for many words at once: one regular expression in which words share their beginnings. */

const escape = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);

/** Length of what two words begin with alike. */
const sharedLength = (a: string, b: string): number => {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return length;
};

/**
 * Pattern of sorted words, all of which are longer than `from` and alike up to there. What lies between
 * the first and the last of them begins at least as these two do.
 */
const patternOf = (words: readonly string[], from: number): string => {
  const [first = '', last = ''] = [words[0], words.at(-1)];
  const shared = sharedLength(first, last);
  // A shorter word found first makes the longer ones needless: nothing but "is one there" is asked.
  if (shared === first.length) return escape(first.slice(from));
  const branches: string[] = [];
  let begin = 0;
  for (let at = 1; at <= words.length; at += 1) {
    if (words[at]?.[shared] === words[begin]?.[shared]) continue;
    branches.push(patternOf(words.slice(begin, at), shared));
    begin = at;
  }
  return `${escape(first.slice(from, shared))}(?:${branches.join('|')})`;
};

const compile = (words: Iterable<string>): RegExp => {
  const sorted = [...new Set(words)].filter((word) => word !== '').toSorted();
  return sorted.length === 0 ? /(?!)/ : new RegExp(patternOf(sorted, 0));
};

const compiled = new WeakMap<readonly string[], RegExp>();

/** A regular expression that tests whether a text holds one of the words. The same list is compiled once. */
export const compileWords = (words: readonly string[]): RegExp => {
  const known = compiled.get(words) ?? compile(words);
  compiled.set(words, known);
  return known;
};
