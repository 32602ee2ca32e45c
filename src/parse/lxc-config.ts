/** Reads configuration files of liblxc, and the same syntax in `raw.lxc`. */

import { splitLines } from './lines.js';

export interface LxcOption {
  readonly key: string;
  readonly value: string;
}

/**
 * Every option in its order, repeated keys included; undefined when a line is none (liblxc
 * `confile.c`, parse_line: blanks around, `#` begins a comment line, quotes around a value are dropped):
 *
 *     lxc.include = /usr/share/lxc/config/common.conf.d/
 *     lxc.pty.max = 1
 *     lxc.apparmor.profile =
 *     lxc.mount.entry = proc proc proc nodev 0 0
 *     # comment
 */
export function parseLxcConfig(text: string): readonly LxcOption[] | undefined {
  const options: LxcOption[] = [];
  for (const line of splitLines(text).map((each) => each.trim())) {
    if (line === '' || line.startsWith('#')) continue;
    const equals = line.indexOf('=');
    if (equals < 0) return undefined;
    options.push({ key: line.slice(0, equals).trim(), value: unquote(line.slice(equals + 1).trim()) });
  }
  return options;
}

/** The options as liblxc ends up with them where it keeps one value per key: the last one wins. */
export function toLastOptions(options: readonly LxcOption[]): Readonly<Record<string, string>> {
  return Object.fromEntries(options.map(({ key, value }) => [key, value]));
}

function unquote(value: string): string {
  const quote = value[0];
  return value.length > 1 && (quote === '"' || quote === "'") && value.endsWith(quote) ? value.slice(1, -1) : value;
}
