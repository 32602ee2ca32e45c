/** Looks at what a command that takes long is doing: the CRIU that works for it, and what that wrote last. */

import { readFile } from 'node:fs/promises';

import type { Source } from '../source/source.js';
import { listCriu } from './find-residues.js';
import { findTrees } from './find-trees.js';
import type { Mark } from './guard-record.js';
import { keepLogs, readKeptLogs, type KeptLog } from './keep-logs.js';

/** What is going on. Texts are untrusted. */
export interface Work {
  /** CRIUs that work on the directories of this instance; the first was started by the engine, the others by it. */
  readonly criu: readonly { readonly pid: number; readonly task: string }[];
  /** Pid of the init of what is being restored: all of that ends with it, and CRIU then fails in good order. */
  readonly restored?: number;
  /** Locks of files that it waits for, and who has them; one clause each. */
  readonly waitsFor: readonly string[];
  /** The log that was written to last; undefined = there is none yet. */
  readonly log?: {
    readonly path: string;
    readonly sizeBytes: number;
    readonly silentS: number;
    readonly lastLines: readonly string[];
  };
}

const maxLines = 3;

export async function lookAtWork(source: Source, mark: Mark | undefined, directory: string): Promise<Work> {
  const [all, trees, [locks]] = await Promise.all([
    listCriu(source),
    mark?.places?.cgroup === undefined ? [] : findTrees(mark.places.cgroup),
    source.gather([{ id: 'host.locks', kind: 'file', paths: ['/proc/locks'] }]),
    keepLogs(source, mark, directory),
  ]);
  const own = (all ?? []).filter(({ words }) => isAbout(words, mark));
  // A parent is older than its children, and numbers start anew only after the last of them.
  const criu = own.map(({ pid, task }) => ({ pid, task })).toSorted((left, right) => left.pid - right.pid);
  const restored = trees.find(({ isOrphan }) => !isOrphan)?.init;
  const isRestore = criu.some(({ task }) => task === 'restore');
  const [newest] = await readKeptLogs(directory);
  return {
    criu,
    ...(isRestore && restored !== undefined && { restored }),
    waitsFor: await nameLocks(
      locks?.text ?? '',
      criu.map(({ pid }) => pid),
    ),
    ...(newest && { log: describeLog(newest) }),
  };
}

function describeLog({ evidence, modifiedS, sizeBytes }: KeptLog): NonNullable<Work['log']> {
  const lines = (evidence.text ?? '').trimEnd().split('\n');
  const silentS = Math.max(0, Math.round(Date.now() / 1000 - modifiedS));
  return { path: evidence.origin, sizeBytes, silentS, lastLines: lines.slice(-maxLines) };
}

/** The kernel does not list a lock whose taker has ended and has left it to others. */
async function nameLocks(text: string, pids: readonly number[]): Promise<readonly string[]> {
  const known = findLockWaits(text, pids);
  if (known.length > 0) return known;
  const places = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/wchan`, 'utf8').catch(() => '')));
  // `fs/locks.c`: flock_lock_inode_wait, posix_lock_inode_wait, or locks_lock_inode_wait that they were inlined into.
  return places.some((place) => /^\w*lock_inode_wait/.test(place))
    ? ['a lock on a file; who holds it cannot be told (lslocks, fuser)']
    : [];
}

/**
 * Of `/proc/locks` (`man 5 proc_locks`): a line with an arrow waits for the lock of the same number.
 *
 *     1: FLOCK  ADVISORY  WRITE 7686 fe:00:1810264 0 EOF
 *     1: -> FLOCK  ADVISORY  WRITE 8085 fe:00:1810264 0 EOF
 */
export function findLockWaits(text: string, pids: readonly number[]): readonly string[] {
  const rows = [...text.matchAll(/^(\d+): (->)? *([A-Z]+) +[A-Z]+ +[A-Z]+ +(\d+) (\S+)/gm)];
  return rows.flatMap(([, number, arrow, kind = '', pid, file = '']) => {
    if (arrow === undefined || !pids.includes(Number(pid))) return [];
    const holder = rows.find((row) => row[1] === number && row[2] === undefined)?.[4];
    return [`a ${kind.toLowerCase()} on the file ${file} (device and inode) that process ${holder ?? '?'} holds`];
  });
}

/** Its images lie in the state directory, or in one that the engine has made for the occasion. */
function isAbout(words: string, mark: Mark | undefined): boolean {
  const { state, passing = [] } = mark?.places ?? {};
  // The same directory has a path through the pool and one through the links of the daemon.
  const ending = state?.split('/').slice(-3).join('/');
  return (ending !== undefined && words.includes(`/${ending}`)) || passing.some((each) => words.includes(`/${each}`));
}
