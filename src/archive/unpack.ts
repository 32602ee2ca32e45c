/** Tells archives by how they begin, gives the plain bytes of one, and ends when there are too many. */

import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';

import { UserError } from '../errors.js';
import { isZip, packingOf, unpackPieces, type Packing } from './packing.js';

/** What an archive is, and how it is packed as a whole (a zip packs each file by itself). */
export interface ArchiveForm {
  readonly container: 'tar' | 'zip';
  readonly packing: Packing;
}

/** Past the first of these bytes, what unpacks to more than so many times its size is no log. */
const bombAfterBytes = 256 * 1024 ** 2;
const maxRatios: Readonly<Record<Packing, number>> = { none: 2, gzip: 200, xz: 2000, zstd: 2000, bzip2: 2000 };
/** One read. Gzip packs at most 1032 to 1, so what one read unpacks to stays below 34 MB. */
const readBytes = 32 * 1024;
const sniffedBytes = 4096;
/** Bytes that hold the first block, without which nothing can be unpacked: 128 KB for zstd, 900 for bzip2. */
const firstBlockBytes: Readonly<Record<Packing, number>> = {
  none: sniffedBytes,
  gzip: sniffedBytes,
  xz: 64 * 1024,
  zstd: 256 * 1024,
  bzip2: 1024 * 1024,
};

/** Bytes by which any archive can be told. */
export const maxSniffedBytes = firstBlockBytes.bzip2;

/**
 * What kind of archive the file is, undefined when it is none. A tar archive is told by the mark `ustar`
 * in its first header, which every tar program since 1988 writes. Throws what opening a file throws.
 */
export async function sniffArchive(path: string): Promise<ArchiveForm | undefined> {
  const file = await openRegular(path);
  if (file === undefined) return undefined;
  try {
    const read = async (length: number): Promise<Buffer> => {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, 0);
      return buffer.subarray(0, bytesRead);
    };
    const head = await read(sniffedBytes);
    const packing = packingOf(head);
    return await sniffHead(firstBlockBytes[packing] > head.length ? await read(firstBlockBytes[packing]) : head);
  } finally {
    await file.close();
  }
}

/** The same for bytes in memory, at best {@link maxSniffedBytes} of them. */
export async function sniffHead(head: Buffer): Promise<ArchiveForm | undefined> {
  if (isZip(head)) return { container: 'zip', packing: 'none' };
  const packing = packingOf(head);
  const plain = packing === 'none' ? head : await unpackHead(packing, head);
  return hasTarMark(plain) ? { container: 'tar', packing } : undefined;
}

/** Whether the plain bytes are those of a tar archive. */
export function hasTarMark(bytes: Buffer): boolean {
  return bytes.toString('latin1', 257, 262) === 'ustar';
}

/** The first header, as far as it can be unpacked, however it ends. */
async function unpackHead(packing: Packing, bytes: Buffer): Promise<Buffer> {
  async function* packed(): AsyncGenerator<Buffer> {
    yield await Promise.resolve(bytes);
  }
  const pieces: Buffer[] = [];
  let length = 0;
  try {
    for await (const piece of unpackPieces(packing, packed())) {
      pieces.push(piece);
      length += piece.length;
      if (length >= 512) break;
    }
  } catch {
    // Damaged further behind, or by its first bytes not packed at all: what came out tells.
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
 * The plain bytes of a tar archive. One that was cut off just ends or throws an Error, one that is damaged
 * gives what was before the damage, then throws an Error.
 * @throws {UserError} it unpacks to more than is taken
 */
export async function* unpack(path: string, packing: Packing, maxBytes: number): AsyncGenerator<Buffer> {
  const file = await openRegular(path);
  if (file === undefined) throw new UserError(`${path} is no regular file`);
  const count = { input: 0, output: 0 };
  try {
    for await (const chunk of unpackPieces(packing, readPieces(file, count))) {
      count.output += chunk.length;
      if (count.output > maxBytes) throw tooLarge(path, maxBytes);
      if (count.output > bombAfterBytes && count.output > count.input * maxRatios[packing]) {
        throw new UserError(`${path} is not read: it unpacks to more than ${maxRatios[packing]} times its size`);
      }
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

async function* readPieces(file: FileHandle, count: { input: number }): AsyncGenerator<Buffer> {
  const { size } = await file.stat();
  for (let position = 0; ;) {
    const length = pieceLength(size - position);
    // A new buffer each time: parts of it are kept by whoever reads.
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(length), 0, length, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    count.input = position;
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
