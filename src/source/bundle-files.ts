/** The files of a report, whether it is still packed or was unpacked into a directory. */

import { constants } from 'node:fs';
import { lstat, open, opendir } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { judgeEntryName } from '../archive/entry-name.js';
import { createProblemList, type ProblemList } from '../archive/problems.js';
import { defaultLimits, readArchive, type ArchiveFile, type NamedContent } from '../archive/read.js';
import { UserError } from '../errors.js';
import { explainPath, formOf } from './report-form.js';

/** What a tarball or a directory holds, by plain names (`top/source/host.uname`). */
export interface FileTree {
  readonly files: ReadonlyMap<string, ArchiveFile>;
  /** Reads several files, in any order. A content is there until the next one is asked for. */
  readMany(names: ReadonlySet<string>): AsyncIterable<NamedContent>;
  /** What was skipped and what is damaged, one line each. Untrusted. */
  readonly problems: readonly string[];
  /** It stops before its end. */
  readonly isCutOff: boolean;
}

/** A report has two levels; a few more when it was unpacked into another directory. */
const maxDepth = 6;
const readBytes = 256 * 1024;
/** `.NAME.part-PID`: see archive/write.ts. */
const partName = /^\..+\.part-\d+(?:-\d+)?$/s;

/** True for the name under which a report lies while it is being written. */
export function isPartName(path: string): boolean {
  return partName.test(basename(path));
}

/**
 * Lists the files of an archive or a directory; nothing is extracted, no link is followed.
 * @throws {UserError} it cannot be read, is neither, or holds more than a report ever does
 */
export async function openTree(path: string): Promise<FileTree> {
  const form = await formOf(path);
  if (form === 'archive') return await readArchive(path);
  if (form === 'directory') return await readTree(path);
  throw new UserError(`${path} is no report: neither a tar archive nor a directory`);
}

async function readTree(path: string): Promise<FileTree> {
  const files = new Map<string, ArchiveFile>();
  const problems = createProblemList();
  const state = { entries: 0 };
  const walk = async (folder: string, prefix: string, depth: number): Promise<void> => {
    for await (const entry of await opendir(folder)) {
      state.entries += 1;
      if (state.entries > defaultLimits.maxEntries) {
        throw new UserError(`${path} is not read: it holds more than ${defaultLimits.maxEntries} files`);
      }
      const name = `${prefix}${entry.name}`;
      if (entry.isDirectory()) {
        if (depth < maxDepth) await walk(join(folder, entry.name), `${name}/`, depth + 1);
        else problems.add(`skipped ${name}: it lies too deep`);
      } else if (entry.isFile()) await take(join(folder, entry.name), name, files, problems);
      else problems.add(`skipped ${name}: it is no regular file`);
    }
  };
  try {
    await walk(path, '', 0);
  } catch (error) {
    throw explainPath(error, path);
  }
  return { files, readMany: (names) => readEach(files, names), problems: problems.all(), isCutOff: false };
}

async function* readEach(
  files: ReadonlyMap<string, ArchiveFile>,
  names: ReadonlySet<string>,
): AsyncGenerator<NamedContent> {
  for (const [name, file] of files) if (names.has(name)) yield await Promise.resolve({ name, content: file.open() });
}

async function take(path: string, name: string, files: Map<string, ArchiveFile>, problems: ProblemList): Promise<void> {
  const { refusal } = judgeEntryName(name);
  const { size } = await lstat(path).catch(() => ({ size: 0 }));
  const isTooLarge = size > defaultLimits.maxEntryBytes;
  if (refusal !== undefined) problems.add(`skipped ${name}: ${refusal}`);
  else if (isTooLarge) problems.add(`skipped ${name}: it has ${size} bytes, more than ${defaultLimits.maxEntryBytes}`);
  else files.set(name, { bytes: size, open: () => readRegular(path) });
}

/** Whatever has taken the name since it was listed: only a regular file is read, and not more than one may have. */
async function* readRegular(path: string): AsyncGenerator<Buffer> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY);
  try {
    if (!(await file.stat()).isFile()) throw new UserError(`${path} is no regular file`);
    for (let position = 0; position <= defaultLimits.maxEntryBytes;) {
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(readBytes), 0, readBytes, position);
      if (bytesRead === 0) return;
      position += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
    throw new UserError(`${path} has more than ${defaultLimits.maxEntryBytes} bytes`);
  } finally {
    await file.close();
  }
}
