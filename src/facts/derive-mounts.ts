/** Turns the mount table of an instance into facts. */

import type { MountRecord } from '../parse/mountinfo.js';
import type { MountFact } from './schema.js';

/** The mounts in their order, with what CRIU asks about each when it dumps. `onHost` is the table of the host. */
export function deriveMounts(
  mounts: readonly MountRecord[],
  onHost: readonly MountRecord[] | undefined,
): readonly MountFact[] {
  const hostDevices = onHost && new Set(onHost.map(({ device }) => device));
  const groups = new Set(mounts.map(({ shared }) => shared));
  const root = findRootMount(mounts);
  return mounts.map((mount) => ({
    id: mount.id,
    parent: mount.parent,
    device: mount.device,
    root: mount.root,
    path: mount.path,
    type: mount.type,
    family: mount.type.replace(/\..*$/, ''),
    source: mount.source,
    master: mount.master,
    hasOuterMaster: mount.master !== 0 && !groups.has(mount.master),
    isRootReachable: isRootReachable(mount, mounts, root),
    isOnHost: hostDevices?.has(mount.device),
  }));
}

/** The kernel numbers mounts, not namespaces: two tables with a mount in common are of the same namespace. */
export function isOtherNamespace(mounts: readonly MountRecord[], onHost: readonly MountRecord[]): boolean {
  const ids = new Set(onHost.map(({ id }) => id));
  return !mounts.some(({ id }) => ids.has(id));
}

/** The mount that everything else is below: its parent lies outside. */
export function findRootMount(mounts: readonly MountRecord[]): MountRecord | undefined {
  const ids = new Set(mounts.map(({ id }) => id));
  return mounts.find(({ path, parent, id }) => path === '/' && (!ids.has(parent) || parent === id));
}

/**
 * CRIU's own question (`criu/mount.c`, validate_mounts, CRIU 3.17 to 4.2): the whole file system is
 * mounted here or elsewhere in the tree, or this is a part of what the root mount shows of it.
 */
function isRootReachable(mount: MountRecord, mounts: readonly MountRecord[], root: MountRecord | undefined): boolean {
  if (mount.root === '/') return true;
  if (root !== undefined && root.device === mount.device && isSubPath(mount.root, root.root)) return true;
  return mounts.some((other) => other.device === mount.device && other.root === '/');
}

function isSubPath(path: string, above: string): boolean {
  return above === '/' || path === above || path.startsWith(`${above}/`);
}
