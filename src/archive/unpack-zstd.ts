/** Unpacks zstd, as podman writes its checkpoints. */

import { Decompress } from 'fzstd';

/** One byte of a block can stand for 32 KB (RFC 8878, 3.1.1.2.2: four bytes for a block of 128 KB). */
const pieceBytes = 1024;

/** Frames may follow each other. The checksum of a frame is not compared. */
export async function* unpackZstd(packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let ready: Buffer[] = [];
  const stream = new Decompress((piece) => {
    if (piece.length > 0) ready.push(Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength));
  });
  const take = (): Buffer[] => {
    const taken = ready;
    ready = [];
    return taken;
  };
  const push = (piece: Uint8Array, isLast: boolean): Error | undefined => {
    try {
      stream.push(piece, isLast);
      return undefined;
    } catch (error) {
      return explain(error);
    }
  };
  for await (const piece of packed) {
    for (let at = 0; at < piece.length; at += pieceBytes) {
      // Copied: the library keeps what it cannot use yet, and whoever reads files uses the memory again.
      const damage = push(Buffer.from(piece.subarray(at, at + pieceBytes)), false);
      yield* take();
      if (damage !== undefined) throw damage;
    }
  }
  const damage = push(new Uint8Array(0), true);
  yield* take();
  if (damage !== undefined) throw damage;
}

function explain(error: unknown): Error {
  const reason = error instanceof Error ? error.message : '';
  if (reason === 'unexpected EOF') return new Error('the zstd data stop before their end');
  return new Error(reason.startsWith('window size') ? 'it takes too much memory to unpack' : 'its data are damaged');
}
