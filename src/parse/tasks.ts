/** Reads the task tree as a source writes it (src/source/local-tasks.ts has the format). */

import { parseWhole, splitLines } from './lines.js';
import { parseProcStatus, type ProcStatus } from './proc-status.js';

export interface TaskRecord {
  readonly pid: number;
  readonly status: ProcStatus | undefined;
  /** Links by kind: `mnt` -> `mnt:[4026532201]`. */
  readonly namespaces: Readonly<Record<string, string>>;
  /** Pids of the tracers of its further threads. */
  readonly threadTracers: readonly number[];
  /** What could not be read: status, ns, ns:KIND, threads, children. */
  readonly denied: readonly string[];
}

export interface TaskTree {
  readonly tasks: readonly TaskRecord[];
  /** The closing line is there, so nothing was cut off. */
  readonly isWhole: boolean;
}

/** The tasks in their order, the root first; undefined when the text is something else. */
export function parseTasks(text: string): TaskTree | undefined {
  const lines = splitLines(text);
  if (!/^(?:== \d+ \d+|end \d+)$/.test(lines[0] ?? '')) return undefined;
  const blocks: string[][] = [];
  for (const line of lines) {
    if (line.startsWith('== ')) blocks.push([]);
    blocks.at(-1)?.push(line);
  }
  const tasks = blocks.map(parseBlock).filter((task) => task !== undefined);
  const isWhole = tasks.length === blocks.length && lines.at(-1) === `end ${tasks.length}`;
  return { tasks, isWhole };
}

function parseBlock(lines: readonly string[]): TaskRecord | undefined {
  const pid = parseWhole(/^== (\d+) /.exec(lines[0] ?? '')?.[1]);
  if (pid === undefined) return undefined;
  const pick = (pattern: RegExp): readonly (readonly string[])[] =>
    lines.flatMap((line) => {
      const match = pattern.exec(line);
      return match === null ? [] : [match.slice(1)];
    });
  return {
    pid,
    status: parseProcStatus(lines.join('\n')),
    namespaces: Object.fromEntries(pick(/^ns:(\w+) (\w+:\[\d+\])$/).map(([kind = '', link = '']) => [kind, link])),
    threadTracers: pick(/^tracer \d+ (\d+)$/).map(([tracer]) => Number(tracer)),
    denied: pick(/^denied (.+)$/).map(([what = '']) => what),
  };
}
