/** Compares versions of kernels, CRIU, libraries and packages, none of which is a clean semantic version. */

/**
 * -1, 0 or 1 as `left` is older than, equal to or newer than `right`; undefined when one of them
 * holds no version. Compared are the leading dotted numbers, missing ones counting as 0:
 *
 *     6.18.44-custom   = 6.18.44      what a distribution appends is no prerelease
 *     4.1.1-1+deb13u1  = 4.1.1
 *     5.0.2+git2023    = 5.0.2
 *     6.12.48+deb13-amd64 = 6.12.48
 *     4.2-rc1          < 4.2          the one suffix that does mean "before"
 *     1:2.36-9         = 2.36         a Debian epoch is left out
 */
export function compareVersions(left: string, right: string): number | undefined {
  const [first, second] = [parseVersion(left), parseVersion(right)];
  if (first === undefined || second === undefined) return undefined;
  return compareNumbers(first.numbers, second.numbers) || compareCandidates(first, second);
}

/** `version` is older than `bound`; undefined when either holds no version. */
export function isBefore(version: string, bound: string): boolean | undefined {
  const order = compareVersions(version, bound);
  return order === undefined ? undefined : order < 0;
}

/** `version` is `bound` or newer; undefined when either holds no version. */
export function isAtLeast(version: string, bound: string): boolean | undefined {
  const order = compareVersions(version, bound);
  return order === undefined ? undefined : order >= 0;
}

interface Version {
  readonly numbers: readonly number[];
  /** N of `-rcN`, Infinity for a release. */
  readonly candidate: number;
}

/** A release candidate directly behind the numbers: `7.3-rc2`, `4.3~rc1`, `6.19.0-rc5-amd64`, `6.19rc5`. */
const pattern = /^\s*v?(?:\d{1,9}:)?(\d{1,15}(?:\.\d{1,15}){0,9})(?:[-~.+_]?rc(\d{1,9}))?/i;

function parseVersion(text: string): Version | undefined {
  const match = pattern.exec(text);
  if (match?.[1] === undefined) return undefined;
  return {
    numbers: match[1].split('.').map(Number),
    candidate: match[2] === undefined ? Number.POSITIVE_INFINITY : Number(match[2]),
  };
}

function compareNumbers(left: readonly number[], right: readonly number[]): number {
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return Math.sign(difference);
  }
  return 0;
}

function compareCandidates(left: Version, right: Version): number {
  if (left.candidate === right.candidate) return 0;
  return left.candidate < right.candidate ? -1 : 1;
}
