/** The programs that run on the far side: what was asked, and who waits for it. */

import type { RunResult } from '../process/run.js';
import {
  isPackedAnswer,
  maxAnswerBytes,
  noAnswer,
  readFarAnswer,
  type FarAnswer,
  type FarHello,
  type FarRunOptions,
  type StopReason,
} from './far-answer.js';
import { quoteWord } from './far-prelude.js';

export type FarArgv = readonly (string | Buffer)[];

export interface FarRuns {
  readonly run: (argv: FarArgv, options: FarRunOptions) => Promise<RunResult>;
  readonly started: (id: number, pid: number) => void;
  /** The most that may come back for it; undefined when it was not asked. */
  readonly limitOf: (id: number) => number | undefined;
  readonly ended: (id: number, body: Buffer) => void;
  /** Ends all of them. */
  readonly stopAll: () => void;
  /** Nothing comes any more, and why, one clause. */
  readonly lose: (why: string) => void;
  /** Nothing runs there that was started here. */
  readonly isQuiet: () => boolean;
}

/** Between SIGTERM and SIGKILL, as src/process/run.ts has it. */
const termGraceMs = 500;
/** A program there that survives SIGKILL this long hangs in the kernel; nobody waits for it. */
const killGraceMs = 2000;

interface Pending {
  readonly options: FarRunOptions;
  pid: number | undefined;
  stopped: StopReason;
  readonly timers: NodeJS.Timeout[];
  readonly settle: (answer: FarAnswer) => void;
}

/** `say`: tells the far shell a line. */
export function createFarRuns(say: (line: Buffer) => void, hello: FarHello, now: () => Date): FarRuns {
  const pending = new Map<number, Pending>();
  const state: { nextId: number; lost?: string; hasLeftBehind: boolean } = { nextId: 1, hasLeftBehind: false };
  const endGroup = ({ pid, timers }: Pending): void => {
    if (pid === undefined) return;
    say(Buffer.from(`crd_kill TERM ${pid}\n`));
    timers.push(setTimeout(() => say(Buffer.from(`crd_kill KILL ${pid}\n`)), termGraceMs));
  };
  const stop = (each: Pending, why: StopReason): void => {
    if (each.stopped !== undefined) return;
    each.stopped = why;
    endGroup(each);
    const giveUp = (): void => {
      state.hasLeftBehind = true;
      each.settle({ ...noAnswer, status: 'timed-out' });
    };
    each.timers.push(setTimeout(giveUp, termGraceMs + killGraceMs));
  };
  const begin = (argv: FarArgv, options: FarRunOptions, resolve: (answer: FarAnswer) => void): void => {
    if (state.lost !== undefined) {
      resolve({ ...noAnswer, status: 'failed', reason: state.lost });
      return;
    }
    const id = state.nextId++;
    const timers: NodeJS.Timeout[] = [];
    const settle = (answer: FarAnswer): void => {
      pending.delete(id);
      for (const timer of timers) clearTimeout(timer);
      resolve(answer);
    };
    const each: Pending = { options, pid: undefined, stopped: undefined, timers, settle };
    pending.set(id, each);
    timers.push(setTimeout(() => stop(each, 'timeout'), options.timeoutMs));
    say(writeCall(id, argv, options, hello));
  };
  return {
    run: async (argv, options) => {
      const startedAt = now();
      const answer = await new Promise<FarAnswer>((resolve) => begin(argv, options, resolve));
      return { ...answer, startedAt, durationMs: Math.max(0, now().getTime() - startedAt.getTime()) };
    },
    started: (id, pid) => {
      const each = pending.get(id);
      if (each === undefined) return;
      each.pid = pid;
      if (each.stopped !== undefined) endGroup(each);
    },
    limitOf: (id) => {
      const each = pending.get(id);
      return each && maxAnswerBytes(each.options);
    },
    ended: (id, body) => {
      const each = pending.get(id);
      each?.settle(readFarAnswer(body, each.options, each.stopped, hello));
    },
    stopAll: () => {
      for (const each of pending.values()) stop(each, 'abort');
    },
    lose: (why) => {
      state.lost ??= why;
      for (const { settle } of pending.values()) settle({ ...noAnswer, status: 'failed', reason: state.lost });
    },
    isQuiet: () => pending.size === 0 && !state.hasLeftBehind,
  };
}

function writeCall(id: number, argv: FarArgv, options: FarRunOptions, hello: FarHello): Buffer {
  // A byte more than wanted, to see whether there is more.
  const packing = isPackedAnswer(options, hello) ? 'gz' : '-';
  const head = `crd_run ${id} ${options.keep} ${options.maxBytes + 1} ${packing}`;
  const quoted = argv.flatMap((word) => [Buffer.from(' '), quoteWord(word)]);
  return Buffer.concat([Buffer.from(head), ...quoted, Buffer.from(' &\n')]);
}
