/** Reads what the tools of plain LXC print. */

import { parseWhole, splitLines } from './lines.js';

export interface LxcInfo {
  readonly name: string;
  /** In lower case: running, stopped, frozen … */
  readonly state: string;
  readonly pid: number | undefined;
}

/**
 * Of `lxc-info --name=NAME`, undefined when the text is something else:
 *
 *     Name:           p1
 *     State:          RUNNING
 *     PID:            4711
 *     IP:             10.0.3.7
 */
export function parseLxcInfo(text: string): LxcInfo | undefined {
  const read = (key: string): string | undefined => new RegExp(`^${key}:\\s+(.+)$`, 'm').exec(text)?.[1];
  const [name, state] = [read('Name'), read('State')];
  return name === undefined || state === undefined
    ? undefined
    : { name, state: state.toLowerCase(), pid: parseWhole(read('PID')) };
}

/** Of `lxc-ls -1`: one name per line. */
export function parseLxcNames(text: string): readonly string[] {
  return splitLines(text)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** Of `snap get lxd criu.enable`: true, false; undefined when it is something else. */
export function parseSnapFlag(text: string): boolean | undefined {
  const value = text.trim();
  return value === 'true' || value === 'false' ? value === 'true' : undefined;
}
