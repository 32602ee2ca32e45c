/** The only place that starts programs: no shell, a process group of their own, limits on time and output. */

import { keepOutput, type KeepEnd, type KeptOutput } from './kept-output.js';

export interface RunOptions {
  /** The whole process group is ended after this. */
  readonly timeoutMs: number;
  /** Of standard output, and again of standard error. */
  readonly maxBytes: number;
  /** Which end of too long an output is kept. With `head` the program is ended as soon as there is too much. */
  readonly keep: KeepEnd;
  /** The whole environment of the program; the caller's when left out. LC_ALL is always C. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal;
  readonly now?: () => Date;
}

/** `absent`: there is no such program. `denied`: it may not be run. `failed`: ended with another status than 0. */
export type RunStatus = 'ok' | 'absent' | 'denied' | 'failed' | 'timed-out';

export interface RunResult {
  readonly status: RunStatus;
  readonly exitStatus: number | undefined;
  /** Name of the signal that ended it. */
  readonly signal: string | undefined;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  /** Standard output was longer than `maxBytes`. */
  readonly truncated: boolean;
  /** Why it did not even start, one line. */
  readonly reason: string | undefined;
  readonly startedAt: Date;
  readonly durationMs: number;
}

/** Between SIGTERM and SIGKILL. */
const termGraceMs = 500;
/** A process that survives SIGKILL this long hangs in the kernel; nobody waits for it. */
const killGraceMs = 1000;
/** How long a pipe may stay open after its program has ended, held by something it left behind. */
const drainGraceMs = 200;

interface Ending {
  readonly exitStatus?: number | undefined;
  readonly signal?: string | undefined;
  readonly startError?: NodeJS.ErrnoException;
}

/**
 * Runs a program to its end and gives what it printed; never throws for what the program does.
 * Everything it started in its process group is ended with it when it takes too long, prints too
 * much, is aborted, or leaves a process behind that keeps its output open.
 */
export async function runCommand(argv: readonly [string, ...string[]], options: RunOptions): Promise<RunResult> {
  const now = options.now ?? (() => new Date());
  const startedAt = now();
  const stdout = keepOutput(options.maxBytes, options.keep);
  const stderr = keepOutput(options.maxBytes, options.keep);
  const outcome = await supervise(argv, options, stdout, stderr);
  return {
    status: statusOf(outcome.ending, outcome.stopped, stdout),
    exitStatus: outcome.ending.exitStatus,
    signal: outcome.ending.signal,
    stdout: stdout.bytes(),
    stderr: stderr.bytes(),
    truncated: stdout.isTruncated(),
    reason: outcome.ending.startError?.message.split('\n', 1)[0],
    startedAt,
    durationMs: Math.max(0, now().getTime() - startedAt.getTime()),
  };
}

type Stopped = 'timeout' | 'abort' | 'overflow' | undefined;

function statusOf(ending: Ending, stopped: Stopped, stdout: KeptOutput): RunStatus {
  if (ending.startError) {
    if (ending.startError.code === 'ENOENT') return 'absent';
    return ending.startError.code === 'EACCES' || ending.startError.code === 'EPERM' ? 'denied' : 'failed';
  }
  if (stopped === 'timeout' || stopped === 'abort') return 'timed-out';
  if (stopped === 'overflow' && stdout.isTruncated()) return 'ok';
  return ending.exitStatus === 0 ? 'ok' : 'failed';
}

/** In an object, because the child itself is a promise and would be awaited. */
async function start(argv: readonly [string, ...string[]], options: RunOptions) {
  const { execa } = await import('execa');
  const [file, ...args] = argv;
  const child = execa(file, args, {
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
    buffer: false,
    reject: false,
    detached: true,
    cleanup: false,
    extendEnv: options.env === undefined,
    env: { ...options.env, LC_ALL: 'C' },
  });
  return { child };
}

async function supervise(
  argv: readonly [string, ...string[]],
  options: RunOptions,
  stdout: KeptOutput,
  stderr: KeptOutput,
): Promise<{ ending: Ending; stopped: Stopped }> {
  if (options.signal?.aborted) return { ending: {}, stopped: 'abort' };
  const { child } = await start(argv, options);
  const outputs = [child.stdout, child.stderr];
  let stopped: Stopped;
  const timers: NodeJS.Timeout[] = [];
  let resolve: (ending: Ending) => void = () => {};
  const ended = new Promise<Ending>((accept) => {
    resolve = accept;
  });

  const stop = (why: Exclude<Stopped, undefined>): void => {
    if (stopped !== undefined) return;
    stopped = why;
    killGroup(child.pid, 'SIGTERM');
    timers.push(setTimeout(() => killGroup(child.pid, 'SIGKILL'), termGraceMs));
    timers.push(setTimeout(() => resolve({}), termGraceMs + killGraceMs));
  };
  const onAbort = (): void => stop('abort');
  options.signal?.addEventListener('abort', onAbort, { once: true });
  timers.push(setTimeout(() => stop('timeout'), options.timeoutMs));

  child.stdout.on('data', (chunk: Buffer) => {
    if (stdout.push(chunk) && options.keep === 'head') stop('overflow');
  });
  child.stderr.on('data', (chunk: Buffer) => void stderr.push(chunk));
  child.once('exit', (code, signal) => {
    const ending = { exitStatus: code ?? undefined, signal: signal ?? undefined };
    timers.push(setTimeout(() => resolve(ending), drainGraceMs));
  });
  void settle(child).then(resolve);

  const ending = await ended;
  for (const timer of timers) clearTimeout(timer);
  options.signal?.removeEventListener('abort', onAbort);
  // Still open: something in the group outlived the program and holds the pipe, or it cannot be ended.
  if (outputs.some((output) => !output.readableEnded && !output.destroyed)) {
    killGroup(child.pid, 'SIGKILL');
    for (const output of outputs) output.destroy();
    child.unref();
  }
  return { ending, stopped };
}

/** The end of a program whose pipes are closed, or why it did not start. */
async function settle(child: Awaited<ReturnType<typeof start>>['child']): Promise<Ending> {
  const { exitCode, signal, cause } = await child;
  if (exitCode === undefined && signal === undefined) return { startError: toErrno(cause) };
  return { exitStatus: exitCode, signal };
}

function toErrno(cause: unknown): NodeJS.ErrnoException {
  return cause instanceof Error ? cause : new Error('the program could not be started');
}

function killGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // The group is gone already, or belongs to another user now (sudo); the time limits cover the latter.
  }
}
