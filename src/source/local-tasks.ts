/** Reads the task tree below a process from /proc, without stopping anything. */

import { closeSync, constants, openSync, readdirSync, readlinkSync, readSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';

import { keepOutput } from '../process/kept-output.js';
import { errorCode } from '../errors.js';
import type { Answer } from './evidence.js';

/** So many tasks are read before other work gets its turn. */
const tasksPerTurn = 100;
/** Systemd gives a namespace of their own to a dozen of its services; each costs some 5 KiB. */
const maxMountNamespaces = 256;
const maxMountTable = 1024 * 1024;

/**
 * Blocks of lines, one per process, parents before their children, closed by a line `end COUNT`:
 *
 *     == 812 4711334                      pid, start time (field 22 of /proc/PID/stat)
 *     Name:	init                         /proc/PID/status as it is (the kernel escapes the name)
 *     …
 *     ns:mnt mnt:[4026532201]             links of /proc/PID/ns
 *     mount 660 648 0:143 / /x rw - …     its /proc/PID/mountinfo, line by line: of the first process in each
 *                                         mount namespace other than that of the root
 *     tracer 815 4242                     a further thread (tid) and the pid of its tracer, if there is one
 *     denied ns:net                        what could not be read: status, ns:KIND, mounts, threads, children
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
  const kinds = readNamespaceKinds();
  const mountNamespaces = new Set<string>();
  const queue = [rootPid];
  const seen = new Set(queue);
  let count = 0;
  for (let next = 0; next < queue.length && !kept.isTruncated(); next++) {
    const pid = queue[next] ?? 0;
    const task = readTask(proc, pid, { kinds, childrenOf, mountNamespaces });
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

interface Walk {
  readonly kinds: readonly string[];
  readonly childrenOf: ChildrenOf;
  /** Links of the mount namespaces met so far; that of the root comes first. */
  readonly mountNamespaces: Set<string>;
}

function readTask(proc: string, pid: number, walk: Walk): Task | undefined {
  const { kinds, childrenOf, mountNamespaces } = walk;
  const directory = `${proc}/${pid}`;
  const startTime = readStartTime(directory);
  if (startTime === undefined) return undefined;
  const denied: string[] = [];
  const attempt = <Value>(what: string, otherwise: Value, read: () => Value): Value => {
    try {
      return read();
    } catch (error) {
      const code = errorCode(error);
      if (code === 'EACCES' || code === 'EPERM') denied.push(what);
      return otherwise;
    }
  };
  const status = attempt('status', '', () => readSmallFile(`${directory}/status`));
  let links = '';
  for (const kind of kinds) {
    const link = attempt(`ns:${kind}`, '', () => readlinkSync(`${directory}/ns/${kind}`));
    if (link !== '') links += `ns:${kind} ${link}\n`;
  }
  const mountNamespace = /^ns:mnt (.+)$/m.exec(links)?.[1];
  const mounts = attempt('mounts', '', () => readMounts(directory, mountNamespace, mountNamespaces));
  const hasThreads = !status.includes('\nThreads:\t1\n');
  const threads = hasThreads ? attempt('threads', [], () => readdirSync(`${directory}/task`)) : [String(pid)];
  const tracers = attempt('threads', '', () => findTracers(directory, pid, threads));
  const children = attempt('children', [], () => childrenOf(pid, threads));
  if (readStartTime(directory) !== startTime) return undefined;
  // One that ended before its mounts could be read leaves that to the next one in the same namespace.
  if (mountNamespace !== undefined && (mountNamespaces.size === 0 || mounts !== ''))
    mountNamespaces.add(mountNamespace);
  const refusals = denied.map((what) => `denied ${what}\n`).join('');
  return { block: `== ${pid} ${startTime}\n${status}${links}${mounts}${tracers}${refusals}`, children };
}

/**
 * Its mount table, when it is the first one in a namespace that is not the root's own.
 * @throws an error with the code EPERM for more than is kept: such a table counts as denied
 */
function readMounts(directory: string, namespace: string | undefined, met: ReadonlySet<string>): string {
  if (namespace === undefined || met.size === 0 || met.has(namespace)) return '';
  const table = met.size > maxMountNamespaces ? '' : readSmallFile(`${directory}/mountinfo`, maxMountTable);
  if (table === '') throw Object.assign(new Error('too many mounts'), { code: 'EPERM' });
  return table.replaceAll(/^(?=.)/gm, 'mount ');
}

/** The main thread's tracer stands in its status. */
function findTracers(directory: string, pid: number, threads: readonly string[]): string {
  let lines = '';
  for (const thread of threads) {
    if (thread === String(pid)) continue;
    const tracer = /^TracerPid:\t(\d+)$/m.exec(readOrGone(`${directory}/task/${thread}/status`))?.[1] ?? '0';
    if (tracer !== '0') lines += `tracer ${thread} ${tracer}\n`;
  }
  return lines;
}

/** Contents, empty when the process or thread has ended meanwhile. */
function readOrGone(path: string): string {
  try {
    return readSmallFile(path);
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ESRCH') return '';
    throw error;
  }
}

/** Holds a part of a file, which /proc gives in pages. */
const shared = Buffer.alloc(16_384);

/** As readFileSync, in four system calls instead of six and without a buffer of its own; empty when it is longer than `maxLength`. */
function readSmallFile(path: string, maxLength = Number.POSITIVE_INFINITY): string {
  const file = openSync(path, constants.O_RDONLY);
  try {
    let text = '';
    // The kernel hands such files out in parts, so only an empty one is the end.
    for (let bytesRead = -1; bytesRead !== 0;) {
      bytesRead = readSync(file, shared, 0, shared.length, null);
      text += shared.toString('utf8', 0, bytesRead);
      if (text.length > maxLength) return '';
    }
    return text;
  } finally {
    closeSync(file);
  }
}

/** The kernel has the same kinds for every process; our own may always be listed. */
function readNamespaceKinds(): readonly string[] {
  return readdirSync('/proc/self/ns');
}

/** Field 22; the name before it may hold blanks and parentheses, so it is counted from the last `)`. */
function readStartTime(directory: string): string | undefined {
  try {
    const stat = readSmallFile(`${directory}/stat`);
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    // Ended; or hidden (hidepid), which is the same to us: it can be seen nowhere.
    return undefined;
  }
}

/** Kernels without CONFIG_PROC_CHILDREN have no list of children: all processes are asked for their parent, once. */
function chooseChildren(proc: string, rootPid: number): ChildrenOf {
  try {
    readSmallFile(`${proc}/${rootPid}/task/${rootPid}/children`);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') {
      const children = mapChildren(proc);
      return (pid) => children.get(pid) ?? [];
    }
  }
  return (pid, threads) =>
    threads.flatMap((thread) =>
      readOrGone(`${proc}/${pid}/task/${thread}/children`).split(' ').filter(Boolean).map(Number),
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
    const stat = readSmallFile(`${directory}/stat`);
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    // Ended since /proc was listed.
    return undefined;
  }
}
