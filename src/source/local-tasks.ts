/** Reads the task tree below a process from /proc, without stopping anything. */

import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';

import { keepOutput } from '../process/kept-output.js';
import { errorCode, type Answer } from './evidence.js';

/** So many tasks are read before other work gets its turn. */
const tasksPerTurn = 100;

/**
 * Blocks of lines, one per process, parents before their children, closed by a line `end COUNT`:
 *
 *     == 812 4711334                      pid, start time (field 22 of /proc/PID/stat)
 *     Name:	init                         /proc/PID/status as it is (the kernel escapes the name)
 *     …
 *     ns:mnt mnt:[4026532201]             links of /proc/PID/ns
 *     tracer 815 4242                     a further thread (tid) and the pid of its tracer, if there is one
 *     denied ns                           what could not be read: status, ns, ns:KIND, threads, children
 *     end 1
 *
 * Read with synchronous calls: none of these files makes the reader wait, and at some ten
 * microseconds each that is several times faster. Processes that end meanwhile are left out; a pid
 * that is used anew meanwhile is recognised by its start time and left out as well.
 */
export async function readTasks(rootPid: number, maxBytes: number, proc = '/proc'): Promise<Answer> {
  const origin = `${proc}/${rootPid}`;
  const kept = keepOutput(maxBytes, 'head');
  const childrenOf = chooseChildren(proc, rootPid);
  const queue = [rootPid];
  const seen = new Set(queue);
  let count = 0;
  for (let next = 0; next < queue.length && !kept.isTruncated(); next++) {
    const pid = queue[next] ?? 0;
    const task = readTask(proc, pid, childrenOf);
    if (task === undefined) {
      if (pid === rootPid) return { origin, status: 'absent', reason: `there is no process ${rootPid}` };
      continue;
    }
    kept.push(Buffer.from(task.block));
    count++;
    for (const child of task.children) {
      if (!seen.has(child)) queue.push(child);
      seen.add(child);
    }
    if (count % tasksPerTurn === 0) await setImmediate();
  }
  kept.push(Buffer.from(`end ${count}\n`));
  const answer: Answer = { origin, status: 'ok', content: kept.bytes() };
  return kept.isTruncated() ? { ...answer, status: 'truncated', reason: `longer than ${maxBytes} bytes` } : answer;
}

interface Task {
  readonly block: string;
  readonly children: readonly number[];
}

type ChildrenOf = (pid: number, threads: readonly string[]) => readonly number[];

function readTask(proc: string, pid: number, childrenOf: ChildrenOf): Task | undefined {
  const directory = `${proc}/${pid}`;
  const startTime = readStartTime(directory);
  if (startTime === undefined) return undefined;
  const lines = [`== ${pid} ${startTime}\n`];
  const attempt = <Value>(what: string, otherwise: Value, read: () => Value): Value => {
    try {
      return read();
    } catch (error) {
      const code = errorCode(error);
      if (code === 'EACCES' || code === 'EPERM') lines.push(`denied ${what}\n`);
      return otherwise;
    }
  };
  lines.push(attempt('status', '', () => readFileSync(`${directory}/status`, 'latin1')));
  for (const kind of attempt('ns', [], () => readdirSync(`${directory}/ns`))) {
    const link = attempt(`ns:${kind}`, undefined, () => readlinkSync(`${directory}/ns/${kind}`));
    if (link !== undefined) lines.push(`ns:${kind} ${link}\n`);
  }
  const threads = attempt('threads', [], () => readdirSync(`${directory}/task`));
  for (const thread of threads) {
    if (thread === String(pid)) continue;
    const status = attempt('threads', '', () => readFileSync(`${directory}/task/${thread}/status`, 'latin1'));
    const tracer = /^TracerPid:\t(\d+)$/m.exec(status)?.[1] ?? '0';
    if (tracer !== '0') lines.push(`tracer ${thread} ${tracer}\n`);
  }
  const children = attempt('children', [], () => childrenOf(pid, threads));
  return readStartTime(directory) === startTime ? { block: lines.join(''), children } : undefined;
}

/** Field 22; the name before it may hold blanks and parentheses, so it is counted from the last `)`. */
function readStartTime(directory: string): string | undefined {
  try {
    const stat = readFileSync(`${directory}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    // Ended; or hidden (hidepid), which is the same to us: it can be seen nowhere.
    return undefined;
  }
}

/** Kernels without CONFIG_PROC_CHILDREN have no list of children: all processes are asked for their parent, once. */
function chooseChildren(proc: string, rootPid: number): ChildrenOf {
  try {
    readFileSync(`${proc}/${rootPid}/task/${rootPid}/children`);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') {
      const children = mapChildren(proc);
      return (pid) => children.get(pid) ?? [];
    }
  }
  return (pid, threads) =>
    threads.flatMap((thread) =>
      readFileSync(`${proc}/${pid}/task/${thread}/children`, 'latin1').split(' ').filter(Boolean).map(Number),
    );
}

function mapChildren(proc: string): ReadonlyMap<number, readonly number[]> {
  const children = new Map<number, number[]>();
  for (const name of readdirSync(proc)) {
    if (!/^\d+$/.test(name)) continue;
    const parent = readParent(`${proc}/${name}`);
    if (parent === undefined) continue;
    const siblings = children.get(parent) ?? [];
    siblings.push(Number(name));
    children.set(parent, siblings);
  }
  return children;
}

function readParent(directory: string): number | undefined {
  try {
    const stat = readFileSync(`${directory}/stat`, 'latin1');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    // Ended since /proc was listed.
    return undefined;
  }
}
