/** Reads /proc/meminfo and memory.stat of a control group. */

import { parseWhole, splitLines } from './lines.js';

export interface Meminfo {
  readonly totalBytes: number | undefined;
  readonly availableBytes: number | undefined;
}

/**
 * Undefined when the text is something else (`man 5 proc_meminfo`; kB there means KiB):
 *
 *     MemTotal:       24684084 kB
 *     MemAvailable:   22345678 kB
 */
export function parseMeminfo(text: string): Meminfo | undefined {
  const read = (key: string): number | undefined => {
    const size = parseWhole(new RegExp(`^${key}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1]);
    return size === undefined ? undefined : size * 1024;
  };
  const totalBytes = read('MemTotal');
  return totalBytes === undefined ? undefined : { totalBytes, availableBytes: read('MemAvailable') };
}

/**
 * Bytes that a dump has to write: anonymous and shared memory, with what of it is swapped out where
 * that is told. Of cgroup v1 the `total_` lines count, which include groups below
 * (Documentation/admin-guide/cgroup-v1/memory.rst, cgroup-v2.rst):
 *
 *     anon 1064960            total_rss 1064960
 *     shmem 4096              total_shmem 4096
 *                             total_swap 0
 */
export function parseMemoryStat(text: string): number | undefined {
  const values = new Map(
    splitLines(text)
      .map((line) => line.split(' ', 2))
      .map(([key = '', value]) => [key, parseWhole(value)]),
  );
  const keys = values.has('anon') ? ['anon', 'shmem'] : ['total_rss', 'total_shmem', 'total_swap'];
  const found = keys.map((key) => values.get(key)).filter((value) => value !== undefined);
  return found.length === 0 ? undefined : found.reduce((sum, value) => sum + value, 0);
}
