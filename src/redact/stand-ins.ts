/** Gives names and addresses stand-ins: the same one for the same name, in everything that is redacted in one run. */

import { isIPv4 } from 'node:net';

export type StandInKind = 'host-name' | 'user-name' | 'ip-address' | 'mac-address';

/** An entry of the file that tells what is behind the stand-ins; it never is part of a report. */
export interface StandInEntry {
  readonly kind: StandInKind;
  readonly name: string;
  readonly standIn: string;
}

export interface StandIns {
  /** The stand-in for a name; the name itself when it is one already. */
  of(kind: StandInKind, name: string): string;
  /** In the order in which they were met. */
  entries(): readonly StandInEntry[];
}

export function createStandIns(): StandIns {
  const known = new Map<string, StandInEntry>();
  const counts = new Map<string, number>();
  const next = (family: string): number => {
    const count = (counts.get(family) ?? 0) + 1;
    counts.set(family, count);
    return count;
  };
  return {
    of(kind, name) {
      if (isStandIn(kind, name)) return name;
      const key = `${kind} ${name.toLowerCase()}`;
      const found = known.get(key);
      if (found !== undefined) return found.standIn;
      const standIn = makeStandIn(kind, name, next);
      known.set(key, { kind, name, standIn });
      return standIn;
    },
    entries: () => [...known.values()],
  };
}

/** Documentation ranges: RFC 5737 and, behind them, RFC 2544; RFC 3849; RFC 7042, 2.1.2. */
const standInForms: Readonly<Record<StandInKind, readonly RegExp[]>> = {
  'ip-address': [
    /^(?:192\.0\.2|198\.51\.100|203\.0\.113|198\.1[89]\.\d+)\.\d+$/,
    /^(?:2001:db8::|fe80::db8:)[0-9a-f]+$/i,
  ],
  'mac-address': [/^0[02]:00:5e:00:[0-9a-f]{2}:[0-9a-f]{2}$/i],
  'host-name': [/^host-\d+$/],
  'user-name': [/^user-\d+$/],
};

function isStandIn(kind: StandInKind, name: string): boolean {
  return standInForms[kind].some((form) => form.test(name));
}

function makeStandIn(kind: StandInKind, name: string, next: (family: string) => number): string {
  switch (kind) {
    case 'host-name':
      return `host-${next(kind)}`;
    case 'user-name':
      return `user-${next(kind)}`;
    case 'mac-address':
      return macNumber(next(kind) - 1);
    default:
      if (isIPv4(name)) return ipv4Number(next('ipv4') - 1);
      return `${/^fe[89ab]/i.test(name) ? 'fe80::db8:' : '2001:db8::'}${next('ipv6').toString(16)}`;
  }
}

/** Hosts of the documentation networks first, 254 each. */
function ipv4Number(index: number): string {
  const network = ['192.0.2', '198.51.100', '203.0.113'][Math.floor(index / 254)];
  if (network !== undefined) return `${network}.${(index % 254) + 1}`;
  const rest = index - 3 * 254;
  return `198.${18 + (Math.floor(rest / 65_536) % 2)}.${Math.floor(rest / 256) % 256}.${rest % 256}`;
}

/** 00:00:5E:00:53:xx, and behind these locally administered ones. */
function macNumber(index: number): string {
  const hex = (value: number): string => (value % 256).toString(16).padStart(2, '0');
  return index < 256 ? `00:00:5e:00:53:${hex(index)}` : `02:00:5e:00:${hex(Math.floor(index / 256))}:${hex(index)}`;
}
