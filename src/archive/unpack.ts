/** Gives the plain bytes of a tar archive, packed with gzip or not, and ends when there are too many. */

import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { createGunzip, constants as zlib } from 'node:zlib';

import { UserError } from '../errors.js';

/** How an archive is packed. */
export type ArchiveForm = 'tar' | 'gzip';

/** Past the first of these bytes, what unpacks to more than so many times its size is no log. */
const bomb = { afterBytes: 256 * 1024 ** 2, maxRatio: 200 };
/** One read. Gzip packs at most 1032 to 1, so what one read unpacks to stays below 34 MB. */
const readBytes = 32 * 1024;
const sniffedBytes = 4096;

/**
 * How the file is packed, undefined when it is no tar archive: by the mark `ustar` in its first
 * header, which every tar program since 1988 writes. Throws what opening a file throws.
 */
export async function sniffArchive(path: string): Promise<ArchiveForm | undefined> {
  const file = await openRegular(path);
  if (file === undefined) return undefined;
  try {
    const head = Buffer.alloc(sniffedBytes);
    const { bytesRead } = await file.read(head, 0, sniffedBytes, 0);
    const bytes = head.subarray(0, bytesRead);
    if (hasTarMark(bytes)) return 'tar';
    return isGzip(bytes) && hasTarMark(await unpackHead(path, bytes)) ? 'gzip' : undefined;
  } finally {
    await file.close();
  }
}

function isGzip(bytes: Buffer): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

function hasTarMark(bytes: Buffer): boolean {
  return bytes.toString('latin1', 257, 262) === 'ustar';
}

/** As much as can be unpacked, however it ends. */
async function unpackHead(path: string, bytes: Buffer): Promise<Buffer> {
  async function* packed(): AsyncGenerator<Buffer> {
    yield await Promise.resolve(bytes);
  }
  const pieces: Buffer[] = [];
  try {
    for await (const piece of gunzip(path, packed())) pieces.push(piece);
  } catch {
    // Damaged further behind, or by its first bytes no gzip at all: what came out tells.
  }
  return Buffer.concat(pieces);
}

/** Undefined for what is no regular file; a fifo or a device is not waited for. */
async function openRegular(path: string): Promise<FileHandle | undefined> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  const isRegular = await file.stat().then((found) => found.isFile());
  if (isRegular) return file;
  await file.close();
  return undefined;
}

/**
 * The plain bytes. An archive that was cut off just ends; one that is damaged gives what was before
 * the damage, then throws an Error.
 * @throws {UserError} it unpacks to more than a report ever would
 */
export async function* unpack(path: string, form: ArchiveForm, maxBytes: number): AsyncGenerator<Buffer> {
  const file = await openRegular(path);
  if (file === undefined) throw new UserError(`${path} is no regular file`);
  try {
    const packed = readPieces(file);
    let total = 0;
    for await (const chunk of form === 'gzip' ? gunzip(path, packed) : packed) {
      total += chunk.length;
      if (total > maxBytes) throw tooLarge(path, maxBytes);
      yield chunk;
    }
  } finally {
    await file.close();
  }
}

/** What is said of an archive whose contents are too large, whoever notices it. */
export function tooLarge(path: string, maxBytes: number): UserError {
  return new UserError(`${path} is not read: it unpacks to more than ${maxBytes / 1024 ** 3} GiB`);
}

async function* readPieces(file: FileHandle): AsyncGenerator<Buffer> {
  const { size } = await file.stat();
  for (let position = 0; ;) {
    const length = pieceLength(size - position);
    // A new buffer each time: parts of it are kept by whoever reads.
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(length), 0, length, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

/**
 * Smaller towards the end: of the piece in which gzip finds an error, zlib hands out nothing, and the end
 * is where the manifest lies and where a wrong checksum and what was appended are found.
 */
function pieceLength(left: number): number {
  if (left > 2 * readBytes) return readBytes;
  return left > 1024 ? 1024 : 4;
}

/**
 * Fed by hand, piece by piece: a piped stream that breaks throws away what it had unpacked, and that
 * may be the last whole file.
 */
async function* gunzip(path: string, packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  // With this flush the end of what there is counts as the end; the tar inside tells whether it is.
  const stream = createGunzip({ finishFlush: zlib.Z_SYNC_FLUSH, chunkSize: 256 * 1024 });
  let unpacked: Buffer[] = [];
  const state: { error?: Error; input: number; output: number } = { input: 0, output: 0 };
  stream.on('data', (chunk: Buffer) => {
    unpacked.push(chunk);
    state.output += chunk.length;
  });
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
      state.input += piece.length;
      await Promise.race([new Promise<void>((resolve) => stream.write(piece, () => resolve())), broken]);
      yield* take();
      if (state.error !== undefined) throw state.error;
      if (state.output > bomb.afterBytes && state.output > state.input * bomb.maxRatio) {
        throw new UserError(`${path} is not read: it unpacks to more than ${bomb.maxRatio} times its size`);
      }
    }
    await Promise.race([new Promise<void>((resolve) => stream.once('end', resolve).end()), broken]);
    yield* take();
    if (state.error !== undefined) throw state.error;
  } finally {
    stream.destroy();
  }
}
