/** Reads what a process has mapped, and leaves out plain files and plain memory. */

import { statSync, type BigIntStats } from 'node:fs';

import { escapeOctal, isDenied, readLines, readShown } from './small-file.js';
import { describeStat } from './task-descriptors.js';
import type { Block, MountNamespace, Walk } from './task-walk.js';

const maxMapsBytes = 64 * 1024 * 1024;
const maxSmapsBytes = 256 * 1024 * 1024;
/** Mappings kept of one process. */
const maxMaps = 4_096;
/** Below this, shared memory is not worth the walk over its pages. */
const minSharedKb = 1_024;

interface Mapping {
  readonly range: string;
  readonly line: string;
  readonly device: string;
  readonly inode: string;
  readonly path: string;
}

/**
 * Lines for the mappings of a process; the first of each file:
 *
 *     map 7f01-7f02 rw-s 00000000 00:0f 1066 anon_inode:[io_uring]       the line of its maps
 *     is map:7f01-7f02 2190 6 131 1 0 0 1:5 -                           the file, as for a descriptor
 *     vmflags 7f01 rd wr sh mr mw me ms pf io dc de dd                  VmFlags of what may be a device
 *     rollup Pss_Shmem: 2048 kB                                         of smaps_rollup, with much shared memory
 *
 * Reading any of it takes a lock of the process, which it may hold for ever while it waits for a disk
 * or a network that is gone; the caller leaves such processes out.
 */
export function readMemory(block: Block, walk: Walk, mounts: MountNamespace | undefined, sharedKb: number): void {
  const kept = block.attempt('maps', [], () => collectMappings(block, walk));
  let hasDevice = false;
  for (const mapping of kept) {
    const file = mapping.path.startsWith('/') ? findFile(block, mapping, mounts) : undefined;
    const isPlain = file !== undefined && file.isFile() && !mapping.path.endsWith(' (deleted)');
    if (isPlain) {
      walk.plainFiles.add(keyOf(mapping));
      continue;
    }
    block.write(`map ${escapeControls(mapping.line)}`);
    if (file !== undefined) block.write(`is map:${mapping.range} ${describeStat(file)} -`);
    hasDevice ||= !mapping.path.endsWith(' (deleted)') && mapping.path !== '[uprobes]';
  }
  if (hasDevice) readFlags(block, kept);
  if (sharedKb >= minSharedKb) readRollup(block);
}

const keyOf = ({ device, inode, path }: Mapping): string => `${device} ${inode} ${path}`;

/** The kernel writes a line break in a path as `\012` and leaves the backslash itself alone. */
function escapeControls(line: string): string {
  return line.replaceAll(/[\u0000-\u001f\u007f]/g, escapeOctal);
}

const plainMemory = /^(?:\[(?!uprobes\])|\/memfd:|\/dev\/zero \(deleted\)$|\/anon_hugepage)/;

function collectMappings(block: Block, walk: Walk): readonly Mapping[] {
  const kept = new Map<string, Mapping>();
  const take = (line: string): void => {
    // The path begins behind the inode and its blanks; most lines are told by what stands there.
    const at = pathAt(line);
    if (at === -1 || plainMemory.test(line.slice(at))) return;
    const [range = '', mode = '', offset = '', device = '', inode = ''] = line.slice(0, at).split(/ +/);
    const path = line.slice(at);
    const mapping = { range, line: [range, mode, offset, device, inode, path].join(' '), device, inode, path };
    const key = keyOf(mapping);
    if (walk.plainFiles.has(key) || kept.has(key)) return;
    if (kept.size < maxMaps) kept.set(key, mapping);
    else block.cut('maps');
  };
  if (!readLines(`${block.directory}/maps`, maxMapsBytes, take)) block.cut('maps');
  return [...kept.values()];
}

/** Where the sixth field begins: five fields with one blank behind each, then more blanks. */
function pathAt(line: string): number {
  let at = 0;
  for (let field = 0; field < 5; field++) {
    at = line.indexOf(' ', at) + 1;
    if (at === 0) return -1;
  }
  while (line[at] === ' ') at++;
  return at < line.length ? at : -1;
}

/** Memory that the kernel names like a file; there is nothing to look at. */
const namedMemory = /^\/(?:SYSV[0-9a-f]{8}|\[aio\]|secretmem|dmabuf:)/;

function findFile(block: Block, mapping: Mapping, mounts: MountNamespace | undefined): BigIntStats | undefined {
  if (mounts === undefined || namedMemory.test(mapping.path)) return undefined;
  const [major = '', minor = ''] = mapping.device.split(':');
  const device = `${parseInt(major, 16)}:${parseInt(minor, 16)}`;
  if (mounts.view.isLocalDevice(device) === false || !mounts.view.isLocalPath(mapping.path)) return undefined;
  try {
    return statSync(`${block.directory}/map_files/${mapping.range.replaceAll(/\b0+(?=[0-9a-f])/g, '')}`, {
      bigint: true,
    });
  } catch (error) {
    if (!isDenied(error)) return undefined;
  }
  // Following these links needs CAP_SYS_ADMIN; the name tells as much, as long as it leads to the same file.
  const found = mapping.path.endsWith(' (deleted)') ? undefined : mounts.lookup?.stat(mapping.path);
  return found !== undefined && String(found.ino) === mapping.inode ? found : undefined;
}

function readFlags(block: Block, kept: readonly Mapping[]): void {
  const wanted = new Set(kept.filter(({ path }) => !path.endsWith(' (deleted)')).map(({ range }) => range));
  let range: string | undefined;
  const take = (line: string): void => {
    if (line.startsWith('VmFlags:')) {
      if (range !== undefined) block.write(`vmflags ${range.split('-')[0]} ${line.slice(8).trim()}`);
      return;
    }
    const [first = ''] = line.split(' ', 1);
    if (first.includes('-')) range = wanted.has(first) ? first : undefined;
  };
  const isWhole = block.attempt('vmflags', true, () => readLines(`${block.directory}/smaps`, maxSmapsBytes, take));
  if (!isWhole) block.cut('vmflags');
}

function readRollup(block: Block): void {
  const text = block.attempt('rollup', '', () => readShown(`${block.directory}/smaps_rollup`));
  for (const line of text.split('\n')) {
    if (/^(?:Rss|Pss_Anon|Pss_Shmem|Swap|SwapPss):/.test(line)) block.write(`rollup ${line.replaceAll(/\s+/g, ' ')}`);
  }
}
