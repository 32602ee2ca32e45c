/** Finds programs on this machine the way a daemon would: on the PATH plus the usual administration directories. */

import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

import { escapeLine, type Answer } from './evidence.js';
import type { SlowPathTest } from './slow-mounts.js';

const usualDirectories = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin', '/snap/bin'];

/** The PATH given, and the usual directories that it lacks behind it; relative ones are left out. */
export function extendPath(path: string | undefined): string {
  const given = (path ?? '').split(delimiter).filter((directory) => directory.startsWith('/'));
  return [...new Set([...given, ...usualDirectories])].join(delimiter);
}

/**
 * One line `NAME PATH` for each program found, in the order asked for; a name that is a path itself
 * is looked for there alone. Directories that may hang are passed over.
 */
export async function findPrograms(names: readonly string[], path: string, isSlow: SlowPathTest): Promise<Answer> {
  const directories = path.split(delimiter).filter((directory) => !isSlow(directory));
  const found = await Promise.all(names.map((name) => findProgram(name, directories)));
  const lines = names.flatMap((name, index) => {
    const place = found[index];
    return place === undefined ? [] : [`${escapeLine(name)} ${escapeLine(place)}\n`];
  });
  return { origin: `PATH=${path}`, status: 'ok', content: Buffer.from(lines.join('')) };
}

async function findProgram(name: string, directories: readonly string[]): Promise<string | undefined> {
  const candidates = name.includes('/') ? [name] : directories.map((directory) => join(directory, name));
  for (const candidate of candidates) {
    if (await isProgram(candidate)) return candidate;
  }
  return undefined;
}

async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    // Absent or not for us: either way nothing that could be run.
    return false;
  }
}
