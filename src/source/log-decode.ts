/** Makes plain UTF-8 out of the bytes of a log: unpacks gzip, converts UTF-16, refuses what is no text. */

import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

import { UserError } from '../errors.js';

/** Unpacked bytes after which a packed log is cut off: an honest log of 5 GB fits, a bomb ends. */
const maxUnpackedBytes = 20 * 1024 ** 3;
/** Bytes at the beginning by which text is told from other data. */
const sniffedBytes = 8192;
/** Share of control characters above which it is no text; random bytes have a ninth. */
const maxControlShare = 0.05;

/** Formats that people hand over, by their first bytes, and what to do about them. */
const formats: readonly { readonly magic: readonly number[]; readonly name: string; readonly hint: string }[] = [
  { magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a], name: 'an xz archive', hint: 'Unpack it first: xz -dk FILE.' },
  { magic: [0x28, 0xb5, 0x2f, 0xfd], name: 'a zstd archive', hint: 'Unpack it first: zstd -dk FILE.' },
  { magic: [0x42, 0x5a, 0x68], name: 'a bzip2 archive', hint: 'Unpack it first: bzip2 -dk FILE.' },
  { magic: [0x50, 0x4b, 0x03, 0x04], name: 'a zip archive', hint: 'Unpack it first and name the directory.' },
];

const startsWith = (bytes: Buffer, magic: readonly number[]): boolean =>
  magic.every((byte, index) => bytes[index] === byte);

const isTar = (bytes: Buffer): boolean => bytes.toString('latin1', 257, 262) === 'ustar';

const controlShare = (bytes: Buffer): number => {
  const sniffed = bytes.subarray(0, sniffedBytes);
  const isText = (byte: number): boolean => byte >= 0x20 || (byte >= 0x09 && byte <= 0x0d) || byte === 0x1b;
  return sniffed.length === 0 ? 0 : sniffed.filter((byte) => !isText(byte)).length / sniffed.length;
};

/** First bytes of a stream together with the whole of it. */
const peek = async (
  bytes: AsyncIterable<Buffer>,
): Promise<{ readonly head: Buffer; readonly all: () => AsyncIterable<Buffer> }> => {
  const chunks = bytes[Symbol.asyncIterator]();
  let head: Buffer = Buffer.alloc(0);
  let isDone = false;
  while (!isDone && head.length < 512) {
    const next = await chunks.next();
    isDone = next.done === true;
    if (!next.done) head = head.length === 0 ? next.value : Buffer.concat([head, next.value]);
  }
  async function* all(): AsyncIterable<Buffer> {
    try {
      if (head.length > 0) yield head;
      while (!isDone) {
        const next = await chunks.next();
        if (next.done === true) return;
        yield next.value;
      }
    } finally {
      await chunks.return?.();
    }
  }
  return { head, all };
};

async function* limit(bytes: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  let total = 0;
  for await (const chunk of bytes) {
    total += chunk.length;
    if (total > maxUnpackedBytes) throw new Error('it unpacks to more than 20 GiB; the rest was left out');
    yield chunk;
  }
}

/** Copies, for a reader that asks for the next chunk before it is done with this one. */
async function* copied(bytes: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  for await (const chunk of bytes) yield Buffer.from(chunk);
}

const gunzip = (bytes: AsyncIterable<Buffer>): AsyncIterable<Buffer> => {
  const source = Readable.from(copied(bytes));
  const unpacked = createGunzip({ chunkSize: 512 * 1024 });
  source.on('error', (error) => unpacked.destroy(error));
  return limit(source.pipe(unpacked));
};

async function* fromUtf16(bytes: AsyncIterable<Buffer>, encoding: 'utf-16le' | 'utf-16be'): AsyncIterable<Buffer> {
  const decoder = new TextDecoder(encoding);
  for await (const chunk of bytes) yield Buffer.from(decoder.decode(chunk, { stream: true }));
}

const refuseOtherData = (name: string, head: Buffer): void => {
  const format = formats.find(({ magic }) => startsWith(head, magic));
  if (format !== undefined) throw new UserError(`${name}: is ${format.name}, not a log`, { hint: format.hint });
  if (isTar(head))
    throw new UserError(`${name}: is a tar archive, not a log`, { hint: 'Unpack it first and name the directory.' });
  if (controlShare(head) > maxControlShare) {
    throw new UserError(`${name}: is no text, so it is no log`, {
      hint: 'Images of CRIU (*.img) are no logs; dump.log and restore.log beside them are.',
    });
  }
};

/**
 * Yields the log as UTF-8. Gzip and UTF-16 are told by their first bytes.
 * Throws a UserError when it is no text, and an Error when a packed log is damaged or endless.
 */
export async function* decodeLog(name: string, bytes: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  const { head, all } = await peek(bytes);
  if (head[0] === 0x1f && head[1] === 0x8b) {
    const unpacked = await peek(gunzip(all()));
    refuseOtherData(name, unpacked.head);
    yield* unpacked.all();
    return;
  }
  if (head[0] === 0xff && head[1] === 0xfe) yield* fromUtf16(all(), 'utf-16le');
  else if (head[0] === 0xfe && head[1] === 0xff) yield* fromUtf16(all(), 'utf-16be');
  else {
    refuseOtherData(name, head);
    yield* all();
  }
}
