/** Reads what a process has mapped, and leaves out plain files and plain memory. */

import { escapeOctal, isDenied, isRegular, type FileStat, type ProcFiles } from './proc-files.js';
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
  /** Device, inode and path as they stand there. */
  readonly file: string;
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
    const file = mapping.path.startsWith('/') ? findFile(block, walk.files, mapping, mounts) : undefined;
    const isPlain = file !== undefined && isRegular(file) && !mapping.path.endsWith(' (deleted)');
    if (isPlain) {
      walk.plainFiles.add(mapping.file);
      continue;
    }
    block.write(`map ${escapeControls(mapping.line)}`);
    if (file !== undefined) block.write(`is map:${mapping.range} ${describeStat(file)} -`);
    hasDevice ||= !mapping.path.endsWith(' (deleted)') && mapping.path !== '[uprobes]';
  }
  if (hasDevice) readFlags(block, walk.files, kept);
  if (sharedKb >= minSharedKb) readRollup(block, walk.files);
}

/** The kernel writes a line break in a path as `\012` and leaves the backslash itself alone. */
function escapeControls(line: string): string {
  return line.replaceAll(/[\u0000-\u001f\u007f]/g, escapeOctal);
}

/** Memory without a file, or with the name of one: `00:00 0`, perhaps with a name in brackets. */
const plainMemory =
  /^(?:[0-9a-f]+:[0-9a-f]+ \d+ *)(?:$|\[(?!uprobes\])|\/memfd:|\/dev\/zero \(deleted\)$|\/anon_hugepage)/;

function collectMappings(block: Block, walk: Walk): readonly Mapping[] {
  const kept = new Map<string, Mapping>();
  const take = (line: string): void => {
    // What stands behind range, mode and offset tells the file, and most lines are of one that is known.
    const file = line.slice(line.indexOf(' ', line.indexOf(' ') + 6) + 1);
    if (walk.plainFiles.has(file) || kept.has(file)) return;
    if (plainMemory.test(file)) walk.plainFiles.add(file);
    else if (kept.size >= maxMaps) block.cut('maps');
    else kept.set(file, readMapping(line, file));
  };
  if (!walk.files.lines(`${block.directory}/maps`, maxMapsBytes, take)) block.cut('maps');
  return [...kept.values()];
}

function readMapping(line: string, file: string): Mapping {
  const [, device = '', inode = '', path = ''] = /^(\S+) (\d+) *(.*)$/.exec(file) ?? [];
  const [range = '', mode = '', offset = ''] = line.split(' ', 3);
  return { range, line: [range, mode, offset, device, inode, path].join(' '), file, device, inode, path };
}

/** Memory that the kernel names like a file; there is nothing to look at. */
const namedMemory = /^\/(?:SYSV[0-9a-f]{8}|\[aio\]|secretmem|dmabuf:)/;

function findFile(
  block: Block,
  files: ProcFiles,
  mapping: Mapping,
  mounts: MountNamespace | undefined,
): FileStat | undefined {
  if (mounts === undefined || namedMemory.test(mapping.path)) return undefined;
  const [major = '', minor = ''] = mapping.device.split(':');
  const device = `${parseInt(major, 16)}:${parseInt(minor, 16)}`;
  if (mounts.view.isLocalDevice(device) === false || !mounts.view.isLocalPath(mapping.path)) return undefined;
  try {
    return files.stat(`${block.directory}/map_files/${mapping.range.replaceAll(/\b0+(?=[0-9a-f])/g, '')}`);
  } catch (error) {
    if (!isDenied(error)) return undefined;
  }
  // Following these links needs CAP_SYS_ADMIN; the name tells as much, as long as it leads to the same file.
  const found = mapping.path.endsWith(' (deleted)') ? undefined : mounts.lookup?.stat(mapping.path);
  return found !== undefined && String(found.ino) === mapping.inode ? found : undefined;
}

function readFlags(block: Block, files: ProcFiles, kept: readonly Mapping[]): void {
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
  const isWhole = block.attempt('vmflags', true, () => files.lines(`${block.directory}/smaps`, maxSmapsBytes, take));
  if (!isWhole) block.cut('vmflags');
}

function readRollup(block: Block, files: ProcFiles): void {
  const text = block.attempt('rollup', '', () => files.shown(`${block.directory}/smaps_rollup`));
  for (const line of text.split('\n')) {
    if (/^(?:Rss|Pss_Anon|Pss_Shmem|Swap|SwapPss):/.test(line)) block.write(`rollup ${line.replaceAll(/\s+/g, ' ')}`);
  }
}
