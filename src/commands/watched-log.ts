/** A log whose reading is told as progress and ends when the user or the clock wants it to. */

import type { ProgressSink } from '../progress/progress.js';
import type { LogInput } from '../source/log-files.js';

export interface Watch {
  readonly signal: AbortSignal;
  readonly onProgress: ProgressSink;
  readonly now: () => Date;
}

/** The same log; its reading throws an Error when the signal comes, even while it waits for more. */
export function watchLog(input: LogInput, watch: Watch): LogInput {
  return { ...input, open: () => readWatched(input, watch) };
}

async function* readWatched(input: LogInput, { signal, onProgress, now }: Watch): AsyncIterable<Buffer> {
  const step = `reading ${input.name}`;
  const begin = now().getTime();
  let status = 'failed';
  onProgress({ type: 'started', step });
  const chunks = input.open()[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await orAbort(chunks.next(), signal);
      if (next.done === true) break;
      yield next.value;
    }
    status = 'ok';
  } finally {
    const closed = chunks.return?.();
    // What waits for more, as a pipe does, would not close before that comes.
    if (signal.aborted) closed?.catch(() => {});
    else await closed;
    onProgress({ type: 'ended', step, status, durationMs: now().getTime() - begin });
  }
}

/**
 * Not a race with one promise for the whole log: that one would keep every chunk that ever won, and so the
 * log, in memory.
 */
async function orAbort<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> {
  let onAbort = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(new Error('reading it took longer than allowed'));
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
