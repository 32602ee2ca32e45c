/** Reads one process: its block of lines in the text that task-tree.ts describes. */

import { setTimeout } from 'node:timers/promises';

import { viewMounts, type MountView } from './mount-view.js';
import { createLookup } from './name-lookup.js';
import { escapeOctal, orGone, type ProcFiles } from './proc-files.js';
import { describeStat, readDescriptors, type MountPlace } from './task-descriptors.js';
import { readMemory } from './task-memory.js';
import { fieldOf, isStuckIn, readThreads, type Threads } from './task-threads.js';
import { createBlock, maxPlaces, type Block, type MountNamespace, type Walk } from './task-walk.js';

/** Systemd gives a namespace of their own to a dozen of its services; each costs some 5 KiB. */
const maxMountNamespaces = 256;
const maxMountTable = 1024 * 1024;

export interface ReadTask {
  readonly text: string;
  /** Link of its network namespace. */
  readonly network: string | undefined;
}

export interface TaskCircumstances {
  readonly walk: Walk;
  /** Our own links, by the kinds that the kernel has. */
  readonly ownNamespaces: ReadonlyMap<string, string>;
  /** The first process: its mounts are evidence of their own, and not told again. */
  readonly isRoot: boolean;
  /** Adds the lines of the children. */
  children(block: Block, threads: readonly string[]): void;
}

/** Undefined for a process that has ended meanwhile, or whose pid is another's now. */
export async function readTask(pid: number, circumstances: TaskCircumstances): Promise<ReadTask | undefined> {
  const { walk } = circumstances;
  const block = createBlock(pid);
  const { files } = walk;
  const { directory } = block;
  const stat = readStat(files, directory);
  if (stat === undefined) return undefined;
  const status = block.attempt('status', '', () => orGone('', () => files.shown(`${directory}/status`)));
  block.write(`stat ${escapeOctal(stat.trimEnd())}`);
  const cgroup = block.attempt('cgroup', '', () => orGone('', () => files.shown(`${directory}/cgroup`)));
  for (const line of linesOf(cgroup)) block.write(`cgroup ${escapeOctal(line)}`);
  const namespaces = readNamespaces(block, files, circumstances.ownNamespaces.keys());
  const links = readLinks(block, files);
  const mountLink = namespaces.get('mnt') ?? '';
  const mounts = viewNamespace(block, circumstances, mountLink, links.get('root'));
  describeLinks(block, files, links, mounts);
  noteDirectory(block, walk, { mounts, link: mountLink }, links.get('cwd'));
  block.attempt('elf', undefined, () => orGone(undefined, () => block.write(`elf ${readClass(files, directory)}`)));
  const threads = await readThreads(block, walk, { status, namespaces, directory: links.get('cwd') ?? '' });
  circumstances.children(block, threads.ids);
  await readDescriptors(block, walk, { mounts, link: mountLink });
  if (await isCalm(block, walk, threads)) {
    readMemory(block, walk, mounts, Number(fieldOf(status, 'RssShmem').replace(/ kB$/, '')) || 0);
  } else block.cut('maps');
  const begin = startTimeOf(stat);
  if (startTimeOf(readStatBy(files.shownLast, directory)) !== begin) return undefined;
  return { text: `== ${pid} ${begin}\n${status}${block.text()}`, network: namespaces.get('net') };
}

function linesOf(text: string): readonly string[] {
  return text.split('\n').filter((line) => line !== '');
}

/** Undefined when it has ended; or is hidden (hidepid), which is the same to us: it can be seen nowhere. */
export function readStat(files: ProcFiles, directory: string): string | undefined {
  return readStatBy(files.shown, directory);
}

function readStatBy(read: ProcFiles['shown'], directory: string): string | undefined {
  try {
    return read(`${directory}/stat`);
  } catch {
    return undefined;
  }
}

/** Field 22; the name before it may hold blanks and parentheses, so it is counted from the last `)`. */
export function startTimeOf(stat: string | undefined): string | undefined {
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ', 20)[19];
}

function readNamespaces(block: Block, files: ProcFiles, kinds: Iterable<string>): ReadonlyMap<string, string> {
  const namespaces = new Map<string, string>();
  for (const kind of kinds) {
    const link = block.attempt(`ns:${kind}`, '', () => files.link(`${block.directory}/ns/${kind}`));
    if (link === '') continue;
    namespaces.set(kind, link);
    block.write(`ns:${kind} ${link}`);
  }
  return namespaces;
}

function readLinks(block: Block, files: ProcFiles): ReadonlyMap<string, string> {
  const links = new Map<string, string>();
  for (const name of ['exe', 'cwd', 'root']) {
    const link = block.attempt(name, '', () => orGone('', () => files.link(`${block.directory}/${name}`)));
    if (link === '') continue;
    links.set(name, link);
    block.write(`${name} ${escapeOctal(link)}`);
  }
  return links;
}

/** Deleted ones are looked at, where that cannot block. */
function describeLinks(
  block: Block,
  files: ProcFiles,
  links: ReadonlyMap<string, string>,
  mounts: MountNamespace | undefined,
): void {
  for (const [name, link] of links) {
    if (!link.endsWith(' (deleted)') || mounts?.view.isLocalPath(link) !== true) continue;
    block.attempt(name, undefined, () => {
      const stat = files.stat(`${block.directory}/${name}`);
      block.write(`is ${name} ${describeStat(stat)} ${mounts.lookup?.find(link, stat) ?? '-'}`);
    });
  }
}

