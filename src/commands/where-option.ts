/** The grammar of WHERE (--on, --to), as far as this release has sources for it. */

import { UserError } from '../errors.js';

/** Where evidence comes from: this host, or a report at a path. */
export type Place =
  | { readonly kind: 'local' }
  | { readonly kind: 'remote'; readonly name: string }
  | { readonly kind: 'report'; readonly path: string };

/**
 * Reads a WHERE. What is neither `local` nor `ssh:…` nor ends in a colon is the path of a report.
 * `known`: what the command can look at, in words.
 * @throws {UserError} for a place that this release has no source for
 */
export function readPlace(
  option: '--on' | '--to',
  where: string | undefined,
  known = 'the local host and at reports',
): Place {
  if (where === undefined || where === 'local') return { kind: 'local' };
  if (where === '') throw new UserError(`${option} names no place`);
  if (option === '--to' && where !== 'ssh:' && /^[^/:]+:$/.test(where)) {
    return { kind: 'remote', name: where.slice(0, -1) };
  }
  if (where.startsWith('ssh:') || /^[^/]+:$/.test(where)) throw noSource(option, where, known);
  return { kind: 'report', path: where };
}

/**
 * Accepts nothing and `local`.
 * @throws {UserError} for any other place
 */
export function requireLocal(option: '--on' | '--to', where: string | undefined): void {
  const known = 'the local host';
  if (readPlace(option, where, known).kind !== 'local') throw noSource(option, where, known);
}

function noSource(option: string, where: string | undefined, known: string): UserError {
  return new UserError(`${option} ${where}: this release looks at ${known} alone`, {
    hint: `run crdoctor on that host, or write ${option} local`,
  });
}
