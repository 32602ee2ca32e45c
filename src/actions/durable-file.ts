/** Writes files and directories so that they survive a crash of the machine, readable by their owner alone. */

import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, mkdir, open, readFile, rename, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { errorCode, UserError } from '../errors.js';

/** Puts the contents under the name at once or not at all, and on the disk before it returns. */
export async function writeDurably(path: string, content: string): Promise<void> {
  // A name of its own, because two may write into one directory at once.
  const part = join(dirname(path), `.${randomUUID()}.part`);
  const file = await open(
    part,
    constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW,
    0o600,
  );
  try {
    await file.writeFile(content);
    await file.sync();
  } catch (error) {
    await unlink(part).catch(() => undefined);
    throw error;
  } finally {
    await file.close();
  }
  await rename(part, path);
  await syncDirectory(dirname(path));
}

/** Writes a file that must not exist yet. */
export async function writeNew(path: string, content: string): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes the names in a directory survive a crash. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** The data of a JSON file; undefined when there is no such file. */
export async function readJsonFile(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as unknown;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Makes a directory that nobody else can look into, its parents with it.
 * @throws {UserError} something else is there, or others may use it
 */
export async function makePrivateDirectory(path: string, uid: number | undefined): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new UserError(`${path} cannot be made: ${errorCode(error) ?? 'error'}`, { hint: otherPlace });
  }
  const found = await lstat(path);
  if (!found.isDirectory()) throw new UserError(`${path} is no directory`, { hint: otherPlace });
  if (uid !== undefined && found.uid !== uid) {
    throw new UserError(`${path} belongs to user ${found.uid}`, { hint: otherPlace });
  }
  if ((found.mode & 0o077) !== 0) {
    throw new UserError(`${path} is open to others`, { hint: `Close it: chmod 700 ${path}` });
  }
}

const otherPlace = 'CRDOCTOR_STATE=DIRECTORY names another place';
