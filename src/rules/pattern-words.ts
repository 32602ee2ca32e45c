/** Finds the words that a text must hold for a pattern to match it, so that searching can begin with them. */

/** Words shorter than this are in every other line and save no work. */
const minLength = 4;

/** What ends a run of plain characters, and how to step over it. */
const special = new Set(['.', '[', '(', ')', '|', '^', '$', '*', '+', '?', '{']);

/** Offset behind a group or class that begins at `start`. */
const skipBracket = (source: string, start: number): number => {
  const isClass = source[start] === '[';
  let depth = 0;
  let inClass = false;
  for (let at = start; at < source.length; at += 1) {
    const letter = source[at];
    if (letter === '\\') at += 1;
    else if (inClass) inClass = letter !== ']';
    else if (letter === '[') inClass = true;
    else if (letter === '(') depth += 1;
    else if (letter === ')') depth -= 1;
    if (!inClass && depth === 0 && (isClass || letter === ')')) return at + 1;
  }
  return source.length;
};

/** Offset behind a quantifier that begins at `start`; `start` itself when there is none. */
const skipQuantifier = (source: string, start: number): number =>
  start + (/^(?:[*+?]|\{\d+(?:,\d*)?\})\??/.exec(source.slice(start))?.[0].length ?? 0);

/** The alternatives at the top level of a pattern. */
const alternatives = (source: string): string[] => {
  const parts: string[] = [];
  let begin = 0;
  let at = 0;
  while (at < source.length) {
    const letter = source[at];
    if (letter === '|') {
      parts.push(source.slice(begin, at));
      begin = at + 1;
    }
    if (letter === '\\') at += 2;
    else at = letter === '(' || letter === '[' ? skipBracket(source, at) : at + 1;
  }
  return [...parts, source.slice(begin)];
};

/** The plain character that an escape stands for; undefined for classes such as `\d`. */
const escaped = (letter: string | undefined): string | undefined => {
  if (letter === 't') return '\t';
  return letter === undefined || /[A-Za-z0-9]/.test(letter) ? undefined : letter;
};

/** Runs of plain characters that one alternative must hold. */
const plainRuns = (source: string): string[] => {
  const runs: string[] = [];
  let run = '';
  const end = (): void => {
    runs.push(run);
    run = '';
  };
  let at = 0;
  while (at < source.length) {
    const letter = source[at] ?? '';
    const isEscape = letter === '\\';
    const plain = isEscape ? escaped(source[at + 1]) : special.has(letter) ? undefined : letter;
    const next = letter === '(' || letter === '[' ? skipBracket(source, at) : at + (isEscape ? 2 : 1);
    const behind = skipQuantifier(source, next);
    const quantifier = source.slice(next, behind);
    if (plain === undefined || /^(?:[*?]|\{0)/.test(quantifier)) end();
    else {
      run += plain;
      if (quantifier !== '') end();
    }
    at = behind;
  }
  end();
  return runs;
};

/**
 * One word for each alternative of a pattern: every text that matches holds at least one of them.
 * Undefined when an alternative has no word of four letters to look for.
 *
 *     wordsOf("Can't dump file (\\d+) of that type") -> ["Can't dump file "]  or the longer other run
 */
export const wordsOf = (source: string): readonly string[] | undefined => {
  const words = alternatives(source).map((part) =>
    plainRuns(part).reduce((longest, run) => (run.length > longest.length ? run : longest), ''),
  );
  return words.every((word) => word.length >= minLength) ? words : undefined;
};
