/** Writes files into a directory that is made for them. */

import { chown, lstat, mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { errorCode, explainSystemError, UserError } from '../errors.js';

export interface NewFile {
  /** Below the directory; at most one slash, and nothing that leads out of it. */
  readonly name: string;
  readonly content: Buffer | string;
}

/** Who is to own what was made; undefined = whoever runs this. */
export type Owner = { readonly uid: number; readonly gid: number } | undefined;

const plainName = /^(?:[\w-][\w.-]*\/)?[\w-][\w.-]*$/;

/**
 * Makes the directory, for its owner alone, and the files in it. Leaves nothing behind when that fails.
 * @throws {UserError} something has the name already, or it cannot be written
 */
export async function writeNewDirectory(path: string, files: readonly NewFile[], owner: Owner): Promise<void> {
  const strange = files.find(({ name }) => !plainName.test(name));
  if (strange !== undefined) throw new Error(`${JSON.stringify(strange.name)} cannot be the name of a file`);
  await makeDirectory(path, owner);
  try {
    const folders = new Set(files.flatMap(({ name }) => (name.includes('/') ? [name.split('/', 1)[0] ?? ''] : [])));
    for (const folder of folders) await makeDirectory(join(path, folder), owner);
    for (const { name, content } of files) await writeNewFile(join(path, name), content, owner);
  } catch (error) {
    await rm(path, { recursive: true, force: true });
    throw explainSystemError(error, `cannot write ${path}`);
  }
}

async function makeDirectory(path: string, owner: Owner): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') {
      throw explainSystemError(error, `cannot write ${path}`, { reasons: { ENOENT: 'there is no such directory' } });
    }
    throw new UserError(`${path} exists already`, { hint: 'Nothing is ever overwritten; name another one with -o' });
  }
  // Whatever has taken the name since is not given away.
  if (owner !== undefined && (await lstat(path)).isDirectory()) await chown(path, owner.uid, owner.gid);
}

async function writeNewFile(path: string, content: Buffer | string, owner: Owner): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(content);
    if (owner !== undefined) await file.chown(owner.uid, owner.gid);
  } finally {
    await file.close();
  }
}
