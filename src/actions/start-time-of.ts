/** Tells since when a daemon runs. */

import { readFile } from 'node:fs/promises';

import { markProcess } from './live-process.js';

/** Clock ticks a second in /proc, the same on every architecture of Linux (USER_HZ). */
const ticksPerSecond = 100;

/** Milliseconds since 1970; undefined when there is no such process. */
export async function startTimeOf(pid: number | undefined): Promise<number | undefined> {
  const mark = pid === undefined ? undefined : markProcess(pid);
  if (mark === undefined) return undefined;
  const uptimeS = Number.parseFloat(await readFile('/proc/uptime', 'utf8'));
  return Date.now() - (uptimeS - Number(mark.startTicks) / ticksPerSecond) * 1000;
}
