/** Reads a configuration file of CRIU. */

import { splitLines } from './lines.js';

/**
 * The options set in it, `name` or `name value`, without leading dashes and comments (`criu/config.c`,
 * parse_statement, CRIU 3.11 and later):
 *
 *     # keep connections
 *     tcp-established
 *     ghost-limit 10M      # a comment
 *     lsm-profile "apparmor:some thing"
 */
export function parseCriuConfig(text: string): readonly string[] {
  return splitLines(text).flatMap((line) => {
    const [, name, rest = ''] = /^\s*([^\s#]\S*)\s*(.*)$/.exec(line) ?? [];
    if (name === undefined) return [];
    const value = /^"((?:[^"\\]|\\.)*)"/.exec(rest)?.[1]?.replaceAll('\\"', '"') ?? /^[^\s#]+/.exec(rest)?.[0] ?? '';
    return [value === '' ? name : `${name} ${value}`];
  });
}
