/** A fast search for many words at once: one regular expression built as a tree of their letters. */

type Tree = Map<string, Tree>;

const insert = (tree: Tree, word: string): void => {
  let node = tree;
  for (const letter of word) {
    // A shorter word found first makes the longer one needless: nothing but "is one there" is asked.
    if (node.has('')) return;
    const next = node.get(letter) ?? new Map<string, Tree>();
    node.set(letter, next);
    node = next;
  }
  node.clear();
  node.set('', new Map());
};

const escape = (letter: string): string => letter.replace(/[\\^$.*+?()[\]{}|/-]/, '\\$&');

const patternOf = (tree: Tree): string => {
  if (tree.has('')) return '';
  const branches = [...tree].map(([letter, rest]) => escape(letter) + patternOf(rest));
  return branches.length === 1 ? (branches[0] ?? '') : `(?:${branches.join('|')})`;
};

/** A regular expression that tests whether a text holds one of the words; none of them may be empty. */
export const compileWords = (words: Iterable<string>): RegExp => {
  const tree: Tree = new Map();
  for (const word of words) if (word !== '') insert(tree, word);
  return tree.size === 0 ? /(?!)/ : new RegExp(patternOf(tree));
};
