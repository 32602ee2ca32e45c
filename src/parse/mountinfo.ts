/** Reads /proc/PID/mountinfo. */

import { parseWhole, splitLines } from './lines.js';

export interface MountRecord {
  readonly id: number;
  readonly parent: number;
  /** major:minor */
  readonly device: string;
  /** Path inside the mounted file system that is the root of this mount. */
  readonly root: string;
  /** Mount point as seen from the root of the process. */
  readonly path: string;
  /** Per mount: rw, nosuid, relatime, idmapped … */
  readonly options: readonly string[];
  /** Peer group it is a member of, 0 = none. */
  readonly shared: number;
  /** Peer group it is a slave of, 0 = none. */
  readonly master: number;
  readonly type: string;
  readonly source: string;
  /** Per file system: rw, cpuset, lowerdir=… */
  readonly superOptions: readonly string[];
}

/**
 * The mount table in its order, or undefined when a line is none (`man 5 proc_pid_mountinfo`):
 *
 *     36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue
 *     25 23 0:23 / /with\040blank rw shared:7 master:2 - tmpfs tmpfs rw
 */
export function parseMountinfo(text: string): readonly MountRecord[] | undefined {
  const mounts = splitLines(text).map(parseLine);
  const known = mounts.filter((mount) => mount !== undefined);
  return known.length === mounts.length && known.length > 0 ? known : undefined;
}

function parseLine(line: string): MountRecord | undefined {
  const words = line.split(' ');
  const separator = words.indexOf('-', 6);
  const [idText, parentText, device, root, path, options] = words;
  const [type, source = '', superOptions = ''] = words.slice(separator + 1);
  const [id, parent] = [parseWhole(idText), parseWhole(parentText)];
  if (separator < 0 || id === undefined || parent === undefined || root === undefined || path === undefined)
    return undefined;
  if (device === undefined || !/^\d+:\d+$/.test(device) || options === undefined || type === undefined)
    return undefined;
  const tags = words.slice(6, separator);
  return {
    id,
    parent,
    device,
    root: unescapeOctal(root),
    path: unescapeOctal(path),
    options: options.split(','),
    shared: readTag(tags, 'shared:'),
    master: readTag(tags, 'master:'),
    type: unescapeOctal(type),
    source: unescapeOctal(source),
    superOptions: superOptions.split(','),
  };
}

function readTag(tags: readonly string[], prefix: string): number {
  const tag = tags.find((candidate) => candidate.startsWith(prefix));
  return parseWhole(tag?.slice(prefix.length)) ?? 0;
}

/** The kernel writes blank, tab, newline, backslash and # as three octal digits. */
export function unescapeOctal(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
