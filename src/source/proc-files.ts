/** What the reader of processes asks a host for: files of /proc, links, what a path leads to. */

import { errorCode } from '../errors.js';
import type { RunOptions, RunResult } from '../process/run.js';

/** What `stat` tells of a file, as BigIntStats of Node has it. */
export interface FileStat {
  readonly mode: bigint;
  readonly dev: bigint;
  readonly ino: bigint;
  readonly nlink: bigint;
  readonly size: bigint;
  /** Of 512 bytes. */
  readonly blocks: bigint;
  readonly rdev: bigint;
}

/** Blocks of a file system, `man 2 statfs`. */
export interface FileSystemSpace {
  readonly blocks: number;
  readonly bfree: number;
  readonly bsize: number;
}

/**
 * Reading on a host, without waiting: this one answers at once, and another one is asked beforehand. All but `run`
 * throw an error with the code of the system (`ENOENT`, `EACCES`).
 */
export interface ProcFiles {
  /** A file that the kernel writes in one go: status, stat, fdinfo. */
  readonly shown: (path: string) => string;
  /** As `shown`, for the last look at a process: whether it is still the one that it was. */
  readonly shownLast: (path: string) => string;
  /** A file that the kernel hands out in parts; undefined when it is longer than `maxLength` characters. */
  readonly parts: (path: string, maxLength?: number) => string | undefined;
  /** The lines of such a file; false when they were more than `maxLength` characters, and then the rest is left out. */
  readonly lines: (path: string, maxLength: number, take: (line: string) => void) => boolean;
  readonly head: (path: string, maxBytes: number) => Buffer;
  /** Names in a directory; of `/proc` those of the processes at least. */
  readonly names: (path: string) => readonly string[];
  readonly link: (path: string) => string;
  /** Of what a path leads to. */
  readonly stat: (path: string) => FileStat;
  /** Of what is at a path itself. */
  readonly lstat: (path: string) => FileStat;
  readonly space: (path: string) => FileSystemSpace;
  /** Tells that `lstat` will be asked for each part of a path below `root`, one after the other. */
  readonly expect: (root: string, path: string) => void;
  /** Tells that `names` or `space` of a path may be asked for. */
  readonly expectMeasure: (measure: 'names' | 'space', path: string) => void;
  readonly run: (
    argv: readonly [string, ...string[]],
    options: Pick<RunOptions, 'timeoutMs' | 'maxBytes' | 'keep'>,
  ) => Promise<Pick<RunResult, 'status' | 'exitStatus' | 'stdout'>>;
  /** Its processor, as Node names it. */
  readonly processor: string;
  /** Times that the reader may wait for a process to leave the kernel and look again. */
  readonly calmPauses: number;
}

/** S_IFMT and what it selects (`man 7 inode`). */
function typeOf({ mode }: FileStat): number {
  return Number((mode >> 12n) & 0xfn);
}

export function isDirectory(stat: FileStat): boolean {
  return typeOf(stat) === 4;
}

export function isRegular(stat: FileStat): boolean {
  return typeOf(stat) === 8;
}

export function isCharacterDevice(stat: FileStat): boolean {
  return typeOf(stat) === 2;
}

/** What `read` gives, or `otherwise` when the process, thread or descriptor has ended meanwhile. */
export function orGone<Value>(otherwise: Value, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    if (isGone(error)) return otherwise;
    throw error;
  }
}

/** What /proc says of something that has just ended, and of what is not there. */
export function isGone(error: unknown): boolean {
  const code = errorCode(error);
  return code === 'ENOENT' || code === 'ESRCH' || code === 'ENOTDIR';
}

export function isDenied(error: unknown): boolean {
  const code = errorCode(error);
  return code === 'EACCES' || code === 'EPERM';
}

/** A name on a line of its own, as the kernel writes names in tables: controls and the backslash in octal, `\012`. */
export function escapeOctal(name: string): string {
  return needsEscape.test(name) ? name.replaceAll(escaped, toOctal) : name;
}

const needsEscape = /[\\\u0000-\u001f\u007f]/;
const escaped = /[\\\u0000-\u001f\u007f]/g;

function toOctal(character: string): string {
  return `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`;
}
