/** Reads the configuration that a kernel was built with. */

/**
 * Options that are on, with their value; strings lose their quotes, `# CONFIG_X is not set` is left
 * out. Undefined when no option is on:
 *
 *     CONFIG_CHECKPOINT_RESTORE=y
 *     CONFIG_UNIX_DIAG=m
 *     CONFIG_LSM="landlock,apparmor"
 *     # CONFIG_MEM_SOFT_DIRTY is not set
 */
export function parseKernelConfig(text: string): Readonly<Record<string, string>> | undefined {
  const options: Record<string, string> = {};
  for (const [, name = '', value = ''] of text.matchAll(/^(CONFIG_\w{1,80})=(.*)$/gm)) options[name] = unquote(value);
  return Object.keys(options).length === 0 ? undefined : options;
}

function unquote(value: string): string {
  if (!value.startsWith('"') || !value.endsWith('"') || value.length < 2) return value;
  return value.slice(1, -1).replaceAll(/\\(.)/g, '$1');
}
