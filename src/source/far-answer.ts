/** Reads what a far shell tells of a program that has ended. */

import { gunzipSync } from 'node:zlib';

import type { KeepEnd } from '../process/kept-output.js';
import type { RunResult } from '../process/run.js';

/** What the far side said of itself. Untrusted. */
export type FarHello = ReadonlyMap<string, string>;

export interface FarRunOptions {
  readonly timeoutMs: number;
  /** Of standard output. */
  readonly maxBytes: number;
  readonly keep: KeepEnd;
}

/** Why a program was ended before its time. */
export type StopReason = 'timeout' | 'abort' | undefined;

/** A result, but for when it was. */
export type FarAnswer = Omit<RunResult, 'startedAt' | 'durationMs'>;

/** The answer for a program of which nothing came back. */
export const noAnswer = {
  exitStatus: undefined,
  signal: undefined,
  stdout: Buffer.alloc(0),
  stderr: Buffer.alloc(0),
  truncated: false,
  reason: undefined,
} as const;

/** What is kept of standard error, see far-prelude.ts. */
const maxErrorBytes = 65_536;
/** Bytes that one byte may take on the wire: hexadecimal with blanks and line breaks. */
const wireFactor = 3.2;
/** Smaller outputs are not worth a process that packs them. */
const packedFromBytes = 64 * 1024;

/** The most that an honest answer can be long. */
export function maxAnswerBytes({ maxBytes }: FarRunOptions): number {
  return Math.ceil((maxBytes + maxErrorBytes + 1024) * wireFactor);
}

/** Whether standard output is to be packed on its way. */
export function isPackedAnswer({ maxBytes }: FarRunOptions, hello: FarHello): boolean {
  return maxBytes >= packedFromBytes && (hello.get('packing') ?? '') !== '';
}

/** `STATUS`, standard output, a dot, standard error. */
export function readFarAnswer(body: Buffer, options: FarRunOptions, stopped: StopReason, hello: FarHello): FarAnswer {
  const text = body.toString('latin1');
  const first = text.indexOf('\n');
  const statusText = first < 0 ? text : text.slice(0, first);
  // Neither encoding has one; what is empty behind it has left no line break.
  const dot = text.indexOf('.', Math.max(0, first));
  const code = /^\d{1,3}$/.test(statusText) ? Number(statusText) : undefined;
  if (code === undefined) return { ...noAnswer, status: 'failed', reason: 'the answer of the other host is damaged' };
  if (first < 0) return { ...noAnswer, status: code === 127 ? 'absent' : 'denied', reason: 'it cannot be run' };
  const outText = text.slice(first + 1, dot < 0 ? undefined : dot);
  const errText = dot < 0 ? '' : text.slice(dot + 1);
  try {
    const isPacked = isPackedAnswer(options, hello);
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
    return { ...noAnswer, status: 'failed', reason };
  }
}

function endingOf(
  code: number,
  stopped: StopReason,
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
