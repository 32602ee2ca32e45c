/** The grammar of WHERE (--on, --to). */

import { UserError } from '../errors.js';
import { parseSshAddress, type SshAddress } from '../source/ssh-address.js';

/**
 * Where evidence comes from: this host, a host that ssh reaches, a host that the client of LXD or Incus knows as
 * a remote, or a report at a path.
 */
export type Place =
  | { readonly kind: 'local' }
  | { readonly kind: 'ssh'; readonly address: SshAddress }
  | { readonly kind: 'remote'; readonly name: string }
  | { readonly kind: 'report'; readonly path: string };

export type PlaceKind = Place['kind'];

/** How each kind of place is called when it cannot be looked at. */
const kindWords: Readonly<Record<PlaceKind, string>> = {
  local: 'the local host',
  ssh: 'hosts over ssh',
  remote: 'remotes',
  report: 'reports',
};

/**
 * Reads a WHERE: nothing or `local`, `ssh:[user@]host[:port]`, `NAME:`; what is none of these is the path of a
 * report. A file whose name looks like one of the others is named by a path with a slash.
 * @throws {UserError} it is none of these
 */
export function readPlace(option: '--on' | '--to', where: string | undefined): Place {
  if (where === undefined || where === 'local') return { kind: 'local' };
  if (where === '') throw new UserError(`${option} names no place`);
  if (where.startsWith('ssh:')) return { kind: 'ssh', address: readAddress(option, where) };
  if (/^[^/]+:$/.test(where)) return { kind: 'remote', name: where.slice(0, -1) };
  return { kind: 'report', path: where };
}

/**
 * Reads a WHERE that has to be of one of `kinds`.
 * @throws {UserError} it is none, or the command cannot look at such a place
 */
export function readPlaceOf<Kind extends PlaceKind>(
  kinds: readonly Kind[],
  option: '--on' | '--to',
  where: string | undefined,
): Extract<Place, { kind: Kind }> {
  const place = readPlace(option, where);
  if (isOneOf(kinds, place)) return place;
  const known = kinds
    .map((kind) => kindWords[kind])
    .join(', ')
    .replace(/, (?=[^,]*$)/, ' and ');
  throw new UserError(`${option} ${where}: this release looks at ${known} alone`, {
    hint: `run crdoctor on that host, or write ${option} local`,
  });
}

function isOneOf<Kind extends PlaceKind>(
  kinds: readonly Kind[],
  place: Place,
): place is Extract<Place, { kind: Kind }> {
  return kinds.some((kind) => kind === place.kind);
}

function readAddress(option: string, where: string): SshAddress {
  const address = parseSshAddress(where.slice('ssh:'.length));
  if (!('problem' in address)) return address;
  throw new UserError(`${option} ${where}: ${address.problem}`, {
    hint: address.hint ?? 'It is written ssh:[user@]host[:port]',
  });
}
