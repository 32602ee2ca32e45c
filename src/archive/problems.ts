/** Collects what is odd about an archive, however much there is of it. */

/** More than this nobody reads; the rest is counted. */
const maxProblems = 30;

export interface ProblemList {
  add(problem: string): void;
  /** One line each; names of entries in it are untrusted. */
  all(): readonly string[];
}

export function createProblemList(): ProblemList {
  const kept: string[] = [];
  let more = 0;
  return {
    add(problem) {
      if (kept.length < maxProblems) kept.push(problem);
      else more += 1;
    },
    all: () => (more === 0 ? [...kept] : [...kept, `and ${more} more of this kind`]),
  };
}
