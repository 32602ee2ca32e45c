/** The processes of an instance as all facts about them see them: who they are, what they share, where their files lie. */

import type { MountRecord } from '../parse/mountinfo.js';
import type { DescriptorRecord, TaskRecord } from '../parse/task-records.js';
import type { TaskTree } from '../parse/tasks.js';

/** One descriptor, of the first process that has it. */
export interface HeldDescriptor {
  readonly task: TaskRecord;
  readonly descriptor: DescriptorRecord;
}

/** The mounts of one mount namespace. */
export interface MountTable {
  readonly byId: ReadonlyMap<number, MountRecord>;
  /** Ids of mounts that another one lies upon. */
  readonly covered: ReadonlySet<number>;
  /** All of them, and not only those below the root of a process that is confined to a part. */
  readonly isWhole: boolean;
}

export interface ProcessView {
  readonly tree: TaskTree;
  readonly tasks: readonly TaskRecord[];
  readonly pids: ReadonlySet<number>;
  /** Every process is among them. */
  readonly isWhole: boolean;
  /** What every process has open could be read. */
  readonly hasAllDescriptors: boolean;
  /** Each descriptor once: those that were inherited or duplicated are alike in all that can be seen. */
  readonly descriptors: readonly HeldDescriptor[];
  /** Undefined = not known. */
  tableOf(task: TaskRecord): MountTable | undefined;
  /** Tables of all mount namespaces that they are in. */
  readonly tables: readonly MountTable[];
}

export interface ViewedMounts {
  /** Of the first process. */
  readonly ofInit: readonly MountRecord[] | undefined;
  /** Of crdoctor. */
  readonly ofHost: readonly MountRecord[] | undefined;
}

export function viewProcesses(tree: TaskTree, mounts: ViewedMounts): ProcessView {
  const { tasks } = tree;
  const tables = collectTables(tree, mounts);
  return {
    tree,
    tasks,
    pids: new Set(tasks.map(({ pid }) => pid)),
    isWhole: tree.isWhole && !tasks.some(({ missing }) => missing.has('children') || missing.has('threads')),
    hasAllDescriptors: tree.isWhole && !tasks.some(({ missing }) => missing.has('fd') || missing.has('children')),
    descriptors: uniteDescriptors(tasks),
    tableOf: ({ namespaces }) => tables.get(namespaces['mnt'] ?? ''),
    tables: [...tables.values()],
  };
}

/** `sleep (pid 812)` and the pid, for the facts. */
export function holderOf({ pid, status }: TaskRecord): { readonly pid: number; readonly process: string } {
  return { pid, process: `${status?.name ?? 'a task'} (pid ${String(pid)})` };
}

/** The holder and the number of a descriptor. */
export function placeOf({ task, descriptor }: HeldDescriptor): {
  readonly pid: number;
  readonly process: string;
  readonly fd: number;
} {
  return { ...holderOf(task), fd: descriptor.fd };
}

function uniteDescriptors(tasks: readonly TaskRecord[]): readonly HeldDescriptor[] {
  const united = new Map<string, HeldDescriptor>();
  for (const task of tasks) {
    for (const descriptor of task.descriptors) {
      const { link, flags, mountId, inode, info } = descriptor;
      // Told by its inode alone, whatever it was opened with.
      const key = link.startsWith('socket:[') ? link : [link, flags, mountId, inode, ...info].join('\n');
      if (!united.has(key)) united.set(key, { task, descriptor });
    }
  }
  return [...united.values()];
}

function collectTables(tree: TaskTree, { ofInit, ofHost }: ViewedMounts): ReadonlyMap<string, MountTable> {
  const tables = new Map<string, MountTable>();
  const [init] = tree.tasks;
  const add = (link: string | undefined, mounts: readonly MountRecord[] | undefined, isWhole: boolean): void => {
    if (link !== undefined && mounts !== undefined && !tables.has(link)) tables.set(link, createTable(mounts, isWhole));
  };
  const links = new Set(tree.tasks.map(({ namespaces }) => namespaces['mnt']));
  const own = tree.ownNamespaces?.['mnt'];
  if (links.has(own)) add(own, ofHost, true);
  add(init?.namespaces['mnt'], ofInit, init?.root === '/');
  for (const { namespaces, mounts, root } of tree.tasks) add(namespaces['mnt'], mounts, root === '/');
  return tables;
}

function createTable(mounts: readonly MountRecord[], isWhole: boolean): MountTable {
  const byId = new Map(mounts.map((mount) => [mount.id, mount]));
  const children = groupByParent(mounts);
  const covered = new Set<number>();
  for (const mount of mounts) if (isCovered(mount, byId, children)) covered.add(mount.id);
  return { byId, covered, isWhole };
}

function groupByParent(mounts: readonly MountRecord[]): ReadonlyMap<number, readonly MountRecord[]> {
  const children = new Map<number, MountRecord[]>();
  for (const mount of mounts) {
    const siblings = children.get(mount.parent);
    if (siblings === undefined) children.set(mount.parent, [mount]);
    else siblings.push(mount);
  }
  return children;
}

/**
 * Another mount lies upon it at the same place, or upon a directory on the way to it. What lies upon a way is a
 * sibling of a mount on it: mounted later, on the same mount, at or above the same place.
 */
function isCovered(
  mount: MountRecord,
  byId: ReadonlyMap<number, MountRecord>,
  children: ReadonlyMap<number, readonly MountRecord[]>,
): boolean {
  if (children.get(mount.id)?.some(({ path, id }) => path === mount.path && id !== mount.id) === true) return true;
  const passed = new Set<number>();
  for (
    let each: MountRecord | undefined = mount;
    each !== undefined && !passed.has(each.id);
    each = byId.get(each.parent)
  ) {
    passed.add(each.id);
    const { id, path, parent } = each;
    if (parent === id || !byId.has(parent)) return false;
    const siblings = children.get(parent) ?? [];
    if (siblings.some((sibling) => sibling.id !== id && isAbove(sibling.path, path))) return true;
  }
  return false;
}

/** True for a directory above a path, and for the path itself. */
function isAbove(directory: string, path: string): boolean {
  return path === directory || path.startsWith(directory === '/' ? '/' : `${directory}/`);
}
