/** Tells from the memory map of a process which C library it uses. */

import { splitLines } from './lines.js';

export interface Libc {
  readonly name: 'glibc' | 'musl';
  /** As far as known: the file name carries it up to glibc 2.33. */
  readonly version: string | undefined;
}

/**
 * The C library among the mapped files of /proc/PID/maps; undefined for a static program:
 *
 *     7f3a1c000000-7f3a1c022000 r--p 00000000 fe:00 1234   /usr/lib/x86_64-linux-gnu/libc-2.31.so
 *     7f3a1c000000-7f3a1c022000 r--p 00000000 fe:00 1234   /usr/lib/x86_64-linux-gnu/libc.so.6
 *     7f3a1c000000-7f3a1c022000 r--p 00000000 fe:00 1234   /lib/ld-musl-x86_64.so.1
 *
 * Since glibc 2.34 the file itself is called libc.so.6 (its NEWS), which then stands for 2.34 or later.
 */
export function findLibc(maps: string): Libc | undefined {
  for (const line of splitLines(maps)) {
    const file = /\/([^/]+?)(?: \(deleted\))?$/.exec(line)?.[1] ?? '';
    const versioned = /^libc-(\d+\.\d+)\.so$/.exec(file)?.[1];
    if (versioned !== undefined) return { name: 'glibc', version: versioned };
    if (file === 'libc.so.6') return { name: 'glibc', version: '2.34' };
    if (/^(?:ld-musl-|libc\.musl-)/.test(file)) return { name: 'musl', version: undefined };
  }
  return undefined;
}

/** What `getconf GNU_LIBC_VERSION` prints: `glibc 2.36`. */
export function parseGetconfLibc(text: string): Libc | undefined {
  const version = /^glibc (\d[\w.]{0,20})$/.exec(text.trim())?.[1];
  return version === undefined ? undefined : { name: 'glibc', version };
}
