/** Turns the devices of an instance into facts. */

import { hostPathOf } from '../evidence/target-requests.js';
import type { LxcOption } from '../parse/lxc-config.js';
import type { DeviceFact } from './schema.js';

type Options = Readonly<Record<string, string>>;

/** Devices as LXD and Incus configure them. `config` holds what the daemon notes about the running ones. */
export function deriveDevices(
  devices: Readonly<Record<string, Options>>,
  config: Options,
  ownDevices: readonly string[] | undefined,
): readonly DeviceFact[] {
  return Object.entries(devices).map(([name, { type = '', ...options }]) => ({
    name,
    type,
    options,
    nicType: type === 'nic' || type === 'infiniband' ? findNicType(name, options, config) : '',
    isRoot: type === 'disk' && options['path'] === '/',
    isHostPath: type === 'disk' && options['pool'] === undefined && options['source']?.startsWith('/') === true,
    isOwn: ownDevices?.includes(name),
    hostPath: hostPathOf({ type, ...options }) ?? '',
  }));
}

/** Kind of link by `nictype` (LXD 5.0 and Incus 6.0, doc/reference/devices_nic). */
const nicTypes: Options = {
  bridged: 'veth',
  p2p: 'veth',
  routed: 'veth',
  ovn: 'veth',
  macvlan: 'macvlan',
  ipvlan: 'ipvlan',
  physical: 'phys',
  sriov: 'phys',
};

/** A nic of a managed network does not say its kind; the name of its host side, noted while it runs, does. */
function findNicType(name: string, options: Options, config: Options): string | undefined {
  const nicType = options['nictype'];
  if (nicType !== undefined) return nicTypes[nicType] ?? nicType;
  const hostName = config[`volatile.${name}.host_name`] ?? '';
  if (hostName.startsWith('veth')) return 'veth';
  return hostName.startsWith('mac') ? 'macvlan' : undefined;
}

/** Nics of plain LXC: `lxc.net.0.type = veth`, with the other options of the same number. */
export function deriveLxcNics(options: readonly LxcOption[]): readonly DeviceFact[] {
  const nics = new Map<string, Record<string, string>>();
  for (const { key, value } of options) {
    const [, number, option] = /^lxc\.net\.(\d+)\.(.+)$/.exec(key) ?? [];
    if (number === undefined || option === undefined) continue;
    nics.set(number, { ...nics.get(number), [option]: value });
  }
  return [...nics].map(([number, nic]) => ({
    name: nic['name'] ?? `net.${number}`,
    type: 'nic',
    options: nic,
    nicType: nic['type'] ?? '',
    isRoot: false,
    isHostPath: false,
    isOwn: true,
    hostPath: '',
  }));
}
