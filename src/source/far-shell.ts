/** A shell on another host that runs programs for us, side by side, over one connection. */

import { randomBytes } from 'node:crypto';

import { startConversation, type ConversationEnd } from '../process/conversation.js';
import type { RunResult } from '../process/run.js';
import { noAnswer, type FarHello, type FarRunOptions } from './far-answer.js';
import { createFrameReader } from './far-frames.js';
import { writePrelude } from './far-prelude.js';
import { createFarRuns, type FarArgv } from './far-runs.js';

export interface FarShell {
  readonly hello: FarHello;
  /**
   * As {@link runCommand} on the far host. A connection that is lost gives the status `failed` and why.
   * Standard error is the last 64 KiB of it.
   */
  readonly run: (argv: FarArgv, options: FarRunOptions) => Promise<RunResult>;
  /** Why the connection was lost, one clause; undefined while it is there. */
  readonly lost: () => string | undefined;
  /** Ends the shell and waits for the end of the connection. */
  readonly close: () => Promise<void>;
}

export interface FarShellOptions {
  /** The command that connects to a shell on the far side. */
  readonly argv: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly helloMs: number;
  readonly signal?: AbortSignal | undefined;
  readonly now: () => Date;
}

/** Why there is no shell: how the connection ended, or what it did instead of answering. */
export class NoFarShell extends Error {
  override readonly name = 'NoFarShell';
  readonly end: ConversationEnd | undefined;

  constructor(message: string, end: ConversationEnd | undefined) {
    super(message);
    this.end = end;
  }
}

/** How long the shell may take to end by itself. */
const closeMs = 2000;
/** Lines of what the far side says of itself. */
const maxHello = 32;

/**
 * Connects, and waits until the far side has told what it is.
 * @throws {NoFarShell}
 */
export async function openFarShell({ argv, env, helloMs, signal, now }: FarShellOptions): Promise<FarShell> {
  const word = randomBytes(16).toString('hex');
  const hello = new Map<string, string>();
  const runs = createFarRuns((line) => talk.say(line), hello, now);
  const state: { lost?: string } = {};
  const greeting = createGreeting();
  const lose = (why: string): void => {
    state.lost ??= why;
    runs.lose(state.lost);
    greeting.answer(state.lost);
  };
  const reader = createFrameReader(word, {
    onHello: (name, value) => {
      if (hello.size < maxHello) hello.set(name, value);
      if (name === 'ready') greeting.answer(undefined);
    },
    onStarted: runs.started,
    limitOf: runs.limitOf,
    onEnded: runs.ended,
    onBroken: (problem) => {
      lose(problem);
      talk.kill();
    },
  });
  const talk = startConversation(argv, { env, onOutput: reader.push });
  const ended = talk.ended.then((end) => {
    lose(explainEnd(end));
    return end;
  });
  const onAbort = (): void => {
    runs.stopAll();
    greeting.answer('interrupted');
  };
  signal?.addEventListener('abort', onAbort, { once: true });
  const close = async (): Promise<void> => {
    signal?.removeEventListener('abort', onAbort);
    if (runs.isQuiet()) talk.say(Buffer.from('crd_bye\n'));
    talk.hangUp();
    const timer = setTimeout(talk.kill, closeMs);
    await ended;
    clearTimeout(timer);
  };
  if (signal?.aborted === true) greeting.answer('interrupted');
  talk.say(Buffer.from(writePrelude(word)));
  const late = setTimeout(() => greeting.answer(`no answer within ${helloMs} ms`), helloMs);
  const problem = await greeting.heard;
  clearTimeout(late);
  if (problem !== undefined) {
    const hasEnded = state.lost === problem;
    talk.kill();
    signal?.removeEventListener('abort', onAbort);
    const end = await ended;
    throw new NoFarShell(problem, hasEnded ? end : undefined);
  }
  const stopped: RunResult = { ...noAnswer, status: 'timed-out', startedAt: now(), durationMs: 0 };
  return {
    hello,
    lost: () => state.lost,
    close,
    run: (words, options) => (signal?.aborted === true ? Promise.resolve(stopped) : runs.run(words, options)),
  };
}

/** Waits for the first of several answers; undefined is the good one. */
function createGreeting(): { heard: Promise<string | undefined>; answer: (problem: string | undefined) => void } {
  let answer: (problem: string | undefined) => void = () => {};
  const heard = new Promise<string | undefined>((resolve) => {
    answer = resolve;
  });
  return { heard, answer: (problem) => answer(problem) };
}

/** The last word of the program that connects, or how it ended. */
function explainEnd({ startError, stderr, exitStatus, signal }: ConversationEnd): string {
  if (startError !== undefined) return `it cannot be started (${startError})`;
  const last = stderr
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
    .at(-1);
  return last ?? (signal === undefined ? `it ended with status ${exitStatus}` : `it was ended by ${signal}`);
}
