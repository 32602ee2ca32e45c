/** Reads what another program writes into a pipe that has a path: `<(COMMAND)` in a shell, or a fifo. */

import { constants, openSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Socket } from 'node:net';

import { decodeLog } from './log-decode.js';
import type { LogInput } from './log-files.js';
import { explainPath } from './log-stream.js';

export interface PipeLimits {
  /** More than this is not read. */
  readonly maxBytes: number;
  /** Aborts when nobody wants to wait any longer. */
  readonly signal: AbortSignal;
}

/** `reason`: one clause. */
export interface Cut {
  readonly status: 'truncated' | 'timed-out';
  readonly reason: string;
}

/** A pipe, and why it was not read to its end. */
export interface PipeInput extends LogInput {
  /** Undefined when it ended by itself. */
  cut(): Cut | undefined;
}

/** True for a pipe, of which nothing is taken by asking. Throws what looking at a path throws. */
export async function isPipe(path: string): Promise<boolean> {
  return (await stat(path)).isFIFO();
}

/** The pipe at a path; as long as nobody has written to a fifo, its writer is waited for. */
export function openPipe(path: string, limits: PipeLimits): PipeInput {
  let cut: Cut | undefined;
  const onCut = (found: Cut): void => void (cut ??= found);
  return { name: path, open: () => decodeLog(path, readPipe(path, limits, onCut)), cut: () => cut };
}

/** Does not wait for a writer. */
function openEnd(path: string): number {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    throw explainPath(error, path);
  }
}

/** Through a socket, because a read of a file would hold a thread until somebody writes. */
async function* readPipe(
  path: string,
  { maxBytes, signal }: PipeLimits,
  onCut: (cut: Cut) => void,
): AsyncGenerator<Buffer> {
  const pipe = new Socket({ fd: openEnd(path), readable: true, writable: false });
  const stop = (): void => {
    onCut({ status: 'timed-out', reason: 'it had not ended when the time allowed was over' });
    pipe.destroy();
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    if (signal.aborted) stop();
    let total = 0;
    for await (const chunk of pipe as AsyncIterable<Buffer>) {
      yield chunk;
      total += chunk.length;
      if (total < maxBytes) continue;
      onCut({ status: 'truncated', reason: `more than ${maxBytes / 1024 ** 2} MiB were written to it` });
      return;
    }
  } catch (error) {
    if (!signal.aborted) throw explainPath(error, path);
  } finally {
    signal.removeEventListener('abort', stop);
    pipe.destroy();
  }
}
