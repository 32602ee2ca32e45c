/** Runs the real `criu dump` of a tree, and says what came of it. */

import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A dump that takes longer hangs: criu itself gives up after ten seconds. */
const DUMP_LIMIT_MS = 40_000;

export interface Ran {
  /** -1 = killed, at its time limit as a rule. */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export function run(argv: readonly string[], env: NodeJS.ProcessEnv, timeoutMs: number): Promise<Ran> {
  const [command = '', ...rest] = argv;
  return new Promise((resolve) => {
    const child = execFile(
      command,
      rest,
      { env, timeout: timeoutMs, killSignal: 'SIGKILL', maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => {
        const status = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
        resolve({ status, stdout, stderr });
      },
    );
    // `lxc init` reads its standard input to the end.
    child.stdin?.end();
  });
}

export interface Dump {
  readonly outcome: 'dumps' | 'fails';
  /** Path of its log. */
  readonly log: string;
  /** The error that a person would look at first; empty for a dump that worked. */
  readonly decisive: string;
}

/** Errors that are in logs of good dumps too, or that only say that there was one. */
const NOISE = /rlimit: Can't setup|Dumping FAILED|exited, status=|finished with error|Unable to detach/;

/** The error that a person would look at first. */
export function decisiveLine(log: string): string {
  const lines = log.split('\n').map((line) => line.replace(/^\(\d+\.\d+\)\s*/, '').replace(/\s+/g, ' '));
  const errors = lines.filter((line) => line.includes('Error (') && !NOISE.test(line));
  const refused = lines.filter((line) => line.includes('Unable to interrupt task'));
  return errors[0] ?? refused[0] ?? lines.filter(Boolean).at(-1) ?? '';
}

function readLog(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    // It had no time to make one.
    return '';
  }
}

/** Dumps the tree of `pid` with the criu that is first on the PATH of `env`. The tree goes on afterwards. */
export async function dump(pid: number, options: string, directory: string, env: NodeJS.ProcessEnv): Promise<Dump> {
  mkdirSync(directory, { recursive: true });
  const log = join(directory, 'dump.log');
  const fixed = ['criu', 'dump', '-t', String(pid), '-D', directory, '-o', 'dump.log', '-v4', '--leave-running'];
  const { status, stderr } = await run([...fixed, ...options.split(' ').filter(Boolean)], env, DUMP_LIMIT_MS);
  if (status === 0) return { outcome: 'dumps', log, decisive: '' };
  const text = readLog(log);
  const decisive = status === -1 ? 'hangs: killed at the time limit' : decisiveLine(text === '' ? stderr : text);
  return { outcome: 'fails', log, decisive };
}
