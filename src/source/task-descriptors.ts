/** Reads what a process has open: links, fdinfo and, where that cannot block, the file behind them. */

import { escapeOctal, isCharacterDevice, orGone, type FileStat, type ProcFiles } from './proc-files.js';
import type { Block, MountNamespace, SeenFile, Walk } from './task-walk.js';

const maxPerTask = 100_000;
/** Lines of one fdinfo: an epoll may watch thousands of descriptors. */
const maxInfoLines = 1_000;
const descriptorsPerPause = 64;

/**
 * Lines for every descriptor of a process:
 *
 *     fd 3 02004002 16 1827637 socket:[1827637]      flags (octal), mount id, inode (0 = not told), link
 *     is 4 81a4 fd01 131 1 4096 8 0:0 same           the file: mode, device, inode, links, size, blocks, what it
 *                                                    is as a device (hexadecimal as `stat -c '%f %D %i %h %s %b %t:%T'`
 *                                                    prints them), and what its path leads to: same, other,
 *                                                    absent, - (not looked at)
 *     info 5 clockid: 8                              further lines of its fdinfo, those that matter
 */
export async function readDescriptors(block: Block, walk: Walk, place: MountPlace): Promise<void> {
  const names = block.attempt('fd', [], () => walk.files.names(`${block.directory}/fd`));
  let count = 0;
  for (const name of names) {
    if (count >= maxPerTask || walk.descriptorsLeft <= 0) {
      block.cut('fd');
      return;
    }
    const seen = block.attempt('fd', undefined, () => readDescriptor(block, walk.files, name));
    if (seen === undefined) continue;
    count++;
    walk.descriptorsLeft--;
    if (seen.link.startsWith('/')) describeFile(block, walk, place, name, seen);
    else if (seen.link.startsWith('socket:[')) {
      const inode = seen.link.slice(8, -1);
      if (!walk.sockets.has(inode)) walk.sockets.set(inode, `${block.directory}/fd/${name}`);
    }
    if (count % descriptorsPerPause === 0) await walk.pause();
  }
}

/** The mount namespace of a process. */
export interface MountPlace {
  readonly mounts: MountNamespace | undefined;
  /** Link of the mount namespace. */
  readonly link: string;
}

interface SeenDescriptor {
  readonly link: string;
  readonly mount: string;
  readonly inode: string;
}

function readDescriptor(block: Block, files: ProcFiles, name: string): SeenDescriptor | undefined {
  const link = orGone(undefined, () => files.link(`${block.directory}/fd/${name}`));
  const info =
    link === undefined ? undefined : orGone(undefined, () => files.shown(`${block.directory}/fdinfo/${name}`));
  if (link === undefined || info === undefined) return undefined;
  const head = infoHead.exec(info);
  const [all = '', flags = '0', mount = '0', inode = '0'] = head ?? [];
  block.write(`fd ${name} ${flags} ${mount} ${inode} ${escapeOctal(link)}`);
  if (all.length < info.length) writeInfo(block, name, link, info.slice(all.length));
  return { link, mount, inode };
}

/** What each fdinfo begins with; the inode since Linux 5.14. */
const infoHead = /^pos:\t\d+\nflags:\t([0-7]+)\nmnt_id:\t(\d+)\n(?:ino:\t(\d+)\n)?/;

function writeInfo(block: Block, name: string, link: string, info: string): void {
  const isAnonymous = link.startsWith('anon_inode:');
  const kept = info.split('\n').filter((line) => line !== '' && isWanted(line, isAnonymous, link));
  for (const line of kept.slice(0, maxInfoLines))
    block.write(`info ${name} ${escapeOctal(line.replaceAll('\t', ' '))}`);
  if (kept.length > maxInfoLines) block.cut(`info:${name}`);
}

/** Of anonymous inodes every line, but for io_uring, which lists its requests; of others what tells of locks, queues, terminals. */
function isWanted(line: string, isAnonymous: boolean, link: string): boolean {
  if (isAnonymous) return !link.endsWith('[io_uring]');
  if (line.startsWith('scm_fds:')) return !/^scm_fds:\s*0$/.test(line);
  return line.startsWith('lock:') || line.startsWith('tty-index:') || line.startsWith('iff:');
}

/** Memory that has the name of a file. */
const plainMemory = /^\/(?:memfd:|SYSV[0-9a-f]{8}(?: |$)|dev\/zero \(deleted\)|anon_hugepage)/;

function describeFile(
  block: Block,
  walk: Walk,
  { mounts, link: mountLink }: MountPlace,
  name: string,
  { link, mount, inode }: SeenDescriptor,
): void {
  if (link.startsWith('/memfd:')) walk.hasMemoryFiles = true;
  if (plainMemory.test(link) || !isLocal(walk, mounts, mount)) return;
  const key = `${mountLink} ${mount} ${inode} ${link}`;
  const read = (): SeenFile => {
    mounts?.lookup?.expect(link);
    const stat = walk.files.stat(`${block.directory}/fd/${name}`);
    const isHere = mounts?.view.isLocalMount(mount) === true;
    const found = (isHere ? mounts.lookup?.find(link, stat) : undefined) ?? '-';
    // Closed and opened anew meanwhile, it may be another file than the link told.
    const isStill = found === 'same' || walk.files.link(`${block.directory}/fd/${name}`) === link;
    return { text: `${describeStat(stat)} ${isStill ? found : '-'}`, isTerminal: isTerminal(stat) };
  };
  let file = inode === '0' ? undefined : walk.seenFiles.get(key);
  if (file === undefined) {
    file = block.attempt(`file:${name}`, undefined, () => orGone(undefined, read));
    walk.seenFiles.set(key, file);
  }
  if (file === undefined) return;
  if (file.isTerminal) walk.terminals.add(link);
  block.write(`is ${name} ${file.text}`);
}

/** Known to be on a mount that cannot hang: of its own namespace, of any that was met, or of ours. */
function isLocal(walk: Walk, mounts: MountNamespace | undefined, mount: string): boolean {
  const own = mounts?.view.isLocalMount(mount);
  if (own !== undefined) return own;
  for (const { view } of walk.mountNamespaces.values()) {
    const isLocalThere = view.isLocalMount(mount);
    if (isLocalThere !== undefined) return isLocalThere;
  }
  return walk.ownMounts.isLocalMount(mount) ?? false;
}

/** Of a major number that terminals have which can control a session (linux Documentation/admin-guide/devices.txt). */
function isTerminal(stat: FileStat): boolean {
  if (!isCharacterDevice(stat)) return false;
  const major = majorOf(stat.rdev);
  return major === 4n || major === 5n || (major >= 136n && major <= 143n);
}

/** As `stat -c '%f %D %i %h %s %b %t:%T'` prints it. */
export function describeStat({ mode, dev, ino, nlink, size, blocks, rdev }: FileStat): string {
  return `${mode.toString(16)} ${dev.toString(16)} ${ino} ${nlink} ${size} ${blocks} ${majorOf(rdev).toString(16)}:${minorOf(rdev).toString(16)}`;
}

/** glibc's makedev, sys/sysmacros.h. */
function majorOf(device: bigint): bigint {
  return ((device >> 8n) & 0xfffn) | ((device >> 32n) & ~0xfffn);
}

function minorOf(device: bigint): bigint {
  return (device & 0xffn) | ((device >> 12n) & 0xffffff00n);
}
