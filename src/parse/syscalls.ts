/** Reads the system calls of a kernel from the names of its symbols. */

import { splitLines } from './lines.js';

/** Wrappers that are no entries of the table, or those of another table than that of native programs. */
const others = new Set(['__se_', '__do_', '__ia32_', '__compat_']);

/** Not for programs inside of a container: they load code into the kernel, boot, or are no calls of their own. */
const foreign = new Set(
  'init_module finit_module delete_module kexec_load kexec_file_load reboot uselib uprobe uretprobe ni_syscall'.split(
    ' ',
  ),
);

/**
 * Names of the system calls, from symbols of /proc/kallsyms (CONFIG_KALLSYMS); undefined when there are none. A call
 * that the kernel was built without is a weak symbol (`kernel/sys_ni.c`), which is not asked for:
 *
 *      T __x64_sys_read
 */
export function parseSyscalls(text: string): readonly string[] | undefined {
  const byPrefix = new Map<string, Set<string>>();
  for (const line of splitLines(text)) {
    const [, prefix = '', name] = /^ [Tt] (__[a-z0-9]+_)?sys_([a-z0-9_]+)$/.exec(line) ?? [];
    if (name === undefined || foreign.has(name) || others.has(prefix)) continue;
    byPrefix.set(prefix, (byPrefix.get(prefix) ?? new Set()).add(name));
  }
  const names = [...byPrefix.values()].toSorted((left, right) => right.size - left.size)[0];
  return names && [...names].toSorted();
}
