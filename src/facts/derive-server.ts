/** Turns what an engine says of itself and of all that it manages into facts about its host. */

import {
  parseInstanceNames,
  parseInstances,
  parseNetworks,
  parsePools,
  parseProfiles,
  parseServer,
} from '../parse/server-json.js';
import type { ProfileRecord } from '../parse/server-json.js';
import type { Instance } from '../engines/engine.js';
import type { EvidenceReader } from './evidence-reader.js';
import type { HostFacts } from './schema.js';

/** Of LXD and Incus; other engines have no server. */
export function deriveServer(reader: EvidenceReader): NonNullable<HostFacts['server']> {
  const server = reader.read('engine.server', parseServer);
  const profiles = reader.read('engine.profiles', parseProfiles);
  const neighbours = reader.read('engine.neighbours', parseInstances);
  return {
    version: server?.version,
    liblxc: server?.liblxc,
    extensions: server?.extensions,
    profiles: profiles?.map(({ name }) => name),
    profileDevices: profiles?.flatMap(devicesOf),
    pools: reader.read('engine.pool', parsePools)?.map(({ name }) => name),
    networks: reader.read('engine.network.list', parseNetworks),
    instances: reader.read('engine.instances', parseInstanceNames),
    addresses: neighbours?.flatMap(findAddresses),
    hardwareAddresses: neighbours?.flatMap(findHardwareAddresses),
  };
}

function devicesOf({
  name: profile,
  devices,
}: ProfileRecord): NonNullable<NonNullable<HostFacts['server']>['profileDevices']> {
  return Object.entries(devices).map(([name, options]) => ({
    profile,
    name,
    type: options['type'] ?? '',
    isRoot: options['type'] === 'disk' && options['path'] === '/',
  }));
}

/** IP addresses that its configuration gives an instance. */
export function findAddresses({ devices }: Pick<Instance, 'devices'>): readonly string[] {
  return Object.values(devices)
    .filter(({ type }) => type === 'nic')
    .flatMap((nic) => [nic['ipv4.address'] ?? '', nic['ipv6.address'] ?? ''])
    .filter((address) => address !== '' && address !== 'none');
}

/** MAC addresses, in lower case: configured ones, and those that the engine gave out and keeps on a move. */
export function findHardwareAddresses({ devices, config }: Pick<Instance, 'devices' | 'config'>): readonly string[] {
  const given = Object.entries(config).flatMap(([key, value]) =>
    /^volatile\.[^.]+\.hwaddr$/.test(key) ? [value] : [],
  );
  const configured = Object.values(devices).flatMap((device) => device['hwaddr'] ?? []);
  return [...given, ...configured].map((address) => address.toLowerCase());
}
