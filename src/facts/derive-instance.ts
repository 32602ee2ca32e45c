/** Turns evidence about an instance into facts. */

import type { Engine, Instance } from '../engines/engine.js';
import { findRootPool } from '../engines/lxd-family.js';
import { parseLinks } from '../parse/links.js';
import { parseListing, type ListedFile } from '../parse/listing.js';
import { findLibc } from '../parse/maps-libc.js';
import { parseMountinfo, type MountRecord } from '../parse/mountinfo.js';
import { parseSpace } from '../parse/programs.js';
import { parsePools } from '../parse/server-json.js';
import { parseTasks, type TaskTree } from '../parse/tasks.js';
import { isIdentityMap, mapOutward, parseUidMap } from '../parse/uid-map.js';
import type { Evidence } from '../source/source.js';
import { deriveDevices, deriveLxcNics } from './derive-devices.js';
import { deriveLxc, type SecurityModules } from './derive-lxc.js';
import { deriveMounts, findRootMount, isOtherNamespace, type NestedMounts } from './derive-mounts.js';
import { deriveProcesses } from './derive-processes.js';
import { findAddresses, findHardwareAddresses } from './derive-server.js';
import type { EvidenceReader } from './evidence-reader.js';
import type { EngineFacts, InstanceFacts } from './schema.js';

export interface InstanceCircumstances {
  /** Name for a process tree that no engine knows. */
  readonly name: string;
  readonly nameThere: string | undefined;
  readonly engine: Engine;
  readonly packaging: EngineFacts['packaging'];
  readonly lsm: SecurityModules;
  /** Mount table of the host. */
  readonly hostMounts: readonly MountRecord[] | undefined;
}

export function deriveInstance(
  reader: EvidenceReader,
  evidence: readonly Evidence[],
  circumstances: InstanceCircumstances,
): InstanceFacts {
  const { engine, lsm, hostMounts } = circumstances;
  const answer = engine.readInstance(new Map(evidence.map((each) => [each.id, each])));
  const known = answer.outcome === 'found' ? answer.instance : undefined;
  if (known === undefined && engine.client !== undefined)
    reader.miss('engine.instance', 'the engine did not describe the instance');
  const isBare = engine.client === undefined;
  const name = known?.name ?? circumstances.name;
  const lxc = deriveLxc(reader, engine, known, lsm);
  const mounts = reader.read('instance.mountinfo', parseMountinfo, { list: 'instance.mounts' });
  const tree = reader.read('instance.tasks', parseTasks, { list: 'instance.tasks' });
  return {
    name,
    nameThere: circumstances.nameThere ?? name,
    status: known?.status ?? (isBare ? 'running' : undefined),
    type: known?.type ?? (isBare ? 'container' : undefined),
    ephemeral: known?.isEphemeral,
    privileged: derivePrivileged(reader, engine, known),
    config: known?.config ?? (isBare ? {} : undefined),
    profiles: known?.profiles,
    idCount: reader.read('instance.uid_map', countIds),
    addresses: known && findAddresses(known),
    hardwareAddresses: known && findHardwareAddresses(known),
    devices: deriveAllDevices(engine, known, lxc.options),
    lxc: lxc.facts,
    nextLxc: lxc.next,
    ...deriveMountFacts(reader, mounts, hostMounts, tree),
    links: reader.read('instance.links', parseLinks),
    ...deriveProcesses(reader, tree, { ofInit: mounts, ofHost: hostMounts }),
    storage: deriveStorage(reader, circumstances, known),
    libc: deriveLibc(reader),
    wasRestored: deriveWasRestored(reader),
  };
}

/** 0 = all ids are those of the host. */
function countIds(text: string): number | undefined {
  const map = parseUidMap(text);
  return map && (isIdentityMap(map) ? 0 : map.reduce((sum, { count }) => sum + count, 0));
}

function derivePrivileged(reader: EvidenceReader, engine: Engine, known: Instance | undefined): boolean | undefined {
  const map = reader.read('instance.uid_map', parseUidMap);
  if (map !== undefined && map.length > 0) return mapOutward(map, 0) === 0;
  const isFamily = engine.name === 'lxd' || engine.name === 'incus';
  return isFamily && known !== undefined ? known.config['security.privileged'] === 'true' : undefined;
}

