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
  const aborted = rejectOn(signal);
  const chunks = input.open()[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await Promise.race([chunks.next(), aborted.promise]);
      if (next.done === true) break;
      yield next.value;
    }
    status = 'ok';
  } finally {
    aborted.forget();
    const closed = chunks.return?.();
    // What waits for more, as a pipe does, would not close before that comes.
    if (signal.aborted) closed?.catch(() => {});
    else await closed;
    onProgress({ type: 'ended', step, status, durationMs: now().getTime() - begin });
  }
}

function rejectOn(signal: AbortSignal): { readonly promise: Promise<never>; readonly forget: () => void } {
  let onAbort = (): void => {};
  const promise = new Promise<never>((_, reject) => {
    onAbort = () => reject(new Error('reading it took longer than allowed'));
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
  promise.catch(() => {});
  return { promise, forget: () => signal.removeEventListener('abort', onAbort) };
}
