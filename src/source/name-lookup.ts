/** Looks up, without opening anything, whether a path still leads to the file that a process has open. */

import type { MountView } from './mount-view.js';
import { isDirectory as isDirectoryStat, isGone, type FileStat, type ProcFiles } from './proc-files.js';

/** `same`: the path leads to it. `other`: to another file. `absent`: to none. `-`: that was not looked at. */
export type NameState = 'same' | 'other' | 'absent' | '-';

export interface NameLookup {
  /** `path` as the mount namespace names it, `file` what is open. */
  find(path: string, file: Pick<FileStat, 'dev' | 'ino'>): NameState;
  /** Tells that `find` will be asked for this path. */
  expect(path: string): void;
  /** What is at a path, without following a link in any part of it; undefined when that cannot be told. */
  stat(path: string): FileStat | undefined;
}

/** Paths that were found to be directories are kept, at most so many. */
const maxDirectories = 100_000;

/**
 * Looks below `root` (`/proc/PID/root`, or nothing for our own mounts). Part by part, because a link that a
 * process put in the way would lead out of its root, and only where no mount on the way may hang.
 */
export function createLookup(root: string, mounts: MountView, files: ProcFiles): NameLookup {
  const directories = new Set<string>();
  const isDirectory = (path: string): boolean => {
    if (path === '' || directories.has(path)) return true;
    if (!isDirectory(path.slice(0, path.lastIndexOf('/')))) return false;
    const isOne = isDirectoryStat(files.lstat(`${root}${path}`));
    if (isOne && directories.size < maxDirectories) directories.add(path);
    return isOne;
  };
  const look = (path: string): FileStat | undefined => {
    if (!isPlain(path, mounts)) return undefined;
    files.expect(root, path);
    if (!isDirectory(path.slice(0, path.lastIndexOf('/')))) return undefined;
    return files.lstat(`${root}${path}`);
  };
  return {
    expect: (path) => {
      if (isPlain(path, mounts)) files.expect(root, path);
    },
    find(path, file) {
      try {
        const found = look(path);
        if (found === undefined) return '-';
        return found.dev === file.dev && found.ino === file.ino ? 'same' : 'other';
      } catch (error) {
        return isGone(error) ? 'absent' : '-';
      }
    },
    stat(path) {
      try {
        return look(path);
      } catch {
        // Not there, or not for us: either way there is nothing to tell.
        return undefined;
      }
    },
  };
}

/** It can be looked up at all: no mount on the way to it may hang. */
function isPlain(path: string, mounts: MountView): boolean {
  return path.startsWith('/') && !path.includes('\uFFFD') && mounts.isLocalPath(path);
}
