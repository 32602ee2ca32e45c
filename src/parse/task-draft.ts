/** A process while the lines of its block come in. */

import type { ProcStat } from './proc-stat.js';
import type { DescriptorRecord, FileRecord, MappingRecord, ThreadRecord } from './task-records.js';

/** A record while its lines come in. */
export interface Draft {
  stat: ProcStat | undefined;
  readonly links: Record<string, string>;
  readonly namespaces: Record<string, string>;
  elfClass: number | undefined;
  readonly mounts: string[];
  readonly entries: Map<number, number>;
  readonly used: Map<number, number>;
  readonly threads: Map<number, Writable<ThreadRecord>>;
  readonly descriptors: Map<string, Omit<Writable<DescriptorRecord>, 'info'> & { info: string[] }>;
  readonly mappings: Map<string, Writable<MappingRecord>>;
  readonly files: Record<string, FileRecord>;
  readonly rollup: Map<string, number>;
  readonly missing: Set<string>;
}

/** The same, to be filled in. */
export type Writable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

/** With nothing in it. */
export function createDraft(): Draft {
  return {
    stat: undefined,
    links: {},
    namespaces: {},
    elfClass: undefined,
    mounts: [],
    entries: new Map(),
    used: new Map(),
    threads: new Map(),
    descriptors: new Map(),
    mappings: new Map(),
    files: {},
    rollup: new Map(),
    missing: new Set(),
  };
}
