/** Reads the task tree as a source writes it (src/source/local-tasks.ts has the format). */

import { parseWhole } from './lines.js';
import { parseMountinfo, type MountRecord } from './mountinfo.js';
import { parseProcStatus, type ProcStatus } from './proc-status.js';

export interface TaskRecord {
  readonly pid: number;
  readonly status: ProcStatus | undefined;
  /** Links by kind: `mnt` -> `mnt:[4026532201]`. */
  readonly namespaces: Readonly<Record<string, string>>;
  /** Mounts of its namespace: of the first task of each but that of the root. */
  readonly mounts: readonly MountRecord[] | undefined;
  /** Pids of the tracers of its further threads. */
  readonly threadTracers: readonly number[];
  /** What could not be read: status, ns:KIND, mounts, threads, children. */
  readonly denied: readonly string[];
}

export interface TaskTree {
  readonly tasks: readonly TaskRecord[];
  /** The closing line is there, so nothing was cut off. */
  readonly isWhole: boolean;
}

/** The tasks in their order, the root first; undefined when the text is something else. */
export function parseTasks(text: string): TaskTree | undefined {
  if (!/^(?:== \d+ \d+|end \d+)\n/.test(text)) return undefined;
  const blocks = text.split(/^(?=== \d+ \d+$)/m).filter((block) => block.startsWith('== '));
  const tasks = blocks.map(parseBlock).filter((task) => task !== undefined);
  const count = /^end (\d+)\n$/.exec(text.slice(text.lastIndexOf('\n', text.length - 2) + 1))?.[1];
  return { tasks, isWhole: tasks.length === blocks.length && count === String(tasks.length) };
}

function parseBlock(block: string): TaskRecord | undefined {
  const pid = parseWhole(/^== (\d+) /.exec(block)?.[1]);
  if (pid === undefined) return undefined;
  const namespaces: Record<string, string> = {};
  const threadTracers: number[] = [];
  const denied: string[] = [];
  for (const [, kind = '', link = '', tracer, what] of block.matchAll(
    /^(?:ns:(\w+) (\w+:\[\d+\])|tracer \d+ (\d+)|denied (.+))$/gm,
  )) {
    if (tracer !== undefined) threadTracers.push(Number(tracer));
    else if (what !== undefined) denied.push(what);
    else namespaces[kind] = link;
  }
  const table = [...block.matchAll(/^mount (.+\n)/gm)].map(([, line = '']) => line).join('');
  const mounts = parseMountinfo(table);
  if (table !== '' && mounts === undefined) denied.push('mounts');
  return { pid, status: parseProcStatus(block), namespaces, mounts, threadTracers, denied };
}
