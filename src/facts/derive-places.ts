/** Finds directories and mapped files that CRIU cannot reach, from what was asked about their mounts. */

import type { TaskRecord } from '../parse/task-records.js';
import type { PlaceRecord } from '../parse/tasks.js';
import { holderOf, type ProcessView } from './process-view.js';
import type { InstanceFacts } from './schema.js';

type DescriptorFacts = NonNullable<InstanceFacts['descriptors']>;
type ForeignFile = NonNullable<DescriptorFacts['foreign']>[number];
type ReplacedFile = NonNullable<DescriptorFacts['replaced']>[number];

/** On a mount that is in no table, as far as the tables are whole; `--external` is for descriptors alone. */
export function findLostPlaces(view: ProcessView): readonly ForeignFile[] {
  return heldPlaces(view).flatMap(({ task, place: { use, mountId, path } }) => {
    if (view.tableOf(task)?.isWhole !== true || view.tables.some(({ byId }) => byId.has(mountId))) return [];
    const kind = use === 'cwd' ? 'dir' : 'reg';
    const isDeleted = path.endsWith(' (deleted)');
    return [{ ...holderOf(task), fd: -1, path, kind, mountId, inode: 0, isDeleted, external: '' }];
  });
}

/** Directories on a mount that is in sight, with a path that leads elsewhere: something was mounted on the way. */
export function findCoveredDirectories(view: ProcessView): readonly ReplacedFile[] {
  return heldPlaces(view).flatMap(({ task, place: { use, mountId, path } }) => {
    const isSeen = view.tableOf(task)?.byId.has(mountId) === true;
    return isSeen && use === 'cwd' ? [{ ...holderOf(task), fd: -1, path }] : [];
  });
}

interface HeldPlace {
  readonly task: TaskRecord;
  readonly place: PlaceRecord;
}

/** Those of processes that are told. */
function heldPlaces({ tree, tasks }: ProcessView): readonly HeldPlace[] {
  const byPid = new Map(tasks.map((task) => [task.pid, task]));
  return tree.lostPlaces.flatMap((place) => {
    const task = byPid.get(place.pid);
    return task === undefined ? [] : [{ task, place }];
  });
}
