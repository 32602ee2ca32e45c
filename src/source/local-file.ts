/** Reads files of this machine with limits on size and time, never waiting for a fifo, a device or a dead mount. */

import { constants } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

import { keepOutput, type KeepEnd, type KeptOutput } from '../process/kept-output.js';
import { answerForError, answerWithin, type Answer } from './evidence.js';

export interface ReadLimits {
  readonly maxBytes: number;
  readonly keep: KeepEnd;
  readonly limitMs: number;
}

const chunkBytes = 65_536;

/** Contents of one file; a gzipped one, by its magic, is unpacked. */
export function readFileBounded(path: string, limits: ReadLimits): Promise<Answer> {
  return answerWithin(path, limits.limitMs, async () => {
    try {
      return await readChecked(path, limits);
    } catch (error) {
      return answerForError(path, error);
    }
  });
}

async function readChecked(path: string, limits: ReadLimits): Promise<Answer> {
  // Before opening: merely opening some devices does something (a watchdog starts to run).
  if (!(await stat(path)).isFile()) return { origin: path, status: 'failed', reason: 'not a regular file' };
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  try {
    // Again, because another file may have taken the name meanwhile.
    const { size } = await file.stat().then((found) => (found.isFile() ? found : { size: -1 }));
    if (size < 0) return { origin: path, status: 'failed', reason: 'not a regular file' };
    return await readOpened(path, file, size, limits);
  } finally {
    await file.close();
  }
}

async function readOpened(path: string, file: FileHandle, size: number, limits: ReadLimits): Promise<Answer> {
  const magic = Buffer.alloc(2);
  // A file of /proc has size 0 and is read from its beginning in one go; its first read gives the magic as well.
  const isGzip = (await file.read(magic, 0, 2, 0)).bytesRead === 2 && magic[0] === 0x1f && magic[1] === 0x8b;
  if (isGzip) return await unpackGzip(path, file.createReadStream({ start: 0, autoClose: false }), limits);
  const kept = keepOutput(limits.maxBytes, limits.keep);
  const start = limits.keep === 'tail' ? Math.max(0, size - limits.maxBytes) : 0;
  await readInto(file, start, (chunk) => kept.push(chunk) && limits.keep === 'head');
  return finish(path, kept, start > 0);
}

/** Reads to the end, or until `take` says that it has enough. */
async function readInto(file: FileHandle, start: number, take: (chunk: Buffer) => boolean): Promise<void> {
  const buffer = Buffer.alloc(chunkBytes);
  for (let position = start; ;) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, position);
    if (bytesRead === 0 || take(buffer.subarray(0, bytesRead))) return;
    position += bytesRead;
  }
}

/** What is in a gzipped file, as far as that is wanted. */
export async function unpackGzip(
  path: string,
  packed: Readable,
  { maxBytes, keep }: Pick<ReadLimits, 'maxBytes' | 'keep'>,
): Promise<Answer> {
  const kept = keepOutput(maxBytes, keep);
  const plain = packed.pipe(createGunzip());
  packed.on('error', (error) => plain.destroy(error));
  try {
    for await (const chunk of plain as AsyncIterable<unknown>) {
      if (chunk instanceof Uint8Array && kept.push(chunk) && keep === 'head') break;
    }
  } catch (error) {
    const { reason = 'cannot be unpacked' } = answerForError(path, error);
    return { ...finish(path, kept, false), status: 'failed', reason };
  } finally {
    packed.destroy();
  }
  return finish(path, kept, false);
}

function finish(path: string, kept: KeptOutput, isCut: boolean): Answer {
  const truncated = isCut || kept.isTruncated();
  const answer: Answer = { origin: path, status: truncated ? 'truncated' : 'ok', content: kept.bytes() };
  return truncated ? { ...answer, reason: `longer than ${kept.bytes().length} bytes` } : answer;
}
