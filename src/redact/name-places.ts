/** Where names of hosts and users stand, so that it is known what to look for in everything else. */

import type { StandInKind } from './stand-ins.js';

interface NamePlace {
  readonly kind: Extract<StandInKind, 'host-name' | 'user-name'>;
  /** Of the evidence; left out = everywhere. */
  readonly id?: RegExp;
  /** The first group stays, the second is the name. */
  readonly pattern: RegExp;
}

const name = String.raw`[A-Za-z0-9_](?:[\w.-]{0,252}[A-Za-z0-9_])?`;

const places: readonly NamePlace[] = [
  { kind: 'host-name', id: /^host\.uname$/, pattern: new RegExp(`^(\\S+ )(${name})(?= )`, 'gm') },
  {
    kind: 'host-name',
    pattern: new RegExp(
      // syslog (RFC 3164) and journalctl, with either form of time.
      `^((?:[A-Z][a-z]{2} [ \\d]\\d \\d\\d:\\d\\d:\\d\\d|\\d{4}-\\d\\d-\\d\\d[T ]\\d\\d:\\d\\d:\\d\\d\\S*) )(${name})(?= [\\w./@()-]+(?:\\[\\d+\\])?: )`,
      'gm',
    ),
  },
  {
    kind: 'host-name',
    pattern: new RegExp(
      `(\\b(?:server_name|hostname|host)\\\\{0,8}["']?[=:] ?\\\\{0,8}["'])(${name})(?=\\\\{0,8}["'])`,
      'g',
    ),
  },
  { kind: 'host-name', pattern: new RegExp(`(^\\s*(?:server_name|location): )(${name})$`, 'gm') },
  { kind: 'user-name', pattern: /((?<![\w.])\/home\/)([A-Za-z_][\w-]{0,31})(?![\w-])/g },
  { kind: 'user-name', pattern: new RegExp(`(\\bsudo: {1,4})(${name})(?= : )`, 'g') },
  {
    kind: 'user-name',
    pattern: new RegExp(
      `(\\b(?:session (?:opened|closed) for user|(?:Accepted|Failed) [\\w/-]+ for(?: invalid user)?|New session \\S+ of user) )(${name})`,
      'g',
    ),
  },
  { kind: 'user-name', pattern: new RegExp(`(\\b(?:user|logname|SUDO_USER|USER|acct)=\\\\{0,8}["']?)(${name})`, 'g') },
  { kind: 'user-name', pattern: /(\b[ug]id=\d{1,10}\()([A-Za-z_][\w-]{0,31})(?=\))/g },
];

/** Fields of answers of an API that hold the name of a host. */
const hostFields = new Set(['server_name', 'location', 'hostname', 'host']);

export function isHostField(field: string): boolean {
  return hostFields.has(field);
}

/** Accounts that every system has, and what stands for no host. */
const plainNames = new Set(
  (
    'none localhost localdomain root nobody nogroup daemon bin sys sync games man lp mail news uucp proxy backup list irc www-data ' +
    'systemd-network systemd-resolve systemd-timesync systemd-oom messagebus syslog sshd lxd incus lxc docker podman ' +
    'libvirt-qemu kvm postgres mysql redis nginx ubuntu debian admin kernel unknown http host'
  ).split(' '),
);

export function isPlainName(word: string): boolean {
  return plainNames.has(word.toLowerCase()) || /^[\d.:]+$/.test(word);
}

/** A name at its place. */
export interface PlacedName {
  readonly kind: 'host-name' | 'user-name';
  readonly name: string;
  readonly start: number;
}

/** `id`: of the evidence that the text belongs to. */
export function findPlacedNames(id: string, text: string): readonly PlacedName[] {
  return places
    .filter((place) => place.id?.test(id) !== false)
    .flatMap(({ kind, pattern }) =>
      [...text.matchAll(pattern)].flatMap(({ 1: before = '', 2: found = '', index }) =>
        isPlainName(found) ? [] : [{ kind, name: found, start: index + before.length }],
      ),
    );
}
