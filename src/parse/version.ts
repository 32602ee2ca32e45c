/** Compares versions of kernels, CRIU, libraries and packages, none of which is a clean semantic version. */

import compareSemantic from 'semver/functions/compare.js';

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
  return compareSemantic(first.semantic, second.semantic) || compareNumbers(first.rest, second.rest);
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
  /** The first three numbers, with `-rc.N` for a release candidate. */
  readonly semantic: string;
  /** Numbers behind the third: `4.4.302.17`. */
  readonly rest: readonly number[];
}

/** A release candidate directly behind the numbers: `7.3-rc2`, `4.3~rc1`, `6.19.0-rc5-amd64`, `6.19rc5`. */
const pattern = /^\s*v?(?:\d{1,9}:)?(\d{1,15}(?:\.\d{1,15}){0,9})(?:[-~.+_]?rc(\d{1,9}))?/i;

function parseVersion(text: string): Version | undefined {
  const match = pattern.exec(text);
  if (match?.[1] === undefined) return undefined;
  const numbers = match[1].split('.').map(Number);
  const [major = 0, minor = 0, patch = 0, ...rest] = numbers;
  const candidate = match[2] === undefined ? '' : `-rc.${Number(match[2])}`;
  return { semantic: `${major}.${minor}.${patch}${candidate}`, rest };
}

function compareNumbers(left: readonly number[], right: readonly number[]): number {
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return Math.sign(difference);
  }
  return 0;
}
