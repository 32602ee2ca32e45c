/** Turns the liblxc configuration of an instance into facts. */

import type { Engine, Instance } from '../engines/engine.js';
import { parseLxcConfig, toLastOptions, type LxcOption } from '../parse/lxc-config.js';
import type { EvidenceReader } from './evidence-reader.js';
import type { InstanceFacts } from './schema.js';

type LxcFacts = NonNullable<InstanceFacts['lxc']>;

export interface LxcConfiguration {
  /** Every option in effect; undefined when neither the file nor the configuration could be read. */
  readonly options: readonly LxcOption[] | undefined;
  readonly facts: LxcFacts;
}

/** `lsm`: active security modules of the host. */
export function deriveLxc(
  reader: EvidenceReader,
  engine: Engine,
  instance: Instance | undefined,
  lsm: readonly string[] | undefined,
): LxcConfiguration {
  const effective = reader.read('instance.lxc.conf', parseLxcConfig);
  const options = effective ?? assumeOptions(engine, instance, lsm);
  const last = options && toLastOptions(options);
  return {
    options,
    facts: {
      options: last,
      ptyMax: last && findPtyMax(last),
      consolePath: last && (last['lxc.console.path'] ?? ''),
      apparmorProfile: last && findProfile(engine, last),
    },
  };
}

/** What the daemon would have written: its own settings, then `raw.lxc`. Plain LXC has its file or nothing. */
function assumeOptions(
  engine: Engine,
  instance: Instance | undefined,
  lsm: readonly string[] | undefined,
): readonly LxcOption[] | undefined {
  const raw = parseLxcConfig(instance?.config['raw.lxc'] ?? '');
  if (instance === undefined || raw === undefined || engine.name === 'lxc') return undefined;
  const defaults = Object.entries(engine.lxcDefaults).map(([key, value]) => ({ key, value }));
  // LXD and Incus confine by a profile of their own where the kernel has AppArmor, else write "unconfined".
  const confinement = lsm?.includes('apparmor') === false ? [{ key: 'lxc.apparmor.profile', value: 'unconfined' }] : [];
  return [...defaults, ...confinement, ...raw];
}

/** LXC's own common.conf, which the configuration of most distributions includes, sets 1024. */
function findPtyMax(options: Readonly<Record<string, string>>): number | undefined {
  const value = options['lxc.pty.max'];
  if (value !== undefined) return /^\d{1,9}$/.test(value) ? Number(value) : undefined;
  return /\/(?:\w+\.)?common\.conf$/.test(options['lxc.include'] ?? '') ? 1024 : undefined;
}

/** LXC hands CRIU the profile that was configured; one that it chose by itself is not handed on. */
function findProfile(engine: Engine, options: Readonly<Record<string, string>>): string | undefined {
  return options['lxc.apparmor.profile'] ?? (engine.name === 'lxc' ? '' : undefined);
}
