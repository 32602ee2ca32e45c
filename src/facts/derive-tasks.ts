/** Turns the task tree of an instance into facts. */

import type { TaskRecord } from '../parse/tasks.js';
import type { TaskFact } from './schema.js';

/** Kinds of namespaces, each with the links of /proc/PID/ns that tell of it. */
const namespaceLinks: Readonly<Record<string, readonly string[]>> = {
  uts: ['uts'],
  // What its next children get counts as well: CRIU refuses the task itself for it.
  pid: ['pid', 'pid_for_children'],
  user: ['user'],
  ipc: ['ipc'],
  cgroup: ['cgroup'],
  time: ['time', 'time_for_children'],
  net: ['net'],
  mnt: ['mnt'],
};

/** The tasks in their order; those whose status could not be read carry their pid alone. */
export function deriveTasks(tasks: readonly TaskRecord[]): readonly TaskFact[] {
  const init = tasks[0]?.namespaces ?? {};
  return tasks.map(({ pid, status, namespaces, threadTracers, denied }) => ({
    pid,
    nestedNamespaces: denied.some((what) => what.startsWith('ns')) ? undefined : findNested(namespaces, init),
    ...(status && {
      innerPid: status.pidsInward?.at(-1),
      name: status.name,
      uid: status.realUid,
      state: status.state,
      tracer: status.tracer !== 0 ? status.tracer : (threadTracers[0] ?? 0),
      isSessionOutside: status.sessionsInward && status.sessionsInward.at(-1) === 0,
      // State of the main thread; the others are still counted.
      isLeaderDead: status.state === 'Z' && status.threads > 1,
    }),
  }));
}

/** Something could not be read of some task, or the tree was cut off. */
export function isIncompleteTree(tasks: readonly TaskRecord[], isWhole: boolean): boolean {
  return (
    !isWhole ||
    tasks.some(
      ({ status, denied }) => status === undefined || denied.includes('threads') || denied.includes('children'),
    )
  );
}

/** Memory of all tasks; pages that several share count more than once, so it is an upper bound. */
export function sumMemory(tasks: readonly TaskRecord[]): number {
  return tasks.reduce((sum, { status }) => sum + (status?.memoryBytes ?? 0), 0);
}

/** A link that is not there (a zombie has left its namespaces) is no difference. */
function findNested(own: TaskRecord['namespaces'], init: TaskRecord['namespaces']): readonly string[] {
  return Object.entries(namespaceLinks)
    .filter(([kind, links]) =>
      links.some(
        (link) => own[link] !== undefined && init[kind] !== undefined && own[link] !== (init[link] ?? init[kind]),
      ),
    )
    .map(([kind]) => kind);
}
