/** A shell on another host that runs programs for us, side by side, over one connection. */

import { randomBytes } from 'node:crypto';
import { gunzipSync } from 'node:zlib';

import { startConversation, type ConversationEnd } from '../process/conversation.js';
import type { KeepEnd } from '../process/kept-output.js';
import type { RunResult } from '../process/run.js';
import { createFrameReader } from './far-frames.js';
import { quoteWord, writePrelude } from './far-prelude.js';

export interface FarRunOptions {
  readonly timeoutMs: number;
  /** Of standard output. */
  readonly maxBytes: number;
  readonly keep: KeepEnd;
}

/** What the far side said of itself. Untrusted. */
export type FarHello = ReadonlyMap<string, string>;

export interface FarShell {
  readonly hello: FarHello;
  /**
   * As {@link runCommand} on the far host. A connection that is lost gives the status `failed` and why.
   * Standard error is the last 64 KiB of it.
   */
  readonly run: (argv: readonly (string | Buffer)[], options: FarRunOptions) => Promise<RunResult>;
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

/** Between SIGTERM and SIGKILL, as src/process/run.ts has it. */
const termGraceMs = 500;
/** A program there that survives SIGKILL this long hangs in the kernel; nobody waits for it. */
const killGraceMs = 2000;
/** How long the shell may take to end by itself. */
const closeMs = 2000;
const maxErrorBytes = 65_536;
/** Bytes that one byte may take on the wire: hexadecimal with blanks and line breaks. */
const wireFactor = 3.2;
/** Smaller outputs are not worth a process that packs them. */
const packedFromBytes = 64 * 1024;

interface Pending {
  readonly options: FarRunOptions;
  readonly startedAt: Date;
  pid: number | undefined;
  stopped: 'timeout' | 'abort' | undefined;
  readonly timers: NodeJS.Timeout[];
  readonly settle: (result: Omit<RunResult, 'startedAt' | 'durationMs'>) => void;
}

const nothing = {
  exitStatus: undefined,
  signal: undefined,
  stdout: Buffer.alloc(0),
  stderr: Buffer.alloc(0),
  truncated: false,
  reason: undefined,
} as const;

/**
 * Connects, and waits until the far side has told what it is.
 * @throws {NoFarShell}
 */
export async function openFarShell({ argv, env, helloMs, signal, now }: FarShellOptions): Promise<FarShell> {
  const word = randomBytes(16).toString('hex');
  const hello = new Map<string, string>();
  const pending = new Map<number, Pending>();
  let nextId = 1;
  let lost: string | undefined;
  // Something there could not be ended; the shell looks for it in the end.
  let hasLeftBehind = false;
  let greet: (problem?: string) => void = () => {};
  const greeted = new Promise<string | undefined>((resolve) => {
    greet = resolve;
  });
  const loseAll = (why: string): void => {
    lost ??= why;
    for (const { settle } of [...pending.values()]) settle({ ...nothing, status: 'failed', reason: lost });
    greet(why);
  };
  const reader = createFrameReader(word, {
    onHello: (name, value) => {
      if (hello.size < 32) hello.set(name, value);
      if (name === 'ready') greet();
    },
    onStarted: (id, pid) => {
      const each = pending.get(id);
      if (each === undefined) return;
      each.pid = pid;
      if (each.stopped !== undefined) endGroup(each);
    },
    limitOf: (id) => {
      const each = pending.get(id);
      return each && Math.ceil((each.options.maxBytes + maxErrorBytes + 1024) * wireFactor);
    },
    onEnded: (id, body) => {
      const each = pending.get(id);
      each?.settle(readBody(body, each, hello));
    },
    onBroken: (problem) => {
      loseAll(problem);
      talk.kill();
    },
  });
  const talk = startConversation(argv, { env, onOutput: reader.push });
  void talk.ended.then((end) => loseAll(explainEnd(end)));
  const endGroup = ({ pid, timers }: Pending): void => {
    if (pid === undefined) return;
    talk.say(Buffer.from(`crd_kill TERM ${pid}\n`));
    timers.push(setTimeout(() => talk.say(Buffer.from(`crd_kill KILL ${pid}\n`)), termGraceMs));
  };
  const stop = (each: Pending, why: 'timeout' | 'abort'): void => {
    if (each.stopped !== undefined) return;
    each.stopped = why;
    endGroup(each);
    const giveUp = (): void => {
      hasLeftBehind = true;
      each.settle({ ...nothing, status: 'timed-out' });
    };
    each.timers.push(setTimeout(giveUp, termGraceMs + killGraceMs));
  };
  const onAbort = (): void => {
    for (const each of pending.values()) stop(each, 'abort');
    greet('interrupted');
  };
  signal?.addEventListener('abort', onAbort, { once: true });
  const close = async (): Promise<void> => {
    signal?.removeEventListener('abort', onAbort);
    if (pending.size === 0 && !hasLeftBehind) talk.say(Buffer.from('crd_bye\n'));
    talk.hangUp();
    const timer = setTimeout(() => talk.kill(), closeMs);
    await talk.ended;
    clearTimeout(timer);
  };
  talk.say(Buffer.from(writePrelude(word)));
  const late = setTimeout(() => greet(`no answer within ${helloMs} ms`), helloMs);
  const problem = signal?.aborted === true ? 'interrupted' : await greeted;
  clearTimeout(late);
  if (problem !== undefined) {
    const hasEnded = lost !== undefined && lost === problem;
    talk.kill();
    const end = await talk.ended;
    signal?.removeEventListener('abort', onAbort);
    throw new NoFarShell(problem, hasEnded ? end : undefined);
  }
  return {
    hello,
    lost: () => lost,
    close,
    run: (words, options) =>
      new Promise((resolve) => {
        const startedAt = now();
        const id = nextId++;
        const timers: NodeJS.Timeout[] = [];
        const settle: Pending['settle'] = (result) => {
          pending.delete(id);
          for (const timer of timers) clearTimeout(timer);
          resolve({ ...result, startedAt, durationMs: Math.max(0, now().getTime() - startedAt.getTime()) });
        };
        const each: Pending = { options, startedAt, pid: undefined, stopped: undefined, timers, settle };
        if (lost !== undefined) {
          settle({ ...nothing, status: 'failed', reason: lost });
          return;
        }
        if (signal?.aborted === true) {
          settle({ ...nothing, status: 'timed-out' });
          return;
        }
        pending.set(id, each);
        timers.push(setTimeout(() => stop(each, 'timeout'), options.timeoutMs));
        talk.say(writeCall(id, words, options, hello));
      }),
  };
}

function writeCall(
  id: number,
  words: readonly (string | Buffer)[],
  { keep, maxBytes }: FarRunOptions,
  hello: FarHello,
): Buffer {
  const isPacked = maxBytes >= packedFromBytes && (hello.get('packing') ?? '') !== '';
  // A byte more, to see whether there is more.
  const head = `crd_run ${id} ${keep} ${maxBytes + 1} ${isPacked ? 'gz' : '-'}`;
  const quoted = words.flatMap((word) => [Buffer.from(' '), quoteWord(word)]);
  return Buffer.concat([Buffer.from(head), ...quoted, Buffer.from(' &\n')]);
}

type Told = Omit<RunResult, 'startedAt' | 'durationMs'>;

/** `STATUS`, standard output, a dot, standard error. */
function readBody(body: Buffer, { options, stopped }: Pending, hello: FarHello): Told {
  const text = body.toString('latin1');
  const first = text.indexOf('\n');
  const statusText = first < 0 ? text : text.slice(0, first);
  // Neither encoding has one; what is empty behind it has left no line break.
  const dot = text.indexOf('.', Math.max(0, first));
  const code = /^\d{1,3}$/.test(statusText) ? Number(statusText) : undefined;
  if (code === undefined) return { ...nothing, status: 'failed', reason: 'the answer of the other host is damaged' };
  if (first < 0) return { ...nothing, status: code === 127 ? 'absent' : 'denied', reason: 'it cannot be run' };
  const outText = text.slice(first + 1, dot < 0 ? undefined : dot);
  const errText = dot < 0 ? '' : text.slice(dot + 1);
  try {
    const isPacked = options.maxBytes >= packedFromBytes && (hello.get('packing') ?? '') !== '';
    const decoded = decode(outText, hello);
    const all = isPacked && decoded.length > 0 ? unpack(decoded, options.maxBytes + 1) : decoded;
    const truncated = all.length > options.maxBytes;
    const stdout = !truncated
      ? all
      : options.keep === 'head'
        ? all.subarray(0, options.maxBytes)
        : all.subarray(all.length - options.maxBytes);
    const stderr = decode(errText, hello);
    return { ...endingOf(code, stopped, truncated && options.keep === 'head'), stdout, stderr, truncated };
  } catch (error) {
    const reason = `the answer of the other host is damaged: ${error instanceof Error ? error.message : 'unknown'}`;
    return { ...nothing, status: 'failed', reason };
  }
}

function endingOf(
  code: number,
  stopped: Pending['stopped'],
  isCut: boolean,
): Pick<RunResult, 'status' | 'exitStatus' | 'signal' | 'reason'> {
  const signal = code > 128 ? signalNames[code - 128] : undefined;
  const ending = { exitStatus: signal === undefined ? code : undefined, signal, reason: undefined };
  if (stopped !== undefined) return { ...ending, status: 'timed-out' };
  return { ...ending, status: code === 0 || isCut ? 'ok' : 'failed' };
}

/** A shell tells of a signal as 128 and its number; those that end programs in practice. */
const signalNames: Readonly<Record<number, string>> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  3: 'SIGQUIT',
  4: 'SIGILL',
  6: 'SIGABRT',
  7: 'SIGBUS',
  8: 'SIGFPE',
  9: 'SIGKILL',
  11: 'SIGSEGV',
  13: 'SIGPIPE',
  15: 'SIGTERM',
};

/** @throws Error for anything but what it should be */
function decode(text: string, hello: FarHello): Buffer {
  const plain = text.replaceAll(/\s+/g, '');
  const encoding = hello.get('encoding') === 'od' ? 'hex' : 'base64';
  const isRight = encoding === 'hex' ? /^(?:[0-9a-f]{2})*$/.test(plain) : /^[A-Za-z0-9+/]*={0,2}$/.test(plain);
  if (!isRight) throw new Error(`this is no ${encoding}`);
  return Buffer.from(plain, encoding);
}

/** Small input may be much output, so the end of what is wanted is the end of unpacking. */
function unpack(packed: Buffer, maxOutputLength: number): Buffer {
  try {
    return gunzipSync(packed, { maxOutputLength });
  } catch (error) {
    throw new Error(error instanceof RangeError ? 'it holds more than was asked for' : 'it cannot be unpacked', {
      cause: error,
    });
  }
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
