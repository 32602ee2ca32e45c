/** Streams the bytes of a file that is to be a log: regular files alone, in memory that is used again. */

import { constants, type Stats } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';

import { explainSystemError, UserError } from '../errors.js';

/** Large enough for speed, small enough for a bounded memory. */
const chunkBytes = 2 * 1024 * 1024;

/** A file with the name it is told by; a name that is no UTF-8 can be opened as bytes alone. */
export interface LogPath {
  readonly path: string | Buffer;
  /** As the user knows it. Untrusted. */
  readonly name: string;
  /** Found in a directory that the user named, so a link there is not followed. */
  readonly isInDirectory: boolean;
}

/** The error of the operating system in the words of somebody who named a log. */
export const explainPath = (error: unknown, name: string): unknown => {
  const sudo = 'Logs of engines belong to root: try sudo.';
  // Node decodes arguments as UTF-8 and puts U+FFFD where that fails.
  const bytes = 'The name is not UTF-8, so it cannot be given as an argument: name the directory instead.';
  const isMangled = name.includes('\uFFFD');
  return explainSystemError(error, name, {
    hints: { EACCES: sudo, EPERM: sudo, ...(isMangled && { ENOENT: bytes, ENOTDIR: bytes }) },
  });
};

/** What a file is, when it is none that can be read to its end. */
const kindOf = (status: Stats): string | undefined => {
  if (status.isFIFO()) return 'a fifo';
  if (status.isSocket()) return 'a socket';
  return status.isFile() ? undefined : 'a device';
};

/**
 * Refuses what would be read for ever, wait for a writer, or do something when it is opened.
 * @throws {UserError} it is no regular file
 */
export const refuseSpecialFile = (status: Stats, name: string): void => {
  const kind = kindOf(status);
  if (kind === undefined) return;
  const hint = 'What another program writes can be read from standard input: COMMAND | crdoctor triage -';
  throw new UserError(`${name}: is ${kind}, not a log`, kind === 'a fifo' ? { hint } : {});
};

/**
 * Chunks of an open file. Two buffers take turns, one being filled while the other is looked at, so a
 * chunk is good until the next but one is asked for: copying 5 GB into new memory costs more than reading it.
 */
async function* readChunks(handle: FileHandle): AsyncIterable<Buffer> {
  const buffers: readonly [Buffer, Buffer] = [Buffer.allocUnsafeSlow(chunkBytes), Buffer.allocUnsafeSlow(chunkBytes)];
  let turn = 0;
  let ahead = handle.read(buffers[0], 0, chunkBytes, null);
  try {
    for (;;) {
      const { bytesRead, buffer } = await ahead;
      if (bytesRead === 0) return;
      turn = 1 - turn;
      ahead = handle.read(buffers[turn === 0 ? 0 : 1], 0, chunkBytes, null);
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    // A read under way must not outlive the file it reads from.
    await ahead.catch(() => {});
  }
}

/**
 * Streams a regular file. O_NONBLOCK, because the name may have become a fifo since somebody looked.
 * @throws {UserError} it cannot be opened or is no regular file
 */
export async function* streamLog({ path, name, isInDirectory }: LogPath): AsyncIterable<Buffer> {
  const flags = constants.O_RDONLY | constants.O_NONBLOCK | (isInDirectory ? constants.O_NOFOLLOW : 0);
  const handle = await open(path, flags).catch((error: unknown) => {
    throw explainPath(error, name);
  });
  try {
    refuseSpecialFile(await handle.stat(), name);
    yield* readChunks(handle);
  } finally {
    await handle.close();
  }
}