function deriveAllDevices(
  engine: Engine,
  known: Instance | undefined,
  options: ReturnType<typeof deriveLxc>['options'],
): InstanceFacts['devices'] {
  if (engine.client === undefined) return [];
  if (engine.name === 'lxc') return options && deriveLxcNics(options);
  return known && deriveDevices(known.devices, known.config, known.ownDevices);
}

function deriveMountFacts(
  reader: EvidenceReader,
  mounts: readonly MountRecord[] | undefined,
  hostMounts: readonly MountRecord[] | undefined,
  tree: TaskTree | undefined,
): Pick<InstanceFacts, 'mounts' | 'hasOwnMountNamespace' | 'hasIdmappedRoot'> {
  return {
    mounts: mounts && deriveMounts(mounts, hostMounts, deriveNestedMounts(reader, tree), countEntries(tree)),
    hasOwnMountNamespace: findOwnMounts(mounts, hostMounts, tree),
    hasIdmappedRoot: mounts && findRootMount(mounts)?.options.includes('idmapped'),
  };
}

/** CRIU looks at the mounts of all as soon as one process is in a mount namespace of its own. */
function findOwnMounts(
  mounts: readonly MountRecord[] | undefined,
  hostMounts: readonly MountRecord[] | undefined,
  tree: TaskTree | undefined,
): boolean | undefined {
  const own = tree?.ownNamespaces?.['mnt'];
  const links = tree?.tasks.map(({ namespaces }) => namespaces['mnt']) ?? [];
  if (own !== undefined && links.some((link) => link !== undefined && link !== own)) return true;
  return mounts && hostMounts && isOtherNamespace(mounts, hostMounts);
}

/** What could not be seen of other mount namespaces may hold anything. */
function deriveNestedMounts(reader: EvidenceReader, tree: TaskTree | undefined): readonly NestedMounts[] {
  const isSeen = tree?.isWhole === true && !tree.tasks.some(({ missing }) => [...missing].some(isAboutMounts));
  if (!isSeen) {
    reader.markIncomplete('instance.mounts');
    if (tree !== undefined) reader.miss('instance.tasks', 'the mounts of some of its processes could not be read');
  }
  return (tree?.tasks ?? []).flatMap(({ pid, status, mounts }) =>
    mounts === undefined ? [] : [{ pid, task: `${status?.name ?? 'a task'} (pid ${String(pid)})`, mounts }],
  );
}

/** Names in the root of mqueue and pstore file systems, by mount id. */
function countEntries(tree: TaskTree | undefined): ReadonlyMap<number, number> {
  return new Map((tree?.tasks ?? []).flatMap(({ mountEntries }) => [...mountEntries]));
}

function isAboutMounts(missing: string): boolean {
  return missing === 'mounts' || missing === 'ns:mnt';
}

function deriveStorage(
  reader: EvidenceReader,
  { engine, packaging }: InstanceCircumstances,
  known: Instance | undefined,
): InstanceFacts['storage'] {
  const name = known && findRootPool(known);
  const pools = reader.read('engine.pool', parsePools);
  const space = reader.read('instance.space', parseSpace);
  const kind = packaging === 'snap' || packaging === 'deb' ? packaging : 'other';
  return {
    pool: name,
    driver: pools?.find((pool) => pool.name === name)?.driver,
    // Without an engine the user said where, or it is where crdoctor was started.
    path: engine.client === undefined ? space?.path : known && engine.findPlaces(known, kind).storage,
    freeBytes: space?.availableBytes,
    usedBytes: space && Math.max(0, space.totalBytes - space.availableBytes),
  };
}

function deriveLibc(reader: EvidenceReader): InstanceFacts['libc'] {
  const libc = reader.read('instance.maps', findLibc);
  return { name: libc?.name, version: libc?.version };
}

/** A start writes forkstart.log, a restore writes a log of its own; the newer one tells how it came to run. */
function deriveWasRestored(reader: EvidenceReader): boolean | undefined {
  const files = reader.read('instance.logs', parseListing);
  if (files === undefined) return undefined;
  const started = newest(files, /^forkstart\.log$/);
  const restored = newest(files, /_restore_.*\.log$/);
  if (restored === undefined)
    return started === undefined ? reader.miss('instance.logs', 'there is no log of its start') : false;
  return started === undefined || restored > started;
}

function newest(files: readonly ListedFile[], pattern: RegExp): number | undefined {
  const times = files.filter(({ name }) => pattern.test(name)).map(({ modifiedS }) => modifiedS);
  return times.length === 0 ? undefined : Math.max(...times);
}
