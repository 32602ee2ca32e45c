/** Unpacks xz, as sos writes its archives. */

import type { UnderlyingSource } from 'node:stream/web';

import xz from 'xz-decompress';

/**
 * Holds one piece of the output at a time, however much it unpacks to. The library reads one stream after
 * the other: a second one waits until the first was read to its end or given up.
 */
export async function* unpackXz(packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const pieces = packed[Symbol.asyncIterator]();
  const failure: { ofInput?: Error } = {};
  const source: UnderlyingSource<Uint8Array> = {
    async pull(controller) {
      try {
        const next = await pieces.next();
        if (next.done === true) controller.close();
        else controller.enqueue(next.value);
      } catch (error) {
        failure.ofInput = error instanceof Error ? error : new Error(String(error));
        controller.error(error);
      }
    },
    async cancel() {
      await pieces.return?.();
    },
  };
  // Nothing is asked for ahead: whoever reads files uses the memory again.
  const input = new ReadableStream(source, { highWaterMark: 0 });
  try {
    for await (const piece of new xz.XzReadableStream(input)) {
      yield Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    }
  } catch (error) {
    throw failure.ofInput ?? explain(error);
  } finally {
    await pieces.return?.();
  }
}

/** xz_ret of xz-embedded (linux/include/linux/xz.h). */
const reasons: Readonly<Record<string, string>> = {
  3: 'it takes too much memory to unpack',
  4: 'it takes too much memory to unpack',
  5: 'what follows its end is no xz',
  6: 'it uses options of xz that are not known here',
  7: 'its data are damaged',
};

function explain(error: unknown): Error {
  const code = error instanceof Error ? /error code (\d+)$/.exec(error.message)?.[1] : undefined;
  return new Error(reasons[code ?? ''] ?? 'the xz data stop before their end');
}
