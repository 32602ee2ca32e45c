/** Makes plain UTF-8 out of the bytes of a log: unpacks it, converts UTF-16, refuses what is no text. */

import { once } from 'node:events';
import { createGunzip, type Gunzip } from 'node:zlib';

import { isZip, packingOf, unpackPieces, type Packing } from '../archive/packing.js';
import { UserError } from '../errors.js';
import { peek, type Peeked } from './peek.js';

/** Unpacked bytes after which a packed log is cut off: an honest log of 5 GB fits, a bomb ends. */
const maxUnpackedBytes = 20 * 1024 ** 3;
/** Packed bytes that are unpacked at a time, and lost when they are damaged; gzip makes at most a thousand out of one. */
const packedPieceBytes = 4 * 1024;
/** Bytes at the beginning by which text is told from other data. */
const sniffedBytes = 8192;
/** Share of control characters above which it is no text; random bytes have a ninth. */
const maxControlShare = 0.05;

/** What an archive lies in, is unpacked once and not again. */
const unpackFirst = { hint: 'Unpack it first and name the directory.' };

const isTar = (bytes: Buffer): boolean => bytes.toString('latin1', 257, 262) === 'ustar';

const controlShare = (bytes: Buffer): number => {
  const sniffed = bytes.subarray(0, sniffedBytes);
  const isText = (byte: number): boolean => byte >= 0x20 || (byte >= 0x09 && byte <= 0x0d) || byte === 0x1b;
  return sniffed.length === 0 ? 0 : sniffed.filter((byte) => !isText(byte)).length / sniffed.length;
};

async function* limit(bytes: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  let total = 0;
  for await (const chunk of bytes) {
    total += chunk.length;
    if (total > maxUnpackedBytes) throw new Error('it unpacks to more than 20 GiB; the rest was left out');
    yield chunk;
  }
}

/** Unpacks one piece, or ends with none; what came out of it has been emitted by then. */
const feed = async (unpacked: Gunzip, piece: Buffer | undefined): Promise<void> => {
  if (unpacked.errored !== null) throw unpacked.errored;
  if (piece === undefined) unpacked.end();
  else unpacked.write(piece, () => unpacked.emit(taken));
  // Rejects when the stream has an error instead.
  await once(unpacked, piece === undefined ? 'end' : taken);
};

const taken = Symbol('taken');

/**
 * Piece by piece, so that what precedes a damage is not lost, as it would be in a pipe, and a piece of a
 * bomb stays small.
 */
async function* gunzip(bytes: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  const unpacked = createGunzip({ chunkSize: 256 * 1024 });
  const ready: Buffer[] = [];
  unpacked.on('data', (chunk: Buffer) => ready.push(chunk));
  // Told to whoever feeds it; without a listener it would end the program when nobody does.
  unpacked.on('error', () => {});
  try {
    for await (const chunk of bytes) {
      for (let at = 0; at < chunk.length; at += packedPieceBytes) {
        await feed(unpacked, chunk.subarray(at, at + packedPieceBytes));
        yield* ready.splice(0);
      }
    }
    await feed(unpacked, undefined);
    yield* ready.splice(0);
  } finally {
    unpacked.destroy();
  }
}

async function* fromUtf16(bytes: AsyncIterable<Buffer>, encoding: 'utf-16le' | 'utf-16be'): AsyncIterable<Buffer> {
  const decoder = new TextDecoder(encoding);
  for await (const chunk of bytes) yield Buffer.from(decoder.decode(chunk, { stream: true }));
}

const refuseOtherData = (name: string, head: Buffer): void => {
  if (isZip(head)) throw new UserError(`${name}: is a zip archive, not a log`, unpackFirst);
  if (isTar(head)) throw new UserError(`${name}: is a tar archive, not a log`, unpackFirst);
  if (packingOf(head) !== 'none') throw new UserError(`${name}: is packed twice, so it is not read`, unpackFirst);
  if (controlShare(head) > maxControlShare) {
    throw new UserError(`${name}: is no text, so it is no log`, {
      hint: 'Images of CRIU (*.img) are no logs; dump.log and restore.log beside them are.',
    });
  }
};

async function* unpackLog(packing: Packing, bytes: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  if (packing === 'gzip') yield* gunzip(bytes);
  else yield* unpackPieces(packing, bytes);
}

/**
 * Yields the log as UTF-8. How it is packed and whether it is UTF-16 is told by its first bytes.
 * Throws a UserError when it is no text, and an Error when a packed log is damaged or endless.
 */
export async function* decodeLog(name: string, bytes: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  const packed = await peek(bytes);
  try {
    const packing = packingOf(packed.head);
    if (packing === 'none') yield* decodePeeked(name, packed);
    else yield* decodePlain(name, limit(unpackLog(packing, packed.all())));
  } finally {
    await packed.close();
  }
}

async function* decodePlain(name: string, bytes: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  const plain = await peek(bytes);
  try {
    yield* decodePeeked(name, plain);
  } finally {
    await plain.close();
  }
}

async function* decodePeeked(name: string, { head, all }: Peeked): AsyncIterable<Buffer> {
  if (head[0] === 0xff && head[1] === 0xfe) yield* fromUtf16(all(), 'utf-16le');
  else if (head[0] === 0xfe && head[1] === 0xff) yield* fromUtf16(all(), 'utf-16be');
  else {
    refuseOtherData(name, head);
    yield* all();
  }
}
