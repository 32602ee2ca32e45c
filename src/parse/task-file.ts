/** Reads the stat data of a file as the text about a task tree has it. */

import { parseWhole } from './lines.js';
import type { FileKind, FileRecord } from './task-records.js';

/** File types of a mode, `man 7 inode`. */
const kinds: Readonly<Record<number, FileKind>> = {
  0o140000: 'sock',
  0o120000: 'lnk',
  0o100000: 'reg',
  0o060000: 'blk',
  0o040000: 'dir',
  0o020000: 'chr',
  0o010000: 'fifo',
};

/**
 * What `stat -c '%f %D %i %h %s %b %t:%T'` prints, and what the path leads to:
 *
 *     81a4 fd01 131 1 4096 8 0:0 same
 */
export function parseFile(text: string): FileRecord | undefined {
  const [mode = '', device = '', inode, links, size, blocks, number = '', name] = text.split(' ');
  const [major = '', minor = ''] = number.split(':');
  if (!/^[0-9a-f]{1,8}$/.test(mode) || !/^[0-9a-f]{1,16}$/.test(device)) return undefined;
  const linkCount = parseWhole(links);
  const blockCount = parseWhole(blocks);
  if (linkCount === undefined || blockCount === undefined) return undefined;
  return {
    kind: kinds[Number.parseInt(mode, 16) & 0o170000] ?? 'unknown',
    device: nameDevice(BigInt(`0x${device}`)),
    inode: Number(inode),
    links: linkCount,
    sizeBytes: parseWhole(size) ?? 0,
    allocatedBytes: blockCount * 512,
    major: Number.parseInt(major, 16) || 0,
    minor: Number.parseInt(minor, 16) || 0,
    name: name === 'same' || name === 'other' || name === 'absent' ? name : undefined,
  };
}

/** major:minor of a device number as glibc encodes it (sys/sysmacros.h). */
function nameDevice(device: bigint): string {
  const major = ((device >> 8n) & 0xfffn) | ((device >> 32n) & 0xfffff000n);
  const minor = (device & 0xffn) | ((device >> 12n) & 0xffffff00n);
  return `${major}:${minor}`;
}

/** True for the path of memory that the kernel names like a file: there is no such file, and nothing is wrong with it. */
export function isPlainMemory(path: string): boolean {
  return /^\/(?:memfd:|SYSV[0-9a-f]{8}(?: |$)|dev\/zero \(deleted\)|anon_hugepage)/.test(path);
}
