/** Looks at the processes of an instance and at its sockets that wait for connections, from the outside. */

import { readFile } from 'node:fs/promises';

import type { InstancePlaces } from '../engines/engine.js';
import { parseTcpListeners, parseUnixListeners } from '../parse/net-sockets.js';
import type { TaskRecord } from '../parse/task-records.js';
import { parseTasks } from '../parse/tasks.js';
import type { Evidence, EvidenceRequest, Source } from '../source/source.js';
import type { Observation, TaskNote } from './guard-record.js';

/** A part of an observation, with what it lacks. */
export type ObservedPart = Partial<Observation> & { readonly gaps: readonly string[] };

/** Hierarchies in which the control group of an instance may lie, version 2 first. */
const hierarchies = ['', 'freezer/', 'systemd/', 'unified/', 'memory/'] as const;

/** `pid`: of its init; undefined = it does not run. */
export async function lookAtProcesses(
  source: Source,
  pid: number | undefined,
  { cgroup = '' }: InstancePlaces,
): Promise<ObservedPart> {
  if (pid === undefined) return { gaps: [] };
  const [firstTree = '', ...otherTrees] = hierarchies.map((tree) => `/sys/fs/cgroup/${tree}${cgroup}/cgroup.procs`);
  const [tasks, procs, ...sockets] = await source.gather([
    { id: 'instance.tasks', kind: 'tasks', rootPid: pid },
    { id: 'cgroup.procs', kind: 'file', paths: [firstTree, ...otherTrees] },
    ...['tcp', 'tcp6', 'unix'].map((name): EvidenceRequest => ({
      id: name,
      kind: 'file',
      paths: [`/proc/${pid}/net/${name}`],
    })),
  ]);
  const network = readListening(sockets);
  const tree = parseTasks(tasks?.text ?? '');
  if (tree === undefined) {
    return { ...network, gaps: [...network.gaps, `its processes cannot be seen: ${tasks?.reason ?? 'no answer'}`] };
  }
  const tracers = await findTracers(source, tree.tasks);
  return {
    ...network,
    ...(tracers.length > 0 && { tracers }),
    tasks: tree.tasks.map(noteTask),
    heldTasks: tree.tasks.flatMap(heldTask),
    sessions: await findSessions(procs, tree.tasks, pid),
  };
}

function readListening(sockets: readonly Evidence[]): ObservedPart {
  const [tcp, tcp6, unix] = sockets;
  const lists = [
    parseTcpListeners(tcp?.text ?? '', 'tcp'),
    // A kernel without IPv6 has no such file.
    tcp6?.status === 'absent' ? [] : parseTcpListeners(tcp6?.text ?? '', 'tcp6'),
    parseUnixListeners(unix?.text ?? ''),
  ];
  if (!lists.every((each) => each !== undefined)) return { gaps: ['its listening sockets cannot be seen'] };
  return { listening: [...new Set(lists.flat())].toSorted(), gaps: [] };
}

function noteTask({ pid, status }: TaskRecord): TaskNote {
  return { pid, innerPid: status?.pidsInward?.at(-1), name: status?.name ?? '' };
}

/** Stopped by a signal, traced, or dead and not fetched. */
function heldTask({ pid, status, threads }: TaskRecord): readonly string[] {
  if (status === undefined) return [];
  const label = `${status.name} (pid ${pid})`;
  const tracer = [status, ...threads].map((each) => each.tracer).find((each) => each > 0);
  if (tracer !== undefined) return [`${label} is traced by process ${tracer}`];
  return status.state === 't' || status.state === 'T' ? [`${label} is stopped`] : [];
}

/** What traces them, mostly one CRIU, with everything that it has started. */
async function findTracers(source: Source, tasks: readonly TaskRecord[]): Promise<readonly number[]> {
  const direct = new Set(
    tasks.flatMap(({ status, threads }) => [status?.tracer ?? 0, ...threads.map((each) => each.tracer)]),
  );
  const requests = [...direct]
    .filter((pid) => pid > 0)
    .slice(0, 5)
    .map((pid): EvidenceRequest => ({ id: `tracer.${pid}`, kind: 'tasks', rootPid: pid }));
  const trees = await source.gather(requests);
  return trees.flatMap(({ text }) => parseTasks(text ?? '')?.tasks.map(({ pid }) => pid) ?? []);
}

/** What is in its control group and did not come from its init, such as `lxc exec`. */
async function findSessions(
  procs: Evidence | undefined,
  tasks: readonly TaskRecord[],
  init: number,
): Promise<readonly TaskNote[]> {
  const inside = new Set(tasks.map(({ pid }) => pid));
  const foreign = [...(procs?.text ?? '').matchAll(/^(\d+)$/gm)].map(([, pid]) => Number(pid));
  const notes: TaskNote[] = [];
  for (const pid of foreign.filter((each) => !inside.has(each) && each !== init).slice(0, 20)) {
    const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => undefined);
    if (name !== undefined) notes.push({ pid, innerPid: undefined, name: name.trimEnd() });
  }
  return notes;
}
