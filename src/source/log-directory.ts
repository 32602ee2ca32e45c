/** Lists the files of a directory; nothing is followed out of it. */

import { isUtf8 } from 'node:buffer';
import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';

import { isLogName } from './log-name.js';
import { explainPath, type LogPath } from './log-stream.js';

/** How far below a directory is looked, and at how many entries, before the rest is left out. */
export interface ListLimits {
  readonly maxDepth: number;
  readonly maxEntries: number;
}

const flatLimits: ListLimits = { maxDepth: 4, maxEntries: 5000 };
const maxLogs = 200;

/** A regular file of a directory. */
export interface ListedPath extends LogPath {
  /** Its name below the directory, with slashes. Untrusted. */
  readonly below: string;
}

/** A name as text; bytes of one that is no UTF-8 are written out. */
const shownName = (name: Buffer): string =>
  isUtf8(name) ? name.toString() : name.toString('latin1').replaceAll(/[\x80-\xff]/g, hexOf);

const hexOf = (byte: string): string => `\\x${byte.charCodeAt(0).toString(16)}`;

interface Folder {
  readonly path: Buffer;
  readonly name: string;
  /** Ends in a slash, unless it is empty. */
  readonly below: string;
  readonly depth: number;
}

const join = (folder: string, name: string): string => (folder.endsWith('/') ? folder + name : `${folder}/${name}`);

const listFolder = async ({ path, name, depth }: Folder): Promise<readonly Dirent<Buffer>[]> => {
  try {
    const entries = await readdir(path, { withFileTypes: true, encoding: 'buffer' });
    return entries.toSorted((a, b) => Buffer.compare(a.name, b.name));
  } catch (error) {
    if (depth === 0) throw explainPath(error, name);
    return [];
  }
};

/**
 * Regular files below a directory, folder by folder, sorted by name; links and everything else are passed
 * over. `onFull` is told when there is more than the limits allow.
 * @throws {UserError} the directory cannot be read
 */
export async function* listFiles(
  directory: string,
  limits: ListLimits,
  onFull: () => void = () => {},
): AsyncGenerator<ListedPath> {
  let entries = 0;
  async function* walk(folder: Folder): AsyncGenerator<ListedPath> {
    for (const entry of await listFolder(folder)) {
      entries += 1;
      if (entries > limits.maxEntries) {
        onFull();
        return;
      }
      const shown = shownName(entry.name);
      const path = Buffer.concat([folder.path, Buffer.from('/'), entry.name]);
      const place = { path, name: join(folder.name, shown), below: `${folder.below}${shown}` };
      if (entry.isFile()) yield { ...place, isInDirectory: true };
      if (!entry.isDirectory()) continue;
      if (folder.depth < limits.maxDepth) yield* walk({ ...place, below: `${place.below}/`, depth: folder.depth + 1 });
    }
  }
  yield* walk({ path: Buffer.from(directory), name: directory, below: '', depth: 0 });
}

/**
 * Logs below a directory, told by their names.
 * @throws {UserError} the directory cannot be read
 */
export const findLogs = async (directory: string): Promise<readonly LogPath[]> => {
  const found: LogPath[] = [];
  for await (const file of listFiles(directory, flatLimits)) {
    if (isLogName(file.below.slice(file.below.lastIndexOf('/') + 1))) found.push(file);
    if (found.length >= maxLogs) break;
  }
  return found;
};
