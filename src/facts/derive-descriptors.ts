/** Turns what processes have open, but for sockets, terminals and deleted files, into facts. */

import type { DescriptorRecord } from '../parse/task-records.js';
import { isPlainMemory } from '../parse/task-file.js';
import { deriveDeleted } from './derive-deleted.js';
import { findCoveredDirectories, findLostPlaces } from './derive-places.js';
import { deriveTerminals, isTerminal } from './derive-terminals.js';
import { deriveWatches } from './derive-watches.js';
import { placeOf, type HeldDescriptor, type ProcessView } from './process-view.js';
import type { InstanceFacts } from './schema.js';

type DescriptorFacts = NonNullable<InstanceFacts['descriptors']>;
type Element<Name extends keyof DescriptorFacts> = NonNullable<DescriptorFacts[Name]>[number];

/** O_PATH, the same on all processors but alpha, parisc and sparc (linux include/uapi/asm-generic/fcntl.h). */
const pathOnly = 0o10000000;
/** PIDFD_THREAD (linux include/uapi/linux/pidfd.h). */
const threadOnly = 0o200;
/** O_DIRECT of x86 and of arm; on a pipe neither number means anything else. */
const direct = 0o040000 | 0o200000;

export function deriveDescriptors(view: ProcessView): DescriptorFacts {
  const { descriptors } = view;
  const collect = <Fact>(find: (held: HeldDescriptor) => Fact | undefined): readonly Fact[] =>
    descriptors.map(find).filter((fact) => fact !== undefined);
  return {
    anonymous: collect((held) => findAnonymous(held, view)),
    devices: collect(findDevice),
    terminals: deriveTerminals(view),
    watches: deriveWatches(view),
    pipes: collect(findPacketPipe),
    namespaces: collect((held) => findNamespace(held, view)),
    foreign: [...collect((held) => findForeign(held, view)), ...findLostPlaces(view)],
    covered: collect((held) => findCovered(held, view)),
    onMounts: collect((held) => findOnMount(held, view)),
    pathOnly: collect(findPathOnly),
    deleted: deriveDeleted(view),
    replaced: [...collect((held) => findReplaced(held, view)), ...findCoveredDirectories(view)],
    locks: descriptors.flatMap(findLocks),
  };
}

/** Mount ids of descriptors can be told to be foreign only where all mounts are known. */
export function knowsAllMounts(view: ProcessView): boolean {
  return view.tasks.every((task) => task.descriptors.length === 0 || view.tableOf(task)?.isWhole === true);
}

function findAnonymous(held: HeldDescriptor, view: ProcessView): Element<'anonymous'> | undefined {
  const { link, info, flags } = held.descriptor;
  if (!link.startsWith('anon_inode:')) return undefined;
  const kind = link.slice(11).replace(/^\[(.*)\]$/, '$1');
  const isListed = (line: string): boolean => /^(?:inotify|fanotify|tfd)\b/.test(line);
  const details = info.filter((line) => !isListed(line)).map(splitDetail);
  return {
    ...placeOf(held),
    kind,
    isMapped: held.task.missing.has('maps') ? undefined : held.task.mappings.some(({ path }) => path === link),
    // The first of each name counts.
    details: Object.fromEntries(details.toReversed()),
    watches: info.filter(isListed),
    flags,
    isThread: kind === 'pidfd' ? (flags & threadOnly) !== 0 : undefined,
    isTargetInside: kind === 'pidfd' ? findTarget(new Map(details.toReversed()).get('Pid'), view) : undefined,
  };
}

