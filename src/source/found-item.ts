/** What a walk through an archive or a directory hands out, and how one file of it becomes that. */

import { isZip, packingOf } from '../archive/packing.js';
import { hasTarMark } from '../archive/unpack.js';
import { UserError } from '../errors.js';
import type { LeftOut } from './left-out.js';
import { beginsLikeCriu, chooseFile, isHostLogName, isHostPath, tellingBytes, type FileChoice } from './log-choice.js';
import { decodeLog } from './log-decode.js';
import type { LogInput } from './log-files.js';
import type { LogPath } from './log-stream.js';
import { failWith, peek, type Peeked } from './peek.js';
import type { Spool } from './spool.js';

/** Something that was found. What can be read is good until the next one is asked for. */
export type FoundItem =
  /** `isOfHost`: the log of a whole host, in which few lines are about what failed. */
  | { readonly kind: 'log'; readonly input: LogInput; readonly isOfHost: boolean }
  /** A report of crdoctor in a file or a directory. What has a name that begins with `below` is part of it. */
  | { readonly kind: 'report'; readonly name: string; readonly path: string; readonly below: string }
  | { readonly kind: 'statistics' | 'inventory' | 'versions'; readonly name: string; readonly bytes: Buffer }
  /** A name by which a copy of a whole host, or a checkpoint of podman, is known. */
  | { readonly kind: 'mark'; readonly mark: 'host' | 'podman' };

export type FoundItems = AsyncGenerator<FoundItem, void, undefined>;

/** A place that is walked through. */
export interface Place {
  readonly path: string;
  /** As the user knows it. */
  readonly name: string;
  /** Stands before the names of what is in it; ends in a slash, unless it is empty. */
  readonly prefix: string;
  /** -1 for a directory, 0 for an archive that the user named or has in that directory, 1 for one inside of it. */
  readonly depth: number;
}

/** What a walk keeps in mind from file to file. */
export interface Visit {
  readonly place: Place;
  readonly spool: Spool;
  /** Is told what is damaged, one line each. Untrusted. */
  readonly onProblem: (problem: string) => void;
  readonly leftOut: LeftOut;
  /** Archives and packed logs to be read when the walk is over. */
  readonly packed: PackedFile[];
  readonly count: { logs: number };
  /** Beginnings of names that belong to reports. */
  readonly reports: string[];
}

export interface PackedFile extends LogPath {
  readonly path: string;
  readonly modifiedMs: number | undefined;
  readonly choice: FileChoice;
}

export interface WalkedFile {
  /** Below the place. */
  readonly name: string;
  /** As the user knows it. */
  readonly shown: string;
  readonly modifiedMs: number | undefined;
  /** Where it lies on the disk, for files of a directory. */
  readonly path?: string;
  readonly content: AsyncIterable<Buffer>;
}

const maxLogs = 1000;
const maxSmallBytes = 4 * 1024 * 1024;
const maxManifestHead = 4096;

/** Takes what is of use of a file. */
export async function* takeFile(visit: Visit, file: WalkedFile): FoundItems {
  const { name } = file;
  if (isHostPath(name) || isHostLogName(name)) yield { kind: 'mark', mark: 'host' };
  if (/(?:^|\/)config\.dump$/.test(name)) yield { kind: 'mark', mark: 'podman' };
  const choice = chooseFile(name);
  if (/(?:^|\/)manifest\.json$/.test(name)) yield* takeManifest(visit, file);
  else if (choice === 'statistics' || choice === 'inventory' || choice === 'versions') yield* takeSmall(file, choice);
  else if (choice !== 'never') yield* takeLog(visit, file, choice);
}

/** The item for a report that a place is. */
export function reportIn({ name, path, prefix }: Place): FoundItem {
  return { kind: 'report', name, path, below: prefix };
}

