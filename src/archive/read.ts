/** Reads tar archives that strangers send: never extracts, takes plain files alone, names what it skips. */

import { UserError } from '../errors.js';
import { CutOff, type RawEntry, type WalkLimits } from './entries.js';
import { chooseEntry, shortenName } from './entry-choice.js';
import { createProblemList } from './problems.js';
import { sniffArchive } from './unpack.js';
import { walkEntries } from './walk.js';

export { sniffArchive } from './unpack.js';

export interface ArchiveLimits extends WalkLimits {
  /** Larger files are skipped. */
  readonly maxEntryBytes: number;
  /** Contents held in memory, all files together; the others are read from the archive again when asked for. */
  readonly maxKeptBytes: number;
  /** Larger files are never held in memory. */
  readonly maxKeptEntryBytes: number;
}

/** A file inside of an archive. */
export interface ArchiveFile {
  readonly bytes: number;
  /** Its content; can be read any number of times. */
  open(): AsyncIterable<Buffer>;
}

export interface NamedContent {
  readonly name: string;
  readonly content: AsyncIterable<Buffer>;
}

export interface ArchiveIndex {
  /** By plain name (`a/b`). Names are untrusted but harmless as such. */
  readonly files: ReadonlyMap<string, ArchiveFile>;
  /**
   * Reads several files in as few passes as possible, those in memory first: reading large ones one by
   * one would unpack the archive each time. A content is there until the next one is asked for.
   */
  readMany(names: ReadonlySet<string>): AsyncIterable<NamedContent>;
  /** What was skipped and what is damaged, one line each. Untrusted. */
  readonly problems: readonly string[];
  /** The archive stops before its end: `files` holds what is whole. */
  readonly isCutOff: boolean;
}

/** Far above what `crdoctor report` writes. */
export const defaultLimits: ArchiveLimits = {
  maxEntries: 20_000,
  maxTotalBytes: 4 * 1024 ** 3,
  maxEntryBytes: 256 * 1024 ** 2,
  maxKeptBytes: 128 * 1024 ** 2,
  maxKeptEntryBytes: 8 * 1024 ** 2,
};

/**
 * Lists what an archive holds.
 * @throws {UserError} it is neither tar nor zip, cannot be opened, or holds more than the limits allow
 */
export async function readArchive(path: string, limits: ArchiveLimits = defaultLimits): Promise<ArchiveIndex> {
  const form = await sniffArchive(path);
  if (form === undefined) {
    throw new UserError(`${path} is no tar archive (plain, or packed with gzip, xz, zstd or bzip2) and no zip`);
  }
  const walk = (): AsyncIterable<RawEntry> => walkEntries(path, form, limits);
  const files = new Map<string, ArchiveFile>();
  const left = new Map<number, string>();
  const problems = createProblemList();
  let keepable = limits.maxKeptBytes;
  let last = 'its beginning';
  let isCutOff = false;
  try {
    for await (const entry of walk()) {
      last = entry.name;
      const name = chooseEntry(entry, files, limits.maxEntryBytes);
      if (name.refusal !== undefined) problems.add(`skipped ${shortenName(entry.name)}: ${name.refusal}`);
      if (name.name === undefined) continue;
      const isKept = entry.bytes <= Math.min(keepable, limits.maxKeptEntryBytes);
      const file = isKept ? await keep(entry) : await leave(entry, walk);
      if (isKept) keepable -= entry.bytes;
      else left.set(entry.position, name.name);
      files.set(name.name, file);
    }
  } catch (error) {
    if (error instanceof UserError || !(error instanceof Error)) throw error;
    isCutOff = error instanceof CutOff;
    const what = isCutOff ? 'the report is truncated: the archive stops' : `the archive is damaged (${error.message})`;
    problems.add(`${what} at or behind ${shortenName(last)}`);
  }
  const readMany = (names: ReadonlySet<string>): AsyncIterable<NamedContent> => readInOnePass(files, left, names, walk);
  return { files, readMany, problems: problems.all(), isCutOff };
}

/** `left`: names of the files that are not in memory, by their positions. */
async function* readInOnePass(
  files: ReadonlyMap<string, ArchiveFile>,
  left: ReadonlyMap<number, string>,
  names: ReadonlySet<string>,
  walk: () => AsyncIterable<RawEntry>,
): AsyncGenerator<NamedContent> {
  const leftNames = new Set(left.values());
  let missing = 0;
  for (const [name, file] of files) {
    if (!names.has(name)) continue;
    if (leftNames.has(name)) missing += 1;
    else yield { name, content: file.open() };
  }
  if (missing === 0) return;
  for await (const { position, content } of walk()) {
    const name = left.get(position);
    if (name === undefined || !names.has(name)) continue;
    yield { name, content };
    missing -= 1;
    if (missing === 0) return;
  }
}

async function keep({ content, bytes }: RawEntry): Promise<ArchiveFile> {
  const pieces: Buffer[] = [];
  for await (const piece of content) pieces.push(piece);
  const kept = Buffer.concat(pieces);
  return { bytes, open: () => once(kept) };
}

async function* once(content: Buffer): AsyncGenerator<Buffer> {
  yield await Promise.resolve(content);
}

/** Read to its end once, so that a file that is cut off is not listed. */
async function leave(
  { content, position, bytes }: RawEntry,
  walk: () => AsyncIterable<RawEntry>,
): Promise<ArchiveFile> {
  for await (const piece of content) void piece;
  return { bytes, open: () => readAgain(walk, position) };
}

async function* readAgain(walk: () => AsyncIterable<RawEntry>, position: number): AsyncGenerator<Buffer> {
  for await (const entry of walk()) {
    if (entry.position !== position) continue;
    yield* entry.content;
    return;
  }
}
