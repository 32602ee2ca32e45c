/** Finds programs on this machine the way a daemon would: on the PATH plus the usual administration directories. */

import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

import { escapeLine, type Answer } from './evidence.js';

export const usualDirectories = [
  '/usr/local/sbin',
  '/usr/local/bin',
  '/usr/sbin',
  '/usr/bin',
  '/sbin',
  '/bin',
  '/snap/bin',
];

/** The PATH given, and the usual directories that it lacks behind it; relative ones are left out. */
export function extendPath(path: string | undefined): string {
  const given = (path ?? '').split(delimiter).filter((directory) => directory.startsWith('/'));
  return [...new Set([...given, ...usualDirectories])].join(delimiter);
}

/**
 * One line `NAME PATH` for each program found, in the order asked for; a name that is a path itself
 * is looked for there alone. The directories must not be on a file system that may hang: these are
 * synchronous calls, for some hundred paths ten times faster than the others.
 */
export function findPrograms(names: readonly string[], path: string): Answer {
  const directories = path.split(delimiter);
  const lines = names.flatMap((name) => {
    const place = findProgram(name, directories);
    return place === undefined ? [] : [`${escapeLine(name)} ${escapeLine(place)}\n`];
  });
  return { origin: `PATH=${path}`, status: 'ok', content: Buffer.from(lines.join('')) };
}

function findProgram(name: string, directories: readonly string[]): string | undefined {
  const candidates = name.includes('/') ? [name] : directories.map((directory) => join(directory, name));
  return candidates.find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return false;
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    // Not for us: nothing that could be run.
    return false;
  }
}
