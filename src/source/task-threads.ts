/** Reads what the threads of a process have of their own: state, tracer, signals, namespaces, directory. */

import { escapeOctal, orGone, type ProcFiles } from './proc-files.js';
import type { Block, Walk } from './task-walk.js';

const maxThreads = 50_000;
const threadsPerPause = 16;

export interface Threads {
  /** Thread ids, the main one included. */
  readonly ids: readonly string[];
  /** One of them waits in the kernel (state D), and may hold a lock of the process for ever. */
  readonly isStuck: boolean;
}

export interface MainThread {
  readonly status: string;
  /** Links by kind. */
  readonly namespaces: ReadonlyMap<string, string>;
  readonly directory: string;
}

/**
 * Lines for further threads, where there is something to tell:
 *
 *     tracer 815 4242                     pid of its tracer
 *     thread 815 T 0000000000000010       state, other than running or sleeping, or pending signals (SigPnd)
 *     thread-ns 815 net net:[4026532201]  a namespace other than that of its process
 *     thread-cwd 815 /tmp                 a directory other than that of its process
 */
export async function readThreads(block: Block, walk: Walk, main: MainThread): Promise<Threads> {
  const isAlone = main.status.includes('\nThreads:\t1\n');
  const own = String(block.pid);
  let ids = isAlone ? [own] : block.attempt('threads', [own], () => walk.files.names(`${block.directory}/task`));
  if (ids.length > maxThreads) {
    block.cut('threads');
    ids = ids.slice(0, maxThreads);
  }
  let isStuck = isStuckIn(walk.files, block.directory, stateOf(main.status));
  let count = 0;
  for (const id of ids) {
    if (id === own) continue;
    const state = block.attempt('threads', '', () => readThread(block, walk.files, id, main));
    isStuck ||= isStuckIn(walk.files, `${block.directory}/task/${id}`, state);
    if (++count % threadsPerPause === 0) await walk.pause();
  }
  return { ids, isStuck };
}

function readThread(block: Block, files: ProcFiles, id: string, main: MainThread): string {
  const directory = `${block.directory}/task/${id}`;
  const status = orGone('', () => files.shown(`${directory}/status`));
  if (status === '') return '';
  const state = stateOf(status);
  const tracer = fieldOf(status, 'TracerPid');
  const pending = fieldOf(status, 'SigPnd');
  if (tracer !== '' && tracer !== '0') block.write(`tracer ${id} ${tracer}`);
  if (!/^[RSI]$/.test(state) || /[1-9a-f]/.test(pending)) block.write(`thread ${id} ${state} ${pending || '0'}`);
  // A thread that has exited has left its namespaces.
  if (state === 'Z' || state === 'X') return state;
  for (const [kind, link] of main.namespaces) {
    const ownLink = orGone(link, () => files.link(`${directory}/ns/${kind}`));
    if (ownLink !== link) block.write(`thread-ns ${id} ${kind} ${ownLink}`);
  }
  const cwd = orGone(main.directory, () => files.link(`${directory}/cwd`));
  if (main.directory !== '' && cwd !== main.directory) block.write(`thread-cwd ${id} ${escapeOctal(cwd)}`);
  return state;
}

/**
 * Waits in the kernel (state D), perhaps with a lock held. One that waits for its child after vfork does so as
 * well, but holds none (linux kernel/fork.c, wait_for_vfork_done; it is inlined into its caller).
 */
export function isStuckIn(files: ProcFiles, directory: string, state: string): boolean {
  if (state !== 'D') return false;
  try {
    return !/^(?:kernel_clone|_?do_fork|wait_for_vfork_done)$/.test(files.shown(`${directory}/wchan`).trim());
  } catch {
    return true;
  }
}

export function stateOf(status: string): string {
  return fieldOf(status, 'State').slice(0, 1);
}

/** Value of a line of status: `Name:	value`; empty when there is none. */
export function fieldOf(status: string, name: string): string {
  const at = status.indexOf(`\n${name}:\t`);
  if (at === -1) return '';
  const from = at + name.length + 3;
  return status.slice(from, status.indexOf('\n', from)).trim();
}
