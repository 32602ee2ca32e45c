/** The names that criu's --external takes for things of a running process, which nobody knows before it runs. */

import { readFileSync, readlinkSync, statSync } from 'node:fs';

const hex = (number: number | bigint) => number.toString(16);

function mountIdOf(pid: number, fd: string): number {
  return Number(/^mnt_id:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'utf8'))?.[1]);
}

function inodeOf(link: string): string {
  return /\[(\d+)\]$/.exec(link)?.[1] ?? '';
}

/** What stands between the brackets, by what `man 8 criu` says of --external. */
const names: Readonly<Record<string, (pid: number, of: string) => string>> = {
  unix: (pid, fd) => inodeOf(readlinkSync(`/proc/${pid}/fd/${fd}`)),
  tty: (pid, fd) => {
    const { rdev, dev } = statSync(`/proc/${pid}/fd/${fd}`);
    return `${hex(rdev)}:${hex(dev)}`;
  },
  file: (pid, fd) => `${hex(mountIdOf(pid, fd))}:${hex(statSync(`/proc/${pid}/fd/${fd}`).ino)}`,
  net: (pid) => inodeOf(readlinkSync(`/proc/${pid}/ns/net`)),
};

/** Fills in `unix[fd 4]`, `tty[fd 4]`, `file[fd 4]` and `net[own]`. */
export function withExternalNames(options: string, pid: number): string {
  return options.replace(
    /\b(unix|tty|file|net)\[(?:fd )?(\d+|own)\]/g,
    (_, kind: string, of: string) => `${kind}[${names[kind]?.(pid, of) ?? ''}]`,
  );
}
