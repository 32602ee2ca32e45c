/** Lists a directory of this machine: names, types, sizes and times, never contents. */

import { constants, type Stats } from 'node:fs';
import { lstat, open, readdir } from 'node:fs/promises';

import { errorCode } from '../errors.js';
import { answerForError, answerWithin, type Answer } from './evidence.js';
import { escapeFileName } from './file-name.js';
import type { ListingRequest } from './source.js';

/** More names than this are cut off: a directory of logs has some dozens. */
export const maxListed = 20_000;
/** How many entries are looked at at once. */
const batch = 256;

interface Found {
  readonly lines: string[];
  truncated: boolean;
}

/**
 * One line per entry, sorted by name: type (`f d l p s c b ?`), size in bytes, modification time in
 * seconds since 1970, name as {@link escapeFileName} writes it, separated by blanks:
 *
 *     f 8123 1763640988.312 snapshot_dump_2026-11-20T12:56:28Z.log
 *
 * With a depth of more than 1, the entries of a directory follow its own line, as `DIRECTORY/NAME`.
 */
export function listDirectory({ path, maxDepth = 1, beginnings }: ListingRequest, limitMs: number): Promise<Answer> {
  return answerWithin(path, limitMs, async () => {
    const found: Found = { lines: [], truncated: false };
    try {
      await listInto(found, path, '', maxDepth, beginnings);
    } catch (error) {
      return answerForError(path, error);
    }
    const content = Buffer.from(found.lines.join(''));
    if (!found.truncated) return { origin: path, status: 'ok', content };
    return { origin: path, status: 'truncated', content, reason: `more than ${maxListed} entries` };
  });
}

/** Through the opened directory, so that a link put in its place meanwhile leads nowhere. */
async function listInto(
  found: Found,
  path: Buffer | string,
  prefix: string,
  depth: number,
  beginnings?: readonly string[],
): Promise<void> {
  const flags = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NONBLOCK;
  const directory = await open(path, prefix === '' ? flags : flags | constants.O_NOFOLLOW);
  try {
    const place = `/proc/self/fd/${directory.fd}/`;
    const names = (await readdir(place, { encoding: 'buffer' }))
      .filter((name) => beginnings?.some((beginning) => name.toString('latin1').startsWith(beginning)) ?? true)
      .toSorted((left, right) => left.compare(right));
    for (let begin = 0; begin < names.length && !found.truncated; begin += batch) {
      await listBatch(found, place, names.slice(begin, begin + batch), prefix, depth);
    }
  } finally {
    await directory.close();
  }
}

async function listBatch(
  found: Found,
  place: string,
  names: readonly Buffer[],
  prefix: string,
  depth: number,
): Promise<void> {
  const paths = names.map((name) => Buffer.concat([Buffer.from(place), name]));
  const all = await Promise.all(paths.map(look));
  for (const [index, stats] of all.entries()) {
    const [name, path] = [names[index], paths[index]];
    if (stats === undefined || name === undefined || path === undefined) continue;
    found.truncated ||= found.lines.length >= maxListed;
    if (found.truncated) return;
    const shown = `${prefix}${escapeFileName(name)}`;
    found.lines.push(`${letterOf(stats)} ${stats.size} ${(stats.mtimeMs / 1000).toFixed(3)} ${shown}\n`);
    // A directory below that cannot be read is listed by itself, without what is in it.
    if (depth > 1 && stats.isDirectory()) await listInto(found, path, `${shown}/`, depth - 1).catch(() => {});
  }
}

/** Undefined: gone since the directory was read. */
async function look(path: Buffer): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
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
