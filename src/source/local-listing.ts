/** Lists a directory of this machine: names, types, sizes and times, never contents. */

import type { Stats } from 'node:fs';
import { lstat, opendir } from 'node:fs/promises';
import { join } from 'node:path';

import { errorCode } from '../errors.js';
import { answerForError, answerWithin, escapeLine, type Answer } from './evidence.js';

/** More names than this are cut off: a directory of logs has some dozens. */
const maxEntries = 20_000;

/**
 * One line per entry, sorted by name: type (`f d l p s c b ?`), size in bytes, modification time in
 * seconds since 1970, name with control characters and backslashes as `\xNN`, separated by blanks:
 *
 *     f 8123 1763640988.312 snapshot_dump_2026-11-20T12:56:28Z.log
 */
export function listDirectory(path: string, limitMs: number): Promise<Answer> {
  return answerWithin(path, limitMs, async () => {
    try {
      return await listEntries(path);
    } catch (error) {
      return answerForError(path, error);
    }
  });
}

async function listEntries(path: string): Promise<Answer> {
  const names: string[] = [];
  let truncated = false;
  for await (const entry of await opendir(path)) {
    truncated = names.length >= maxEntries;
    if (truncated) break;
    names.push(entry.name);
  }
  const lines = await Promise.all(names.toSorted().map((name) => describe(path, name)));
  const content = Buffer.from(lines.join(''));
  if (!truncated) return { origin: path, status: 'ok', content };
  return { origin: path, status: 'truncated', content, reason: `more than ${maxEntries} entries` };
}

async function describe(directory: string, name: string): Promise<string> {
  try {
    const stats = await lstat(join(directory, name));
    return `${letterOf(stats)} ${stats.size} ${(stats.mtimeMs / 1000).toFixed(3)} ${escapeLine(name)}\n`;
  } catch (error) {
    // Gone since the directory was read.
    if (errorCode(error) === 'ENOENT') return '';
    throw error;
  }
}

function letterOf(stats: Stats): string {
  if (stats.isFile()) return 'f';
  if (stats.isDirectory()) return 'd';
  if (stats.isSymbolicLink()) return 'l';
  if (stats.isFIFO()) return 'p';
  if (stats.isSocket()) return 's';
  if (stats.isCharacterDevice()) return 'c';
  return stats.isBlockDevice() ? 'b' : '?';
}