/** Most processes have theirs from their parents: of many with the same path a few stand for the others. */
const maxSameDirectory = 32;

function noteDirectory({ pid, directory }: Block, walk: Walk, place: MountPlace, path: string | undefined): void {
  if (path === undefined || walk.places.length >= maxPlaces) return;
  const key = `${place.link} ${path}`;
  const count = walk.directories.get(key) ?? 0;
  walk.directories.set(key, count + 1);
  if (count >= maxSameDirectory) return;
  // Only a whole table tells what covers what.
  const isWhole = place.mounts?.lookup !== undefined && !path.endsWith(' (deleted)');
  const expected = isWhole ? place.mounts.view.mountAt(path) : undefined;
  walk.places.push({ pid, use: 'cwd', file: `${directory}/cwd`, path, expected });
}

/** What is known of its mount namespace; of a new one the table is read, and told unless it is that of the first process. */
function viewNamespace(
  block: Block,
  { walk, isRoot, ownNamespaces }: TaskCircumstances,
  link: string,
  root: string | undefined,
): MountNamespace | undefined {
  const known = walk.mountNamespaces.get(link);
  if (known !== undefined) return known;
  if (link === '') return undefined;
  const isOurs = link === ownNamespaces.get('mnt');
  const table = block.attempt('mounts', '', () => readMounts(walk, isOurs ? '/proc/self' : block.directory));
  if (table === '') return undefined;
  const view = viewMounts(table);
  if (!isRoot) for (const line of view.lines) block.write(`mount ${line}`);
  const isWhole = isOurs || root === '/';
  const prefix = isOurs ? '' : `${block.directory}/root`;
  const namespace = { view, lookup: isWhole ? createLookup(prefix, view, walk.files) : undefined };
  walk.mountNamespaces.set(link, namespace);
  measureMounts(block, walk.files, view, prefix, namespace.lookup);
  return namespace;
}

/** @throws an error with the code EPERM for more than is kept: such a table counts as denied */
function readMounts(walk: Walk, directory: string): string {
  const isMany = walk.mountNamespaces.size > maxMountNamespaces;
  const table = isMany ? undefined : walk.files.parts(`${directory}/mountinfo`, maxMountTable);
  if (table === undefined) throw Object.assign(new Error('too many mounts'), { code: 'EPERM' });
  return table;
}

/** How much is in file systems whose contents go into the images or keep them from being made. */
function measureMounts(
  block: Block,
  files: ProcFiles,
  view: MountView,
  prefix: string,
  lookup: MountNamespace['lookup'],
): void {
  for (const line of view.lines) {
    const [, id = '', path = '', type = ''] = /^(\d+) \d+ \S+ \S+ (\S+) .* - (\S+)/.exec(line) ?? [];
    if (!/^(?:mqueue|pstore|tmpfs)$/.test(type)) continue;
    const place = path.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));
    if (lookup !== undefined && view.isLocalPath(place)) {
      files.expectMeasure(type === 'tmpfs' ? 'space' : 'names', `${prefix}${place}`);
    }
    const found = lookup?.stat(place);
    // Another mount may lie over it.
    if (found === undefined || deviceName(found.dev) !== view.deviceOf(id)) continue;
    block.attempt(`mount:${id}`, undefined, () => {
      if (type !== 'tmpfs') block.write(`entries ${id} ${files.names(`${prefix}${place}`).length}`);
      else {
        const { blocks, bfree, bsize } = files.space(`${prefix}${place}`);
        block.write(`used ${id} ${(blocks - bfree) * bsize}`);
      }
    });
  }
}

/** glibc's makedev, sys/sysmacros.h, for the numbers that occur. */
function deviceName(device: bigint): string {
  return `${(device >> 8n) & 0xfffn}:${(device & 0xffn) | ((device >> 12n) & 0xfff00n)}`;
}

/**
 * 32 or 64, 0 for a process without a program (a zombie). The first entry of its auxiliary vector is a small
 * number followed by one that is not 0, and in the wide form the small one takes eight bytes.
 */
function readClass(files: ProcFiles, directory: string): number {
  const head = files.head(`${directory}/auxv`, 8);
  if (head.length < 8) return 0;
  return Math.min(head.readUInt32LE(0), head.readUInt32LE(4)) === 0 ? 64 : 32;
}

const calmAttempts = 5;
const calmPauseMs = 20;

/**
 * Whether its memory may be looked at. A process of which a thread waits in the kernel may hold the lock that
 * this takes; mostly it waits for a disk, and is through a moment later.
 */
async function isCalm(block: Block, walk: Walk, threads: Threads): Promise<boolean> {
  let isStuck = threads.isStuck;
  for (let attempt = 0; isStuck && attempt < calmAttempts && walk.calmPausesLeft > 0; attempt++) {
    walk.calmPausesLeft--;
    await setTimeout(calmPauseMs);
    isStuck = threads.ids.some((id) => {
      const directory = `${block.directory}/task/${id}`;
      const stat = readStat(walk.files, directory) ?? '';
      return isStuckIn(walk.files, directory, stat.charAt(stat.lastIndexOf(')') + 2));
    });
  }
  return !isStuck;
}
