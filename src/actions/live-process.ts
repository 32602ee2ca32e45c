/** Tells whether a process is still that process: a pid alone may belong to another one by now. */

import { readFileSync } from 'node:fs';

/** A process and when it began, in clock ticks since boot (`man 5 proc_pid_stat`, field 22). */
export interface ProcessMark {
  readonly pid: number;
  readonly startTicks: string;
}

/** Undefined: there is no such process, or it is a zombie. */
export function markProcess(pid: number): ProcessMark | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    // It has ended.
    return undefined;
  }
  // The name in parentheses may hold anything, so counting begins behind the last of them.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state] = fields;
  const startTicks = fields[19];
  return startTicks === undefined || state === 'Z' || state === 'X' ? undefined : { pid, startTicks };
}

export function isAlive(mark: ProcessMark | undefined): boolean {
  return mark !== undefined && markProcess(mark.pid)?.startTicks === mark.startTicks;
}

/** A mark as read back from a file; undefined when it is none. */
export function readProcessMark(value: unknown): ProcessMark | undefined {
  if (typeof value !== 'object' || value === null || !('pid' in value) || !('startTicks' in value)) return undefined;
  const { pid, startTicks } = value;
  return typeof pid === 'number' && typeof startTicks === 'string' ? { pid, startTicks } : undefined;
}
