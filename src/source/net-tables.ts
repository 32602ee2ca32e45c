/** Reads the socket tables of network namespaces, and keeps the lines of the sockets that were met. */

import { isDenied, isGone, type ProcFiles } from './proc-files.js';

/** Column of the inode in each table, from 0 (`man 5 proc_pid_net`, net/ipv4 and net/*: seq_show). */
const inodeColumns: Readonly<Record<string, number>> = {
  tcp: 9,
  tcp6: 9,
  udp: 9,
  udp6: 9,
  udplite: 9,
  udplite6: 9,
  raw: 9,
  raw6: 9,
  icmp: 9,
  icmp6: 9,
  packet: 8,
  netlink: 9,
  unix: 6,
};
/** Kept whole. */
const wholeTables: readonly string[] = ['igmp', 'igmp6'];
const maxTableBytes = 256 * 1024 * 1024;

/**
 * Lines `net TABLE LINE` of the sockets in `wanted`, taken from `directory` (`/proc/PID/net`); those that were
 * found are taken out of `wanted`, but for those of tables in `unsure`. With `isOwn` the multicast groups as well. A table that may not be read
 * gives `denied net:TABLE`, one that is too long `cut net:TABLE`, one that the kernel has not gives nothing.
 */
export async function readNetTables(
  files: ProcFiles,
  directory: string,
  wanted: Set<string>,
  isOwn: boolean,
  unsure: ReadonlySet<string>,
  pause: () => Promise<void>,
): Promise<string> {
  let text = '';
  const found = new Set<string>();
  const read = (table: string, isKept: (line: string) => boolean): void => {
    try {
      const isWhole = files.lines(`${directory}/${table}`, maxTableBytes, (line) => {
        if (isKept(line)) text += `net ${table} ${line.trimEnd()}\n`;
      });
      if (!isWhole) text += `cut net:${table}\n`;
    } catch (error) {
      if (isDenied(error)) text += `denied net:${table}\n`;
      else if (!isGone(error)) text += `cut net:${table}\n`;
    }
  };
  for (const [table, column] of Object.entries(inodeColumns)) {
    read(table, (line) => {
      const inode = fieldAt(line, column);
      if (!wanted.has(inode)) return false;
      if (!unsure.has(table)) found.add(inode);
      return true;
    });
    await pause();
  }
  if (isOwn) for (const table of wholeTables) read(table, (line) => line !== '');
  for (const inode of found) wanted.delete(inode);
  return text;
}

function fieldAt(line: string, column: number): string {
  return line.trimStart().split(/ +/, column + 1)[column] ?? '';
}
