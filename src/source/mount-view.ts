/** What the reader of processes has to know of their mounts: which lie on file systems that may hang. */

import { isSlowType } from './slow-mounts.js';

interface ViewedMount {
  readonly path: string;
  readonly parent: string;
  readonly device: string;
  readonly isSlow: boolean;
}

/** The mounts of one mount namespace, as seen from its root. */
export interface MountView {
  /** Lines as the kernel wrote them; undefined = the table was longer than is read. */
  readonly lines: readonly string[];
  /** False for a slow mount, undefined for one that is not in the table. */
  isLocalMount(id: string): boolean | undefined;
  /** The same for a file system, by `major:minor`. */
  isLocalDevice(device: string): boolean | undefined;
  /** No mount on the way to this path, nor the one it lies on, may hang. */
  isLocalPath(path: string): boolean;
  /** The `major:minor` of a mount by its id. */
  deviceOf(id: string): string | undefined;
  /** Id of the mount that a path without links leads to, what other mounts cover left aside. */
  mountAt(path: string): string | undefined;
}

/** Reads a table in the format of mountinfo; each line: id parent major:minor root path options … - type source … */
export function viewMounts(table: string): MountView {
  const lines = table.split('\n').filter((line) => line !== '');
  const byId = new Map<string, ViewedMount>();
  const slowDevices = new Set<string>();
  const devices = new Set<string>();
  // Later lines lie over earlier ones at the same place.
  const slowAt = new Map<string, boolean>();
  for (const line of lines) {
    const [before = '', after = ''] = line.split(' - ', 2);
    const [id = '', parent = '', device = '', , path = ''] = before.split(' ');
    const isSlow = isSlowType(after.split(' ', 1)[0] ?? '');
    byId.set(id, { path: unescapeOctal(path), parent, device, isSlow });
    devices.add(device);
    if (isSlow) slowDevices.add(device);
    slowAt.set(unescapeOctal(path), isSlow);
  }
  const slowPoints = [...slowAt].filter(([, isSlow]) => isSlow).map(([path]) => path);
  return {
    lines,
    isLocalMount: (id) => {
      const mount = byId.get(id);
      return mount && !mount.isSlow;
    },
    isLocalDevice: (device) => (devices.has(device) ? !slowDevices.has(device) : undefined),
    isLocalPath: (path) => !slowPoints.some((point) => isBelow(path, point)),
    deviceOf: (id) => byId.get(id)?.device,
    mountAt: (path) => findMountAt(byId, path),
  };
}

/** From the root downward, as the kernel walks: of the mounts on a mount, the first that lies on the way. */
function findMountAt(byId: ReadonlyMap<string, ViewedMount>, path: string): string | undefined {
  let current = [...byId].find(([, { parent }]) => !byId.has(parent))?.[0];
  for (let steps = 0; current !== undefined && steps < byId.size; steps++) {
    let next: readonly [string, ViewedMount] | undefined;
    for (const each of byId) {
      const [id, mount] = each;
      if (mount.parent !== current || id === current || !isBelow(path, mount.path)) continue;
      if (next === undefined || mount.path.length < next[1].path.length) next = each;
    }
    if (next === undefined) return current;
    [current] = next;
  }
  return undefined;
}

/** Undoes the escapes of the kernel's tables: `\040` is a blank. */
export function unescapeOctal(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));
}

function isBelow(path: string, point: string): boolean {
  return point === '/' || path === point || (path.startsWith(point) && path[point.length] === '/');
}
