/** Reads the task tree below a process from /proc, without stopping anything. */

import { setImmediate } from 'node:timers/promises';

import { errorCode } from '../errors.js';
import type { Answer } from './evidence.js';
import { viewMounts } from './mount-view.js';
import { orGone, type ProcFiles } from './proc-files.js';
import { readStat, readTask } from './task-block.js';
import { readSurroundings } from './task-surroundings.js';
import type { Walk } from './task-walk.js';

/** Other work waits no longer than this. */
const turnMs = 10;
const maxDescriptors = 1_000_000;
/** Processes remembered of each network namespace: one of them will live until its tables are read. */
const maxWitnesses = 16;

/**
 * Blocks of lines, one per process, parents before their children:
 *
 *     == 812 4711334                      pid, start time (field 22 of /proc/PID/stat)
 *     Name:	init                         /proc/PID/status as it is (the kernel escapes the name)
 *     …
 *     stat 812 (init) S 1 812 …           /proc/PID/stat
 *     cgroup 0::/lxc.payload.c1           /proc/PID/cgroup, line by line
 *     ns:mnt mnt:[4026532201]             links of /proc/PID/ns
 *     exe /sbin/init                      links: exe, cwd, root
 *     mount 660 648 0:143 / /x rw - …     its /proc/PID/mountinfo, line by line: of the first process in each
 *                                         mount namespace other than that of the root
 *     entries 660 0                       names in the root of an mqueue or pstore file system, by mount id
 *     used 661 40960                      bytes in a tmpfs, by mount id
 *     elf 64                              class of its program, 0 = it has none
 *     thread…, tracer                     its further threads (task-threads.ts)
 *     fd, is, info                        its descriptors (task-descriptors.ts)
 *     map, is, vmflags, rollup            its mappings (task-memory.ts)
 *     denied ns:net                       what may not be read: status, ns:KIND, mounts, threads, children, fd …
 *     cut fd                              what was left out: more than is kept, or it might have blocked
 *
 * Then what is not of one process, and the number of processes:
 *
 *     == self                             `ns:KIND LINK` of crdoctor itself
 *     == net net:[4026532201]             socket tables (net-tables.ts) of each network namespace among them, and
 *                                         of our own where sockets stand in none of those
 *     == sockets                          `socket 4711 MPTCP`: those that stand in no table, by inode
 *     == shared                           `shared memory 814`: processes that share it with their parent (shared-parts.ts)
 *     == attached, == terminals           processes outside (outside-tasks.ts)
 *     end 1
 *
 * In names, control characters and the backslash are written in octal, as the kernel does in its tables.
 * Read with synchronous calls: none of these files makes the reader wait, and at some ten
 * microseconds each that is several times faster. Processes that end meanwhile are left out; a pid
 * that is used anew meanwhile is recognised by its start time and left out as well.
 */
export async function readTaskTree(
  files: ProcFiles,
  rootPid: number,
  maxBytes: number,
  signal: AbortSignal | undefined,
): Promise<Answer> {
  const origin = `/proc/${rootPid}`;
  const parts: string[] = [];
  let length = 0;
  const add = (text: string): void => {
    parts.push(text);
    length += text.length;
  };
  const walk = createWalk(files);
  const ownNamespaces = readOwnNamespaces(files);
  const childrenOf = chooseChildren(files, rootPid);
  const networks = new Map<string, number[]>();
  const queue = [rootPid];
  const seen = new Set(queue);
  const inside = new Set<number>();
  const parents = new Map<number, number>();
  for (let next = 0; next < queue.length && length <= maxBytes && signal?.aborted !== true; next++) {
    const pid = queue[next] ?? 0;
    await walk.pause();
    const task = await readTask(pid, {
      walk,
      ownNamespaces,
      isRoot: pid === rootPid,
      children: (block, threads) => {
        for (const child of block.attempt('children', [], () => childrenOf(block.pid, threads))) {
          if (!seen.has(child)) queue.push(child);
          parents.set(child, pid);
          seen.add(child);
        }
      },
    });
    if (task === undefined && pid === rootPid)
      return { origin, status: 'absent', reason: `there is no process ${rootPid}` };
    if (task === undefined) continue;
    add(task.text);
    inside.add(pid);
    const { network } = task;
    if (network === undefined) continue;
    const others = networks.get(network);
    if (others === undefined) networks.set(network, [pid]);
    else if (others.length < maxWitnesses) others.push(pid);
  }
  if (signal?.aborted === true) return { origin, status: 'timed-out', reason: 'interrupted' };
  add(await readSurroundings({ rootPid, walk, ownNamespaces, networks, inside, parents }));
  add(`end ${inside.size}\n`);
  const content = Buffer.from(parts.join(''));
  if (content.length <= maxBytes) return { origin, status: 'ok', content };
  const reason = `longer than ${maxBytes} bytes`;
  return { origin, status: 'truncated', content: content.subarray(0, maxBytes), reason };
}

function createWalk(files: ProcFiles): Walk {
  let turnEnds = performance.now() + turnMs;
  return {
    files,
    ownMounts: viewMounts(files.parts('/proc/self/mountinfo') ?? ''),
    mountNamespaces: new Map(),
    seenFiles: new Map(),
    plainFiles: new Set(),
    sockets: new Map(),
    terminals: new Set(),
    descriptorsLeft: maxDescriptors,
    calmPausesLeft: files.calmPauses,
    pause: async () => {
      if (performance.now() < turnEnds) return;
      await setImmediate();
      turnEnds = performance.now() + turnMs;
    },
  };
}

/** The kernel has the same kinds for every process, and our own may always be read. */
function readOwnNamespaces(files: ProcFiles): ReadonlyMap<string, string> {
  return new Map(files.names('/proc/self/ns').map((kind) => [kind, files.link(`/proc/self/ns/${kind}`)]));
}

type ChildrenOf = (pid: number, threads: readonly string[]) => readonly number[];

/** Kernels without CONFIG_PROC_CHILDREN have no list of children: all processes are asked for their parent, once. */
function chooseChildren(files: ProcFiles, rootPid: number): ChildrenOf {
  try {
    files.parts(`/proc/${rootPid}/task/${rootPid}/children`);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') {
      const children = mapChildren(files);
      return (pid) => children.get(pid) ?? [];
    }
  }
  return (pid, threads) =>
    threads.flatMap((thread) =>
      (orGone('', () => files.parts(`/proc/${pid}/task/${thread}/children`)) ?? '')
        .split(' ')
        .filter(Boolean)
        .map(Number),
    );
}

function mapChildren(files: ProcFiles): ReadonlyMap<number, readonly number[]> {
  const children = new Map<number, number[]>();
  for (const name of files.names('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = readStat(files, `/proc/${name}`);
    const parent = Number(stat?.slice(stat.lastIndexOf(')') + 2).split(' ', 2)[1]);
    if (Number.isNaN(parent)) continue;
    const siblings = children.get(parent) ?? [];
    siblings.push(Number(name));
    children.set(parent, siblings);
  }
  return children;
}
