/** Walks through the entries of a zip archive, without ever holding more than a piece of one. */

import { openPromise, getFileNameLowLevel, type Entry, type ZipFile } from 'yauzl';

import { tooMany, type RawEntry, type WalkLimits } from './entries.js';
import { tooLarge } from './unpack.js';

/** Type of the file in the upper half of the attributes that zip programs of Unix write (stat.h). */
const fileTypes: Readonly<Record<number, string>> = {
  0o12: 'symlink',
  0o04: 'directory',
  0o10: 'file',
  0: 'file',
  0o01: 'fifo',
  0o02: 'character-device',
  0o06: 'block-device',
};
const pieceBytes = 256 * 1024;
/** Info-ZIP's time stamp in UTC; the one of DOS does not say in which zone it is. */
const timeField = 0x5455;

/**
 * Gives the entries by the table at the end. Throws an Error where the archive is damaged; without its
 * end nothing of it can be read.
 * @throws {UserError} there is more in it than the limits allow
 */
export async function* walkZip(path: string, limits: WalkLimits): AsyncGenerator<RawEntry> {
  const zip = await openZip(path);
  // An error without a listener would end the program; whoever walks gets it from the iteration.
  zip.on('error', () => {});
  let position = 0;
  let declared = 0;
  try {
    for await (const entry of zip.eachEntry()) {
      limits.signal?.throwIfAborted();
      declared += entry.uncompressedSize;
      if (declared > limits.maxTotalBytes) throw tooLarge(path, limits.maxTotalBytes);
      if (position >= limits.maxEntries) throw tooMany(path, limits.maxEntries);
      yield toRaw(zip, entry, position, limits.signal);
      position += 1;
    }
  } finally {
    zip.close();
  }
}

/** Names are decoded here and judged by whoever walks: the library would end at the first odd one. */
async function openZip(path: string): Promise<ZipFile> {
  try {
    return await openPromise(path, { autoClose: false, decodeStrings: false, validateEntrySizes: true });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (/End of Central Directory/i.test(reason)) {
      throw new Error('the zip is cut off: its table of contents, which stands at its end, is missing', {
        cause: error,
      });
    }
    throw error;
  }
}

function toRaw(zip: ZipFile, entry: Entry, position: number, signal: AbortSignal | undefined): RawEntry {
  const name = getFileNameLowLevel(entry.generalPurposeBitFlag, entry.fileNameRaw, entry.extraFields, false);
  const mode = (entry.externalFileAttributes >>> 28) & 0xf;
  const isUnix = entry.versionMadeBy >>> 8 === 3;
  const type = name.endsWith('/') ? 'directory' : (fileTypes[isUnix ? mode : 0] ?? null);
  const refusal = refusalOf(entry);
  return {
    position,
    name,
    type,
    bytes: entry.uncompressedSize,
    ...(entry.extraFields.some(({ id }) => id === timeField) && { modifiedMs: entry.getLastModDate().getTime() }),
    ...(refusal !== undefined && { refusal }),
    content: readContent(zip, entry, signal),
  };
}

function refusalOf(entry: Entry): string | undefined {
  if (entry.isEncrypted()) return 'it is encrypted; unpack it with its password first';
  if (entry.canDecodeFileData()) return undefined;
  return `it is packed in a way that is not known here (method ${entry.compressionMethod})`;
}

async function* readContent(zip: ZipFile, entry: Entry, signal: AbortSignal | undefined): AsyncGenerator<Buffer> {
  const stream = await zip.openReadStreamPromise(entry);
  const pieces: AsyncIterable<unknown> = stream;
  // The library hands out 16 KB; every piece has its price on its way.
  let ready: Uint8Array[] = [];
  let length = 0;
  for await (const piece of pieces) {
    signal?.throwIfAborted();
    if (!(piece instanceof Uint8Array)) continue;
    ready.push(piece);
    length += piece.length;
    if (length < pieceBytes) continue;
    yield Buffer.concat(ready);
    ready = [];
    length = 0;
  }
  if (length > 0) yield Buffer.concat(ready);
}
