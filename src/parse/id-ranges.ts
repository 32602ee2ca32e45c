/** Reads /etc/subuid and /etc/subgid. */

import { parseWhole, splitLines } from './lines.js';

/**
 * The largest number of ids in a row that one of `owners` may hand out (`man 5 subuid`), 0 = none:
 *
 *     root:1000000:1000000000
 */
export function findLargestRange(text: string, owners: readonly string[]): number {
  const counts = splitLines(text).flatMap((line) => {
    const [owner = '', , count] = line.trim().split(':');
    return owners.includes(owner) ? (parseWhole(count) ?? []) : [];
  });
  return Math.max(0, ...counts);
}