function splitDetail(line: string): readonly [string, string] {
  const colon = line.indexOf(':');
  return colon === -1 ? [line.trim(), ''] : [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
}

/** -1 = it has ended and was waited for. */
function findTarget(pid: string | undefined, view: ProcessView): boolean | undefined {
  if (pid === undefined) return undefined;
  if (pid === '-1' || view.pids.has(Number(pid))) return true;
  return view.isWhole ? false : undefined;
}

function isPathOnly({ flags }: DescriptorRecord): boolean {
  return Math.floor(flags / pathOnly) % 2 === 1;
}

function findDevice(held: HeldDescriptor): Element<'devices'> | undefined {
  const { link, file, info } = held.descriptor;
  if (file === undefined || (file.kind !== 'chr' && file.kind !== 'blk') || isTerminal(file)) return undefined;
  const name = info
    .find((line) => line.startsWith('iff:'))
    ?.slice(4)
    .trim();
  return {
    ...placeOf(held),
    path: link,
    kind: file.kind,
    major: file.major,
    minor: file.minor,
    isPathOnly: isPathOnly(held.descriptor),
    interface: name ?? '',
  };
}

function findPacketPipe(held: HeldDescriptor): Element<'pipes'> | undefined {
  const { link, flags, inode } = held.descriptor;
  const found = /^pipe:\[(\d+)\]$/.exec(link)?.[1];
  return found !== undefined && (flags & direct) !== 0
    ? { ...placeOf(held), inode: Number(found) || inode }
    : undefined;
}

function findNamespace(held: HeldDescriptor, view: ProcessView): Element<'namespaces'> | undefined {
  const { link } = held.descriptor;
  const kind = /^([a-z_]+):\[\d+\]$/.exec(link)?.[1];
  if (kind === undefined || kind === 'socket' || kind === 'pipe') return undefined;
  const isInside =
    Object.values(view.tree.ownNamespaces ?? {}).includes(link) ||
    view.tasks.some(
      ({ namespaces, threads }) =>
        Object.values(namespaces).includes(link) ||
        threads.some((thread) => Object.values(thread.namespaces).includes(link)),
    );
  return { ...placeOf(held), kind, link, isInside: isInside || (view.isWhole ? false : undefined) };
}

/** Neither in its own mount namespace nor in that of another process: CRIU collects the mounts of all of them. */
function findForeign(held: HeldDescriptor, view: ProcessView): Element<'foreign'> | undefined {
  const { link, mountId, file, inode } = held.descriptor;
  if (!link.startsWith('/') || isPlainMemory(link)) return undefined;
  if (view.tables.some(({ byId }) => byId.has(mountId)) || view.tableOf(held.task)?.isWhole !== true) return undefined;
  return {
    ...placeOf(held),
    path: link,
    kind: file?.kind ?? 'unknown',
    mountId,
    inode: file?.inode ?? inode,
    isDeleted: link.endsWith(' (deleted)'),
    external: `file[${mountId.toString(16)}:${(file?.inode ?? inode).toString(16)}]`,
  };
}

function findCovered(held: HeldDescriptor, view: ProcessView): Element<'covered'> | undefined {
  const { link, mountId } = held.descriptor;
  if (!link.startsWith('/') || view.tableOf(held.task)?.covered.has(mountId) !== true) return undefined;
  return { ...placeOf(held), path: link, mountId };
}

function findOnMount(held: HeldDescriptor, view: ProcessView): Element<'onMounts'> | undefined {
  const { link, mountId } = held.descriptor;
  const type = link.startsWith('/') ? view.tableOf(held.task)?.byId.get(mountId)?.type : undefined;
  return type === 'tracefs' ? { ...placeOf(held), path: link, family: type } : undefined;
}

function findPathOnly(held: HeldDescriptor): Element<'pathOnly'> | undefined {
  const { link, file } = held.descriptor;
  if (file === undefined || !isPathOnly(held.descriptor)) return undefined;
  if (file.kind !== 'sock' && file.kind !== 'chr' && file.kind !== 'blk') return undefined;
  return { ...placeOf(held), path: link, kind: file.kind, major: file.major, minor: file.minor };
}

function findReplaced(held: HeldDescriptor, view: ProcessView): Element<'replaced'> | undefined {
  const { link, file, mountId } = held.descriptor;
  if (file?.name !== 'other' || file.links === 0) return undefined;
  // The way to what is covered leads to what covers it.
  return view.tableOf(held.task)?.covered.has(mountId) === true ? undefined : { ...placeOf(held), path: link };
}

const lockKinds: Readonly<Record<string, string>> = {
  FLOCK: 'flock',
  POSIX: 'posix',
  OFDLCK: 'ofd',
  LEASE: 'lease',
  DELEG: 'lease',
};

/** `lock: 1: FLOCK  ADVISORY  WRITE 812 08:01:1234 0 EOF`; each kind once. */
function findLocks(held: HeldDescriptor): readonly Element<'locks'>[] {
  const kinds = held.descriptor.info.map((line) => lockKinds[/^lock: *\d+: (\w+)/.exec(line)?.[1] ?? '']);
  return [...new Set(kinds)].flatMap((kind) =>
    kind === undefined ? [] : [{ ...placeOf(held), path: held.descriptor.link, kind }],
  );
}
