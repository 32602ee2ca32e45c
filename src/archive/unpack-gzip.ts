/** Unpacks gzip piece by piece, so that what precedes a damage is not lost. */

import { createGunzip, constants as zlib } from 'node:zlib';

/**
 * Fed by hand, piece by piece: a piped stream that breaks throws away what it had unpacked, and that
 * may be the last whole file. A stream that is cut off just ends.
 */
export async function* unpackGzip(packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  // With this flush the end of what there is counts as the end; the tar inside tells whether it is.
  const stream = createGunzip({ finishFlush: zlib.Z_SYNC_FLUSH, chunkSize: 256 * 1024 });
  let unpacked: Buffer[] = [];
  const state: { error?: Error } = {};
  stream.on('data', (chunk: Buffer) => unpacked.push(chunk));
  const broken = new Promise<void>((resolve) => {
    stream.on('error', (error) => {
      state.error = error;
      resolve();
    });
    stream.once('close', resolve);
  });
  const take = (): Buffer[] => {
    const taken = unpacked;
    unpacked = [];
    return taken;
  };
  try {
    for await (const piece of packed) {
      await Promise.race([new Promise<void>((resolve) => stream.write(piece, () => resolve())), broken]);
      yield* take();
      if (state.error !== undefined) throw state.error;
    }
    await Promise.race([new Promise<void>((resolve) => stream.once('end', resolve).end()), broken]);
    yield* take();
    if (state.error !== undefined) throw state.error;
  } finally {
    stream.destroy();
  }
}
