/** Starts the process tree of a case, finds its root, and ends everything that was started for it. */

import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { type Case } from './case.js';

/** How long a tree may take until it is there. */
const START_LIMIT_MS = 15_000;

export type Started =
  | { readonly status: 'ready'; readonly root: number }
  /** This machine cannot make it. */
  | { readonly status: 'impossible'; readonly reason: string };

export interface Tree {
  readonly directory: string;
  /** In the environment of every process of it. */
  readonly mark: string;
  readonly starter: ChildProcess;
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Gone meanwhile, or not there yet.
    return '';
  }
}

/** The command line that starts a case; programs are in `programs`, a directory that boxes see as well. */
function commandOf({ command, namespaces }: Case, programs: string): readonly string[] {
  const [first = '', ...rest] = command;
  const program = join(programs, first);
  const inside = [existsSync(program) ? program : first, ...rest];
  return namespaces === '' ? inside : [join(programs, 'box'), namespaces, ...inside];
}

export function startTree(each: Case, programs: string, directory: string): Tree {
  mkdirSync(directory, { recursive: true });
  // Also for programs that become another user.
  chmodSync(directory, 0o777);
  const mark = `ACCURACY_CASE=${directory}`;
  const [command = '', ...argv] = commandOf(each, programs);
  const errors = openSync(join(directory, 'why'), 'w');
  const starter = spawn(command, argv, {
    cwd: directory,
    detached: true,
    stdio: ['ignore', 'ignore', errors],
    env: {
      PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      HOME: '/root',
      READY: join(directory, 'ready'),
      ACCURACY_CASE: directory,
      ...(each.isWorkload === true && { BOX_ROOT: join(programs, 'workloads') }),
    },
  });
  starter.on('error', () => undefined);
  closeSync(errors);
  return { directory, mark, starter };
}

function childrenOf(pid: number): readonly number[] {
  return read(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number);
}

/** Where the tree says that it is there, and the pid it then stands for. */
function rootOf(each: Case, { starter, directory }: Tree): number | undefined {
  const pid = starter.pid ?? 0;
  if (each.namespaces === '') {
    const said = read(join(directory, 'ready'));
    return said.endsWith('\n') ? Number(said) || pid : undefined;
  }
  const [root] = childrenOf(pid);
  if (root === undefined) return undefined;
  const place = each.namespaces.includes('m') ? `/proc/${root}/root/run/ready` : join(directory, 'ready');
  return read(place).endsWith('\n') ? root : undefined;
}

export async function untilReady(each: Case, tree: Tree): Promise<Started> {
  const { starter, directory } = tree;
  for (const end = Date.now() + START_LIMIT_MS; Date.now() < end; await sleep(10)) {
    const root = rootOf(each, tree);
    if (root !== undefined) {
      // Descriptors of a script that becomes `sleep` close at the exec.
      await sleep(30);
      return { status: 'ready', root };
    }
    if (starter.exitCode !== null || starter.signalCode !== null || starter.pid === undefined) {
      const why = read(join(directory, 'why')).trim().split('\n').at(-1);
      return { status: 'impossible', reason: why ?? `ended with ${starter.exitCode ?? starter.signalCode}` };
    }
  }
  return { status: 'impossible', reason: 'is not there after 15 s' };
}

/** Session of a process, field 6 of /proc/PID/stat (man 5 proc). */
function sessionOf(pid: number): number {
  return Number(
    read(`/proc/${pid}/stat`)
      .replace(/^.*\) /s, '')
      .split(' ')[3],
  );
}

function isOf({ mark, starter }: Tree, pid: number): boolean {
  return sessionOf(pid) === starter.pid || `\0${read(`/proc/${pid}/environ`)}`.includes(`\0${mark}\0`);
}

/** Kills until nothing is left, also what has left the session; unmounting is left to the end of the namespaces. */
export async function endTree(tree: Tree): Promise<void> {
  for (let tries = 0; tries < 50; tries += 1) {
    const pids = readdirSync('/proc')
      .map(Number)
      .filter((pid) => pid > 1 && isOf(tree, pid));
    const alive = pids.filter((pid) => !/\) Z /.test(read(`/proc/${pid}/stat`)) || readdirTasks(pid) > 1);
    if (alive.length === 0) break;
    for (const pid of alive) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // Gone already.
      }
    }
    await sleep(10);
  }
  rmSync(tree.directory, { recursive: true, force: true });
}

function readdirTasks(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/task`).length;
  } catch {
    return 0;
  }
}
