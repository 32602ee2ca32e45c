/** Reads /proc/PID/uid_map. */

import { parseWhole, splitLines } from './lines.js';

export interface IdRange {
  /** First id inside the user namespace. */
  readonly inside: number;
  /** First id outside, as the reader of the file sees it. */
  readonly outside: number;
  readonly count: number;
}

/**
 * Ranges of a user namespace (`man 7 user_namespaces`); [] = nothing is mapped, undefined = no such text:
 *
 *              0    1000000 1000000000
 */
export function parseUidMap(text: string): readonly IdRange[] | undefined {
  const ranges = splitLines(text).map((line) => {
    const [inside, outside, count, ...rest] = line.trim().split(/\s+/).map(parseWhole);
    const isComplete = inside !== undefined && outside !== undefined && count !== undefined && rest.length === 0;
    return isComplete ? { inside, outside, count } : undefined;
  });
  const known = ranges.filter((range) => range !== undefined);
  return known.length === ranges.length ? known : undefined;
}

/** The id outside that stands for `id` inside, undefined when it is not mapped. */
export function mapOutward(ranges: readonly IdRange[], id: number): number | undefined {
  const range = ranges.find(({ inside, count }) => id >= inside && id < inside + count);
  return range === undefined ? undefined : range.outside + id - range.inside;
}

/** All ids stand for themselves: the map of the initial user namespace. */
export function isIdentityMap(ranges: readonly IdRange[]): boolean {
  return (
    ranges.length === 1 &&
    ranges.every(({ inside, outside, count }) => inside === 0 && outside === 0 && count >= 4_294_967_295)
  );
}
