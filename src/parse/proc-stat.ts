/** Reads /proc/PID/stat. */

import { parseWhole } from './lines.js';

export interface ProcStat {
  readonly session: number;
  /** Number of its controlling terminal as the kernel encodes it, 0 = none. */
  readonly terminal: { readonly major: number; readonly minor: number } | undefined;
  /** 0 other, 1 FIFO, 2 RR, 3 batch, 5 idle, 6 deadline, 7 ext. */
  readonly policy: number | undefined;
  /** Field 52: of a stopped process the signal that stopped it, since Linux 5.17 (fs/proc/array.c, do_task_stat). */
  readonly exitCode: number | undefined;
}

/**
 * What matters here of the line (`man 5 proc_pid_stat`), undefined when it is something else. The name may hold
 * blanks and parentheses, so fields are counted from the last `)`, which is the second:
 *
 *     812 (a) name) S 800 812 700 34816 812 …
 */
export function parseProcStat(line: string): ProcStat | undefined {
  const end = line.lastIndexOf(') ');
  if (end === -1) return undefined;
  const fields = line.slice(end + 2).split(' ');
  const session = parseWhole(fields[3]);
  const terminal = Number(fields[4]);
  if (session === undefined || !Number.isInteger(terminal)) return undefined;
  return {
    session,
    terminal: parseTerminal(terminal),
    policy: parseWhole(fields[38]),
    exitCode: parseWhole(fields[49]),
  };
}

/** linux/kdev_t.h, new_encode_dev; undefined for none. */
export function parseTerminal(number: number): ProcStat['terminal'] {
  if (number === 0) return undefined;
  return { major: (number >>> 8) & 0xfff, minor: (number & 0xff) | ((number >>> 12) & 0xfff00) };
}
