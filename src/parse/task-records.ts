/** What the text about a task tree holds, read into records (src/source/local-tasks.ts has the format). */

import type { MountRecord } from './mountinfo.js';
import type { ProcStat } from './proc-stat.js';
import type { ProcStatus } from './proc-status.js';

export type FileKind = 'reg' | 'dir' | 'chr' | 'blk' | 'fifo' | 'sock' | 'lnk' | 'unknown';

/** The stat data of an open, mapped or executed file. */
export interface FileRecord {
  readonly kind: FileKind;
  /** major:minor of the file system that it is on. */
  readonly device: string;
  readonly inode: number;
  readonly links: number;
  readonly sizeBytes: number;
  readonly allocatedBytes: number;
  /** Of a device. */
  readonly major: number;
  readonly minor: number;
  /** What its path leads to; undefined = not looked at. */
  readonly name: 'same' | 'other' | 'absent' | undefined;
}

export interface DescriptorRecord {
  readonly fd: number;
  /** Open flags (O_…). */
  readonly flags: number;
  readonly mountId: number;
  /** 0 = not told. */
  readonly inode: number;
  readonly link: string;
  /** Undefined for what is no file, and where looking at it might have blocked. */
  readonly file: FileRecord | undefined;
  /** Further lines of its fdinfo. */
  readonly info: readonly string[];
}

export interface MappingRecord {
  readonly start: string;
  /** As maps tells it. */
  readonly path: string;
  /** major:minor, decimal. */
  readonly device: string;
  readonly inode: number;
  readonly file: FileRecord | undefined;
  /** VmFlags, undefined = not read. */
  readonly flags: readonly string[] | undefined;
}

export interface ThreadRecord {
  readonly tid: number;
  /** One letter; R when it runs or sleeps as usual. */
  readonly state: string;
  readonly tracer: number;
  readonly pendingSignals: bigint;
  /** Kinds of namespaces, each with its link, other than those of its process. */
  readonly namespaces: Readonly<Record<string, string>>;
  /** Undefined = that of its process. */
  readonly directory: string | undefined;
}

export interface TaskRecord {
  readonly pid: number;
  readonly status: ProcStatus | undefined;
  readonly stat: ProcStat | undefined;
  /** Links by kind: `mnt` -> `mnt:[4026532201]`. */
  readonly namespaces: Readonly<Record<string, string>>;
  readonly executable: string | undefined;
  readonly directory: string | undefined;
  readonly root: string | undefined;
  /** The files behind exe, cwd and root where they are deleted. */
  readonly deletedLinks: Readonly<Record<string, FileRecord>>;
  /** 64 or 32; 0 = it has no program. */
  readonly elfClass: number | undefined;
  /** Mounts of its namespace: of the first task of each but that of the root. */
  readonly mounts: readonly MountRecord[] | undefined;
  /** Names in the root of mqueue and pstore file systems, by mount id. */
  readonly mountEntries: ReadonlyMap<number, number>;
  /** Bytes in tmpfs file systems, by mount id. */
  readonly mountUsedBytes: ReadonlyMap<number, number>;
  readonly threads: readonly ThreadRecord[];
  readonly descriptors: readonly DescriptorRecord[];
  readonly mappings: readonly MappingRecord[];
  /** Its share of memory that it has in common with others; undefined = not measured. */
  readonly sharedBytes: number | undefined;
  /** What could not be read or was left out: status, ns:KIND, mounts, threads, children, fd, maps … */
  readonly missing: ReadonlySet<string>;
}
