/** Unpacks bzip2, as old logs and archives of old distributions are packed. */

import unbzip2 from 'unbzip2-stream';

/** 45 bytes of bzip2 can stand for a block of 900 KB. */
const pieceBytes = 1024;

/** Streams may follow each other, as pbzip2 writes them. */
export async function* unpackBzip2(packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const stream = unbzip2();
  let ready: Buffer[] = [];
  const state: { damage?: Error } = {};
  stream.on('data', (piece: Buffer) => ready.push(piece));
  stream.on('error', (error: Error) => {
    // Of what does not end the library reads bytes that are not there.
    const isShort = error instanceof TypeError || error.message.includes('prematurely');
    state.damage ??= new Error(isShort ? 'the bzip2 data stop before their end' : 'its data are damaged');
  });
  const take = (): Buffer[] => {
    const taken = ready;
    ready = [];
    return taken;
  };
  for await (const piece of packed) {
    for (let at = 0; at < piece.length; at += pieceBytes) {
      // Copied: the library keeps what it is given until a whole block is there.
      stream.write(Buffer.from(piece.subarray(at, at + pieceBytes)));
      yield* take();
      if (state.damage !== undefined) throw state.damage;
    }
  }
  stream.end();
  yield* take();
  if (state.damage !== undefined) throw state.damage;
}
