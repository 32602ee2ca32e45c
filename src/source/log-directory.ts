/** Finds the logs in a directory, by name; nothing is followed out of it. */

import { isUtf8 } from 'node:buffer';
import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';

import { explainPath, type LogPath } from './log-stream.js';

const maxDepth = 4;
/** Directory entries looked at, and logs taken, before the rest is left out. */
const maxEntries = 5000;
const maxLogs = 200;

/** Names under which engines and people keep logs. What a container printed on its console is none of ours. */
const logName =
  /(?:\.(?:log|txt|out|err)|^(?:dmesg|syslog|messages|journal|output|stderr|error)[\w.-]*)(?:\.\d{1,4})?(?:\.gz)?$/i;
const consoleName = /^console\.log/;

/** True for the name of the file in which somebody wrote down what made the logs beside it. */
export const isVersionsName = (name: string): boolean => /(?:^|\/)versions\.json$/.test(name);

/** True for the names that logs have, and for the one under which versions are written down beside them. */
export const isLogName = (name: string): boolean =>
  (logName.test(name) && !consoleName.test(name)) || isVersionsName(name);

/** A name as text; bytes of one that is no UTF-8 are written out. */
const shownName = (name: Buffer): string =>
  isUtf8(name) ? name.toString() : name.toString('latin1').replaceAll(/[\x80-\xff]/g, hexOf);

const hexOf = (byte: string): string => `\\x${byte.charCodeAt(0).toString(16)}`;

interface Folder {
  readonly path: Buffer;
  readonly name: string;
  readonly depth: number;
}

const join = (folder: string, name: string): string => (folder.endsWith('/') ? folder + name : `${folder}/${name}`);

const below = (folder: Folder, entry: Buffer): { readonly path: Buffer; readonly name: string } => ({
  path: Buffer.concat([folder.path, Buffer.from('/'), entry]),
  name: join(folder.name, shownName(entry)),
});

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
 * Logs below a directory, sorted by name; links and everything that is no regular file are passed over.
 * @throws {UserError} the directory cannot be read
 */
export const findLogs = async (directory: string): Promise<readonly LogPath[]> => {
  const found: LogPath[] = [];
  let entries = 0;
  const walk = async (folder: Folder): Promise<void> => {
    for (const entry of await listFolder(folder)) {
      entries += 1;
      if (entries > maxEntries || found.length >= maxLogs) return;
      const place = below(folder, entry.name);
      if (entry.isFile() && isLogName(entry.name.toString('latin1'))) found.push({ ...place, isInDirectory: true });
      if (entry.isDirectory() && folder.depth < maxDepth) await walk({ ...place, depth: folder.depth + 1 });
    }
  };
  await walk({ path: Buffer.from(directory), name: directory, depth: 0 });
  return found;
};
