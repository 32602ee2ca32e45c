/** Turns the mount table of an instance into facts. */

import type { MountRecord } from '../parse/mountinfo.js';
import type { MountFact } from './schema.js';

/** Mounts that a task sees in a mount namespace other than that of init. */
export interface NestedMounts {
  readonly pid: number;
  readonly task: string;
  readonly mounts: readonly MountRecord[];
}

interface SeenMount {
  readonly mount: MountRecord;
  readonly namespacePid: number;
  readonly namespaceTask: string;
}

/**
 * The mounts in their order, those of nested namespaces last, with what CRIU asks about each when it
 * dumps. `onHost` is the table of the host, `entries` counts names by mount id.
 */
export function deriveMounts(
  mounts: readonly MountRecord[],
  onHost: readonly MountRecord[] | undefined,
  nested: readonly NestedMounts[] = [],
  entries: ReadonlyMap<number, number> = new Map(),
): readonly MountFact[] {
  const hostDevices = onHost && new Set(onHost.map(({ device }) => device));
  const seen = [
    ...mounts.map((mount) => ({ mount, namespacePid: 0, namespaceTask: '' })),
    ...findAdded(mounts, nested),
  ];
  const all = seen.map(({ mount }) => mount);
  const groups = new Set([mounts, ...nested.map((each) => each.mounts)].flat().map(({ shared }) => shared));
  const root = findRootMount(mounts);
  return seen.map(({ mount, namespacePid, namespaceTask }) => ({
    id: mount.id,
    parent: mount.parent,
    device: mount.device,
    root: mount.root,
    path: mount.path,
    type: mount.type,
    family: mount.type.replace(/\..*$/, ''),
    source: mount.source,
    namespacePid,
    namespaceTask,
    master: mount.master,
    hasOuterMaster: mount.master !== 0 && !groups.has(mount.master),
    entries: entries.get(mount.id),
    isRootReachable: isRootReachable(mount, all, root),
    isOnHost: hostDevices?.has(mount.device),
  }));
}

/** A new namespace begins as a copy: only what it does not share with init, or with one before it, is told. */
function findAdded(mounts: readonly MountRecord[], nested: readonly NestedMounts[]): readonly SeenMount[] {
  const known = new Set(mounts.map(placeOf));
  return nested.flatMap(({ pid, task, mounts: own }) =>
    own.flatMap((mount) => {
      if (known.has(placeOf(mount))) return [];
      known.add(placeOf(mount));
      return [{ mount, namespacePid: pid, namespaceTask: task }];
    }),
  );
}

function placeOf({ device, root, path }: MountRecord): string {
  return [device, root, path].join('\0');
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
