/** Walks through an archive or a directory and hands out what a triage can use, archives inside included. */

import { lstat } from 'node:fs/promises';
import { resolve } from 'node:path';

import { chooseEntry } from '../archive/entry-choice.js';
import type { RawEntry, WalkLimits } from '../archive/entries.js';
import { sniffArchive, type ArchiveForm } from '../archive/unpack.js';
import { walkEntries } from '../archive/walk.js';
import { errorCode, UserError } from '../errors.js';
import { reportIn, takeFile, toLog, type FoundItems, type Place, type Visit } from './found-item.js';
import { createLeftOut } from './left-out.js';
import { chooseFile } from './log-choice.js';
import { decodeLog } from './log-decode.js';
import { listFiles } from './log-directory.js';
import { streamLog } from './log-stream.js';
import type { Spool } from './spool.js';

export interface WalkOptions {
  readonly spool: Spool;
  readonly signal: AbortSignal;
  /** Is told what was left out or is damaged, one line each. Untrusted. */
  readonly onProblem: (problem: string) => void;
}

/** Far more than sos collects; a log of 5 GB fits. */
const archiveLimits: WalkLimits = { maxEntries: 200_000, maxTotalBytes: 20 * 1024 ** 3 };
const directoryLimits = { maxDepth: 16, maxEntries: 100_000 };

/** Walks through an archive that the user named. `name`: as the user knows it. */
export function walkArchive(path: string, name: string, form: ArchiveForm, options: WalkOptions): FoundItems {
  return visitArchive({ path, name, prefix: '', depth: 0 }, form, options);
}

/**
 * Walks through a directory that the user named.
 * @throws {UserError} it cannot be read
 */
export async function* walkDirectory(path: string, options: WalkOptions): FoundItems {
  const visit = beginVisit({ path, name: path, prefix: '', depth: -1 }, options);
  // A directory of a host tells what it is by where it lies.
  const own = /(?:^|\/)(var(?:\/log)?)$/.exec(resolve(path))?.[1];
  const onFull = (): void => visit.leftOut.add('the rest', `there are more than ${directoryLimits.maxEntries} files`);
  for await (const file of listFiles(path, directoryLimits, onFull)) {
    options.signal.throwIfAborted();
    if (visit.reports.some((below) => file.name.startsWith(below))) continue;
    const name = own === undefined ? file.below : `${own}/${file.below}`;
    const status = isWanted(name) ? await lstat(file.path).catch(() => undefined) : undefined;
    // A name that is no UTF-8 is no path.
    const disk = file.path.toString() === file.name ? { path: file.name } : {};
    yield* takeFile(visit, { name, shown: file.name, modifiedMs: status?.mtimeMs, ...disk, content: streamLog(file) });
  }
  yield* finishVisit(visit, options);
}

async function* visitArchive(place: Place, form: ArchiveForm, options: WalkOptions): FoundItems {
  const visit = beginVisit(place, options);
  const taken = new Set<string>();
  try {
    for await (const entry of walkEntries(place.path, form, { ...archiveLimits, signal: options.signal })) {
      for await (const item of takeEntry(visit, entry, taken)) {
        yield item;
        if (item.kind === 'report') return;
      }
    }
  } catch (error) {
    if (options.signal.aborted || !(error instanceof Error) || isOfSystem(error)) throw error;
    const reason = error.message.replace(`${place.path} is not read: `, '');
    options.onProblem(`${place.name}: ${reason}; what comes before that was read`);
  }
  yield* finishVisit(visit, options);
}

async function* takeEntry(visit: Visit, entry: RawEntry, taken: Set<string>): FoundItems {
  const { place, leftOut } = visit;
  const { name, refusal } = chooseEntry(entry, taken, archiveLimits.maxTotalBytes);
  if (refusal !== undefined && isWanted(entry.name)) leftOut.add(entry.name, refusal);
  if (name === undefined) return;
  taken.add(name);
  const { modifiedMs, content } = entry;
  if (/^crdoctor-[^/]*\//.test(name)) yield reportIn(place);
  else yield* takeFile(visit, { name, shown: `${place.prefix}${name}`, modifiedMs, content });
}

function beginVisit(place: Place, { spool, onProblem }: WalkOptions): Visit {
  const leftOut = createLeftOut(place.name);
  return { place, spool, onProblem, leftOut, packed: [], count: { logs: 0 }, reports: [] };
}

/** The disk is full, or may not be read: that is no fault of the archive. */
function isOfSystem(error: Error): boolean {
  return ['ENOSPC', 'EACCES', 'EMFILE', 'EDQUOT'].includes(errorCode(error) ?? '');
}

/** Whether the name is one that would be read, so that it is worth telling when it is not. */
function isWanted(name: string): boolean {
  const choice = chooseFile(name);
  return choice !== 'never' && choice !== 'unknown';
}

/** Reads what was put aside: logs that are packed, and archives when they are not too deep. */
async function* finishVisit(visit: Visit, options: WalkOptions): FoundItems {
  const { place, leftOut } = visit;
  for (const file of visit.packed) {
    const form = await sniffArchive(file.path);
    if (form === undefined) {
      const open = (): AsyncIterable<Buffer> => decodeLog(file.name, streamLog(file));
      yield toLog({ ...file, shown: file.name }, file.choice, open);
    } else if (place.depth > 0) leftOut.add(file.name, 'an archive in an archive in an archive');
    else {
      const inner = { path: file.path, name: file.name, prefix: `${file.name}/`, depth: place.depth + 1 };
      yield* visitArchive(inner, form, options);
    }
  }
  const problem = leftOut.tell();
  if (problem !== undefined) options.onProblem(problem);
}

/** What is said of a place in which there is no log. */
export function withoutLogs(path: string, isDirectory: boolean): UserError {
  return new UserError(`${path}: no log in this ${isDirectory ? 'directory' : 'archive'}`, {
    hint: 'Logs are files named *.log or *.txt, such as dump.log and restore.log; name the file itself otherwise.',
  });
}
