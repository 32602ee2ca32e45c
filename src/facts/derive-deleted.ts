/** Finds the deleted files that processes still use: open, mapped, executed, or as a directory of theirs. */

import { isPlainMemory } from '../parse/task-file.js';
import type { FileRecord, TaskRecord } from '../parse/task-records.js';
import type { MountRecord } from '../parse/mountinfo.js';
import { holderOf, placeOf, type HeldDescriptor, type ProcessView } from './process-view.js';
import type { InstanceFacts } from './schema.js';

type DeletedFact = NonNullable<NonNullable<InstanceFacts['descriptors']>['deleted']>[number];

/** Each file once, of the first process that uses it. */
export function deriveDeleted(view: ProcessView): readonly DeletedFact[] {
  const facts = new Map<string, DeletedFact>();
  const add = (fact: DeletedFact | undefined, file: FileRecord | undefined): void => {
    if (fact === undefined) return;
    const key = file === undefined ? String(fact.path) : `${file.device} ${String(file.inode)}`;
    if (!facts.has(key)) facts.set(key, fact);
  };
  for (const held of view.descriptors) add(findOpen(held, view), held.descriptor.file);
  for (const task of view.tasks) {
    for (const { path, file } of task.mappings) {
      if (isDeletedName(path) && !isPlainMemory(path) && !namedMemory.test(path))
        add(describe(task, 'mapped', path, file, mountOfDevice(task, file, view)), file);
    }
    const links = { executable: task.executable, cwd: task.directory, root: task.root };
    for (const [use, path] of Object.entries(links)) {
      const file = task.deletedLinks[use === 'executable' ? 'exe' : use];
      if (path !== undefined && isDeletedName(path) && !isPlainMemory(path) && file?.name !== 'same')
        add(describe(task, use, path, file, mountOfDevice(task, file, view)), file);
    }
  }
  return [...facts.values()];
}

const namedMemory = /^\/(?:\[aio\]|secretmem|dmabuf:)/;

function isDeletedName(path: string): boolean {
  return path.startsWith('/') && path.endsWith(' (deleted)');
}

/**
 * No name is left, or the name it was opened by leads nowhere. Of a file on a mount that cannot be seen from here
 * nothing is said: it is told as foreign. What processes that have ended left in /proc CRIU treats apart.
 */
function findOpen(held: HeldDescriptor, view: ProcessView): DeletedFact | undefined {
  const { link, mountId, file, fd } = held.descriptor;
  if (!link.startsWith('/') || isPlainMemory(link)) return undefined;
  const table = view.tableOf(held.task);
  const mount = table?.byId.get(mountId);
  if (mount === undefined || mount.type === 'proc' || table?.covered.has(mountId) === true) return undefined;
  const isGone = file === undefined ? isDeletedName(link) : file.links === 0 || isNameless(file, link);
  return isGone ? { ...describe(held.task, 'open', link, file, mount), ...placeOf(held), fd } : undefined;
}

/** Where the name was not looked at, the kernel's own remark counts. */
function isNameless({ name }: FileRecord, link: string): boolean {
  return name === 'absent' || (name === undefined && isDeletedName(link));
}

function describe(
  task: TaskRecord,
  use: string,
  path: string,
  file: FileRecord | undefined,
  mount: MountRecord | undefined,
): DeletedFact {
  return {
    ...holderOf(task),
    fd: -1,
    use,
    path: path.replace(/ \(deleted\)$/, ''),
    kind: file?.kind,
    links: file?.links,
    allocatedBytes: file?.allocatedBytes,
    sizeBytes: file?.sizeBytes,
    family: mount?.type.replace(/\..*$/, '') ?? '',
    isReadOnlyMount: mount && (mount.options.includes('ro') || mount.superOptions.includes('ro')),
  };
}

/** Neither maps nor the links of a process tell the mount, but any mount of the file system tells its type. */
function mountOfDevice(task: TaskRecord, file: FileRecord | undefined, view: ProcessView): MountRecord | undefined {
  if (file === undefined) return undefined;
  return [...(view.tableOf(task)?.byId.values() ?? [])].find(({ device }) => device === file.device);
}
