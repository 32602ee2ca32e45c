/** Turns the liblxc configuration of an instance into facts. */

import type { Engine, Instance } from '../engines/engine.js';
import { parseLxcConfig, toLastOptions, type LxcOption } from '../parse/lxc-config.js';
import type { EvidenceReader } from './evidence-reader.js';
import type { InstanceFacts } from './schema.js';

type LxcFacts = NonNullable<InstanceFacts['lxc']>;

export interface LxcConfiguration {
  /** Every option in effect; undefined when neither the file nor the configuration could be read. */
  readonly options: readonly LxcOption[] | undefined;
  /** Of the running container. */
  readonly facts: LxcFacts;
  /** Of its next start, a restore too. */
  readonly next: LxcFacts;
}

/** Active security modules: of the host it runs on, and of the one where it will be started next. */
export interface SecurityModules {
  readonly here: readonly string[] | undefined;
  readonly next: readonly string[] | undefined;
}

export function deriveLxc(
  reader: EvidenceReader,
  engine: Engine,
  instance: Instance | undefined,
  lsm: SecurityModules,
): LxcConfiguration {
  const effective = reader.read('instance.lxc.conf', parseLxcConfig);
  const options = effective ?? assumeOptions(engine, instance, lsm.here);
  // The daemons write the file anew at each start; plain LXC reads the same one again.
  const next = engine.name === 'lxc' ? options : assumeOptions(engine, instance, lsm.next);
  return { options, facts: describe(engine, options), next: describe(engine, next) };
}

function describe(engine: Engine, options: readonly LxcOption[] | undefined): LxcFacts {
  if (options === undefined) return {};
  const last = toLastOptions(options);
  return {
    options: last,
    ptyMax: findLimit(last, 'lxc.pty.max'),
    ttyMax: findLimit(last, 'lxc.tty.max'),
    consolePath: last['lxc.console.path'] ?? '',
    apparmorProfile: findProfile(engine, last),
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

/** LXC's own common.conf, which the configuration of most distributions includes. */
const commonLimits = { 'lxc.pty.max': 1024, 'lxc.tty.max': 4 } as const;

function findLimit(options: Readonly<Record<string, string>>, key: keyof typeof commonLimits): number | undefined {
  const value = options[key];
  if (value !== undefined) return /^\d{1,9}$/.test(value) ? Number(value) : undefined;
  // liblxc itself opens no terminals; what another file includes is not seen.
  if (key === 'lxc.tty.max' && options['lxc.include'] === undefined) return 0;
  return /\/(?:\w+\.)?common\.conf$/.test(options['lxc.include'] ?? '') ? commonLimits[key] : undefined;
}

/** LXC hands CRIU the profile that was configured; one that it chose by itself is not handed on. */
function findProfile(engine: Engine, options: Readonly<Record<string, string>>): string | undefined {
  return options['lxc.apparmor.profile'] ?? (engine.name === 'lxc' ? '' : undefined);
}
