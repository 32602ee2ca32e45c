/** Turns the processes of an instance and their threads into facts. */

import type { TaskRecord } from '../parse/task-records.js';
import { holderOf, type ProcessView } from './process-view.js';
import type { InstanceFacts, TaskFact } from './schema.js';

/** Kinds of namespaces, each with the links of /proc/PID/ns that tell of it. */
const namespaceLinks: Readonly<Record<string, readonly string[]>> = {
  uts: ['uts'],
  pid: ['pid'],
  user: ['user'],
  ipc: ['ipc'],
  cgroup: ['cgroup'],
  // What its next children get counts as well: CRIU refuses the task itself for it, unlike for pid_for_children.
  time: ['time', 'time_for_children'],
  net: ['net'],
  mnt: ['mnt'],
};

type ThreadFact = NonNullable<InstanceFacts['threads']>[number];

/** SIGTRAP, bit 4 of the masks. */
const trap = 0x10n;

/** The tasks in their order; those whose status could not be read carry their pid alone. */
export function deriveTasks(view: ProcessView): readonly TaskFact[] {
  const init = view.tasks[0]?.namespaces ?? {};
  return view.tasks.map((task) => {
    const { status, stat, namespaces, missing, threads } = task;
    const tracer = status && (status.tracer || (threads.find((thread) => thread.tracer !== 0)?.tracer ?? 0));
    return {
      ...holderOf(task),
      nestedNamespaces: [...missing].some((what) => what.startsWith('ns')) ? undefined : findNested(namespaces, init),
      elfClass: task.elfClass,
      schedulingPolicy: stat?.policy,
      stopSignal: findStopSignal(task),
      isSessionLeaderGone: findLeaderGone(task, view),
      isDumpingProgram: missing.has('exe') ? undefined : /(?:^|\/)criu$/.test(task.executable ?? ''),
      ...(status && {
        innerPid: status.pidsInward?.at(-1),
        name: status.name,
        uid: status.realUid,
        state: status.state,
        tracer,
        isTracerInside: tracer !== undefined && view.pids.has(tracer),
        isSessionOutside: status.sessionsInward && status.sessionsInward.at(-1) === 0,
        // State of the main thread; the others are still counted.
        isLeaderDead: status.state === 'Z' && status.threads > 1,
        hasPendingTrap: status.pendingSignals === undefined ? undefined : hasTrap(status.pendingSignals, threads),
        seccompMode: status.seccompMode,
        seccompFilters: status.seccompFilters,
        threads: status.threads,
        hasOwnAffinity: hasOwnAffinity(status.processors, view),
        hasShadowStack: status.threadFeatures.includes('shstk'),
      }),
    };
  });
}

function hasOwnAffinity(processors: string | undefined, { tasks: [root] }: ProcessView): boolean | undefined {
  const ofRoot = root?.status?.processors;
  return processors === undefined || ofRoot === undefined ? undefined : processors !== ofRoot;
}

function findStopSignal({ status, stat }: TaskRecord): number | undefined {
  if (status === undefined) return undefined;
  if (status.state !== 'T') return 0;
  return stat?.exitCode === 0 ? undefined : stat?.exitCode;
}

function hasTrap(pending: bigint, threads: TaskRecord['threads']): boolean {
  return (threads.reduce((all, { pendingSignals }) => all | pendingSignals, pending) & trap) !== 0n;
}

/** A session whose leader is in another pid namespace has its own fact. */
function findLeaderGone({ stat, status }: TaskRecord, view: ProcessView): boolean | undefined {
  if (stat === undefined || status === undefined) return undefined;
  if (status.sessionsInward?.at(-1) === 0) return false;
  if (view.pids.has(stat.session)) return false;
  return view.isWhole ? true : undefined;
}

type SharingFact = NonNullable<InstanceFacts['sharing']>[number];

/** A parent that waits in vfork shares its memory for that moment, and cannot be frozen anyway. */
export function deriveSharing({ tree, tasks }: ProcessView): readonly SharingFact[] {
  const byPid = new Map(tasks.map((task) => [task.pid, task]));
  return tree.shared.flatMap(({ pid, kind }) => {
    const task = byPid.get(pid);
    const parent = byPid.get(task?.status?.parent ?? 0);
    return task === undefined || parent?.status?.state === 'D' ? [] : [{ ...holderOf(task), kind }];
  });
}

/** Threads that have something of their own. */
export function deriveThreads(view: ProcessView): readonly ThreadFact[] {
  return view.tasks.flatMap((task) =>
    task.threads.map(({ tid, state, tracer, namespaces, directory, pendingSignals }) => ({
      ...holderOf(task),
      tid,
      state,
      tracer,
      isStoppedAlone: state === 'T' && task.status !== undefined && task.status.state !== 'T',
      ownNamespaces: kindsOf(Object.keys(namespaces)),
      hasOwnDirectory: directory !== undefined,
      hasPendingTrap: (pendingSignals & trap) !== 0n,
    })),
  );
}

/** Something could not be read of some task, or the tree was cut off. */
export function isIncompleteTree(tasks: readonly TaskRecord[], isWhole: boolean): boolean {
  return (
    !isWhole ||
    tasks.some(({ status, missing }) => status === undefined || missing.has('threads') || missing.has('children'))
  );
}

/** Kinds of namespaces in which the first task is not where crdoctor is. */
export function findOwnNamespaces({ tasks, tree }: ProcessView): readonly string[] | undefined {
  const [init] = tasks;
  if (init === undefined || tree.ownNamespaces === undefined || Object.keys(init.namespaces).length === 0)
    return undefined;
  if ([...init.missing].some((what) => what.startsWith('ns'))) return undefined;
  return findNested(init.namespaces, tree.ownNamespaces);
}

export interface MemorySums {
  /** Anonymous and swapped out memory of each process. */
  readonly privateBytes: number;
  /** Memory that processes share, once. */
  readonly sharedBytes: number;
}

/** Memory of all tasks. Pages that a child shares with its parent until one of them writes count for both. */
export function sumMemory(tasks: readonly TaskRecord[]): MemorySums {
  return tasks.reduce(
    (sum, { status, sharedBytes }) => {
      const own = status?.privateBytes ?? 0;
      return {
        privateBytes: sum.privateBytes + own,
        sharedBytes: sum.sharedBytes + (sharedBytes ?? Math.max(0, (status?.memoryBytes ?? 0) - own)),
      };
    },
    { privateBytes: 0, sharedBytes: 0 },
  );
}

function kindsOf(links: readonly string[]): readonly string[] {
  return Object.entries(namespaceLinks)
    .filter(([, names]) => names.some((name) => links.includes(name)))
    .map(([kind]) => kind);
}

/** A link that is not there (a zombie has left its namespaces) is no difference. */
function findNested(own: TaskRecord['namespaces'], init: TaskRecord['namespaces']): readonly string[] {
  return Object.entries(namespaceLinks)
    .filter(([kind, links]) =>
      links.some((link) => own[link] !== undefined && init[kind] !== undefined && own[link] !== init[kind]),
    )
    .map(([kind]) => kind);
}