/** The item for a log. */
export function toLog(
  { name, shown, modifiedMs }: Pick<WalkedFile, 'name' | 'shown' | 'modifiedMs'>,
  choice: FileChoice,
  open: () => AsyncIterable<Buffer>,
): FoundItem {
  const dated = modifiedMs === undefined ? {} : { modifiedMs };
  return {
    kind: 'log',
    input: { name: shown, ...dated, open },
    isOfHost: choice === 'host-log' || isHostLogName(name),
  };
}

/** A report says what it is in the manifest, whatever its folder is called. */
async function* takeManifest({ place, reports }: Visit, file: WalkedFile): FoundItems {
  const { head, close } = await peek(file.content, maxManifestHead);
  await close();
  if (!/"schema"\s*:\s*"crdoctor\.manifest\//.test(head.toString('latin1'))) return;
  if (file.path === undefined) {
    yield reportIn(place);
    return;
  }
  const path = file.path.replace(/\/manifest\.json$/, '');
  reports.push(`${path}/`);
  yield { kind: 'report', name: path, path, below: `${path}/` };
}

async function* takeSmall(file: WalkedFile, kind: 'statistics' | 'inventory' | 'versions'): FoundItems {
  const pieces: Buffer[] = [];
  let length = 0;
  try {
    for await (const piece of file.content) {
      length += piece.length;
      if (length > maxSmallBytes) break;
      // Memory of files is used again.
      pieces.push(Buffer.from(piece));
    }
  } catch (error) {
    // A file that may not be read tells nothing; an archive that is damaged is told by its walk.
    if (error instanceof UserError) return;
    throw error;
  }
  yield { kind, name: file.shown, bytes: Buffer.concat(pieces) };
}

async function* takeLog(visit: Visit, file: WalkedFile, choice: FileChoice): FoundItems {
  // Not even looked at: an archive may hold any number of empty ones.
  if (visit.count.logs >= maxLogs && choice !== 'packed') {
    if (choice !== 'unknown') visit.leftOut.add(file.name, `there are more than ${maxLogs} logs`);
    return;
  }
  const peeked = await peekOrNothing(file, choice);
  if (peeked === undefined) return;
  const { head, all, close } = peeked;
  try {
    if (packingOf(head) !== 'none' || isZip(head) || hasTarMark(head)) {
      if (choice === 'unknown' && (isHostPath(file.name) || visit.place.depth > 0)) return;
      visit.count.logs += 1;
      visit.packed.push(await putAside(visit, file, all(), choice));
    } else if (isText(choice, head)) {
      visit.count.logs += 1;
      yield toLog(file, choice, () => decodeLog(file.shown, all()));
    }
  } finally {
    await close();
  }
}

function isText(choice: FileChoice, head: Buffer): boolean {
  return choice === 'unknown' ? beginsLikeCriu(head) : choice !== 'packed';
}

/** What cannot be read is told by whoever reads it as a log; of other files nobody wants to know. */
async function peekOrNothing(file: WalkedFile, choice: FileChoice): Promise<Peeked | undefined> {
  try {
    return await peek(file.content, choice === 'unknown' ? tellingBytes : 512);
  } catch (error) {
    if (choice === 'unknown' || choice === 'packed') return undefined;
    return { head: Buffer.alloc(0), all: () => failWith(error), close: () => Promise.resolve() };
  }
}

/** A packed file inside of an archive has to lie in a file itself: the archive is read from its beginning to its end. */
async function putAside(
  { spool, onProblem }: Visit,
  { shown, path, modifiedMs }: WalkedFile,
  content: AsyncIterable<Buffer>,
  choice: FileChoice,
): Promise<PackedFile> {
  if (path !== undefined) return { path, name: shown, isInDirectory: true, modifiedMs, choice };
  const kept = await spool.keep(content);
  if (kept.damage !== undefined) onProblem(`${shown}: ${kept.damage}`);
  return { path: kept.path, name: shown, isInDirectory: true, modifiedMs, choice };
}
