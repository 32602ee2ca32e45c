/** Opens what a user names as logs: files, directories of logs, standard input; nothing is followed out of a directory. */

import { constants } from 'node:fs';
import { open, readdir, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

import { UserError } from '../errors.js';
import { decodeLog } from './log-decode.js';

/** A log that can be read once. */
export interface LogInput {
  /** As the user knows it: the path given, or below the directory given; `-` for standard input. Untrusted. */
  readonly name: string;
  /**
   * Its bytes, unpacked; throws a UserError when they are no text. A chunk is good until the next one
   * is asked for.
   */
  open(): AsyncIterable<Buffer>;
}

/** Large enough for speed, small enough for a bounded memory. */
const chunkBytes = 1024 * 1024;
const maxDepth = 4;
/** Directory entries looked at, and logs taken, before the rest is left out. */
const maxEntries = 5000;
const maxLogs = 200;

/** Names under which engines and people keep logs. What a container printed on its console is none of ours. */
const logName =
  /(?:\.(?:log|txt|out|err)|^(?:dmesg|syslog|messages|journal|output|stderr|error)[\w.-]*)(?:\.\d{1,4})?(?:\.gz)?$/i;
const consoleName = /^console\.log/;

/** True for the names that logs have. */
export const isLogName = (name: string): boolean => logName.test(name) && !consoleName.test(name);

const explain = (error: unknown, path: string): UserError => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ENOENT' || code === 'ENOTDIR') return new UserError(`${path}: no such file or directory`);
  if (code === 'EACCES' || code === 'EPERM') {
    return new UserError(`${path}: permission denied`, { hint: 'Logs of engines belong to root: try sudo.' });
  }
  if (code === 'ELOOP') return new UserError(`${path}: too many symbolic links`);
  return new UserError(`${path}: ${error instanceof Error ? error.message : String(error)}`);
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

/** Streams a file. Inside of a directory links are refused; a path named by the user may be one. */
async function* streamFile(path: string, isInDirectory: boolean): AsyncIterable<Buffer> {
  const flags = constants.O_RDONLY | (isInDirectory ? constants.O_NOFOLLOW | constants.O_NONBLOCK : 0);
  const handle = await open(path, flags).catch((error: unknown) => {
    throw explain(error, path);
  });
  try {
    if (isInDirectory && !(await handle.stat()).isFile()) throw new UserError(`${path}: is no regular file`);
    yield* readChunks(handle);
  } finally {
    await handle.close();
  }
}

const inputOf = (name: string, bytes: () => AsyncIterable<Buffer>): LogInput => ({
  name,
  open: () => decodeLog(name, bytes()),
});

/** Logs below a directory, by name, sorted; links and everything that is no regular file are passed over. */
const findLogs = async (directory: string): Promise<LogInput[]> => {
  const found: string[] = [];
  let entries = 0;
  const walk = async (folder: string, depth: number): Promise<void> => {
    const listing = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
      if (depth === 0) throw explain(error, folder);
      return [];
    });
    for (const entry of listing.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      entries += 1;
      if (entries > maxEntries || found.length >= maxLogs) return;
      const path = join(folder, entry.name);
      if (entry.isFile() && isLogName(entry.name)) found.push(path);
      if (entry.isDirectory() && depth < maxDepth) await walk(path, depth + 1);
    }
  };
  await walk(directory, 0);
  return found.map((path) => inputOf(path, () => streamFile(path, true)));
};

const openPath = async (path: string): Promise<LogInput[]> => {
  const status = await stat(path).catch((error: unknown) => {
    throw explain(error, path);
  });
  if (status.isDirectory()) {
    const logs = await findLogs(path);
    if (logs.length > 0) return logs;
    throw new UserError(`${path}: no log in this directory`, {
      hint: 'Logs are files named *.log or *.txt, such as dump.log and restore.log; name the file itself otherwise.',
    });
  }
  if (status.isFile() || status.isFIFO() || status.isSocket()) return [inputOf(path, () => streamFile(path, false))];
  throw new UserError(`${path}: is a device, not a log`);
};

/**
 * Finds the logs that the given paths stand for, in their order; `-` is standard input.
 * Throws a UserError for a path that does not exist, may not be read or holds no log.
 */
export const openLogs = async (
  paths: readonly string[],
  standardInput: () => AsyncIterable<Buffer>,
): Promise<readonly LogInput[]> => {
  const inputs = await Promise.all(
    paths.map(async (path) => (path === '-' ? [inputOf('-', standardInput)] : await openPath(path))),
  );
  return inputs.flat();
};
