/** Opens what a user names as logs: files, directories of logs, standard input. */

import { lstat, stat } from 'node:fs/promises';

import { UserError } from '../errors.js';
import { decodeLog } from './log-decode.js';
import { findLogs } from './log-directory.js';
import { isVersionsName } from './log-name.js';
import { explainPath, refuseSpecialFile, streamLog, type LogPath } from './log-stream.js';

/** A log that can be read once. */
export interface LogInput {
  /** As the user knows it: the path given, or below the directory given; `-` for standard input. Untrusted. */
  readonly name: string;
  /** When it was written last, milliseconds since 1970; undefined for standard input. */
  readonly modifiedMs?: number;
  /**
   * Its bytes, unpacked; throws a UserError when they are no text. A chunk is good until the next one
   * is asked for.
   */
  open(): AsyncIterable<Buffer>;
}

const fileInput = (path: LogPath, modifiedMs: number | undefined): LogInput => ({
  name: path.name,
  ...(modifiedMs === undefined ? {} : { modifiedMs }),
  open: () => decodeLog(path.name, streamLog(path)),
});

const openDirectory = async (directory: string): Promise<LogInput[]> => {
  const logs = await findLogs(directory);
  if (logs.every(({ name }) => isVersionsName(name))) {
    throw new UserError(`${directory}: no log in this directory`, {
      hint: 'Logs are files named *.log or *.txt, such as dump.log and restore.log; name the file itself otherwise.',
    });
  }
  return await Promise.all(
    logs.map(async (log) => {
      // What is wrong with it is told when it is read.
      const status = await lstat(log.path).catch(() => {});
      return fileInput(log, status?.mtimeMs);
    }),
  );
};

const openPath = async (path: string): Promise<LogInput[]> => {
  const status = await stat(path).catch((error: unknown) => {
    throw explainPath(error, path);
  });
  if (status.isDirectory()) return await openDirectory(path);
  refuseSpecialFile(status, path);
  return [fileInput({ path, name: path, isInDirectory: false }, status.mtimeMs)];
};

/**
 * Finds the logs that the given paths stand for, in their order; `-` is standard input.
 * Throws a UserError for a path that does not exist, may not be read or holds no log.
 */
export const openLogs = async (
  paths: readonly string[],
  standardInput: () => AsyncIterable<Buffer>,
): Promise<readonly LogInput[]> => {
  const fromPipe: LogInput = { name: '-', open: () => decodeLog('-', standardInput()) };
  const inputs = await Promise.all(paths.map(async (path) => (path === '-' ? [fromPipe] : await openPath(path))));
  return inputs.flat();
};
