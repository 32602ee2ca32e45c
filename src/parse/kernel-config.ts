/** Reads the configuration that a kernel was built with. */

import { splitLines } from './lines.js';

/**
 * Options that are on, with their value; strings lose their quotes, `# CONFIG_X is not set` is left
 * out. Undefined when the text holds no option at all:
 *
 *     CONFIG_CHECKPOINT_RESTORE=y
 *     CONFIG_UNIX_DIAG=m
 *     CONFIG_LSM="landlock,apparmor"
 *     # CONFIG_MEM_SOFT_DIRTY is not set
 */
export function parseKernelConfig(text: string): Readonly<Record<string, string>> | undefined {
  const options: Record<string, string> = {};
  let count = 0;
  for (const line of splitLines(text)) {
    const match = /^(?:(CONFIG_\w{1,80})=(.*)|# CONFIG_\w{1,80} is not set)$/.exec(line);
    if (match === null) continue;
    count++;
    const [, name, value = ''] = match;
    if (name !== undefined) options[name] = unquote(value);
  }
  return count === 0 ? undefined : options;
}

function unquote(value: string): string {
  if (!value.startsWith('"') || !value.endsWith('"') || value.length < 2) return value;
  return value.slice(1, -1).replaceAll(/\\(.)/g, '$1');
}
