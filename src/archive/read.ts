/** Reads tar archives that strangers send: never extracts, takes plain files alone, names what it skips. */

import { UserError } from '../errors.js';
import { CutOff, walkEntries, type RawEntry, type WalkLimits } from './entries.js';
import { judgeEntryName } from './entry-name.js';
import { createProblemList } from './problems.js';
import { sniffArchive, type ArchiveForm } from './unpack.js';

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
 * @throws {UserError} it is no tar archive, cannot be opened, or holds more than the limits allow
 */
export async function readArchive(path: string, limits: ArchiveLimits = defaultLimits): Promise<ArchiveIndex> {
  const form = await sniffArchive(path);
  if (form === undefined) {
    throw new UserError(`${path} is no tar archive, neither plain nor packed with gzip`);
  }
  const files = new Map<string, ArchiveFile>();
  const left = new Map<number, string>();
  const problems = createProblemList();
  let keepable = limits.maxKeptBytes;
  let last = 'its beginning';
  let isCutOff = false;
  try {
    for await (const entry of walkEntries(path, form, limits)) {
      last = entry.name;
      const name = chooseName(entry, files, limits);
      if (name.refusal !== undefined) problems.add(`skipped ${shorten(entry.name)}: ${name.refusal}`);
      if (name.name === undefined) continue;
      const isKept = entry.bytes <= Math.min(keepable, limits.maxKeptEntryBytes);
      const file = isKept ? await keep(entry) : await leave(entry, path, form, limits);
      if (isKept) keepable -= entry.bytes;
      else left.set(entry.position, name.name);
      files.set(name.name, file);
    }
  } catch (error) {
    if (error instanceof UserError || !(error instanceof Error)) throw error;
    isCutOff = error instanceof CutOff;
    const what = isCutOff ? 'the report is truncated: the archive stops' : `the archive is damaged (${error.message})`;
    problems.add(`${what} at or behind ${shorten(last)}`);
  }
  const readMany = (names: ReadonlySet<string>): AsyncIterable<NamedContent> =>
    readInOnePass(files, left, names, () => walkEntries(path, form, limits));
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

interface Choice {
  readonly name?: string;
  readonly refusal?: string;
}

const kinds: Readonly<Record<string, string>> = {
  link: 'it is a hard link',
  symlink: 'it is a symbolic link',
  'character-device': 'it is a device',
  'block-device': 'it is a device',
  fifo: 'it is a fifo',
};

/** The name under which an entry is taken, or why not; neither for directories, which are of no interest. */
function chooseName(entry: RawEntry, files: ReadonlyMap<string, unknown>, limits: ArchiveLimits): Choice {
  const { type, bytes } = entry;
  if (type === 'directory') return {};
  if (type !== 'file' && type !== 'contiguous-file') return { refusal: kinds[type ?? ''] ?? 'it is no file' };
  const { name, refusal } = judgeEntryName(entry.name);
  if (refusal !== undefined) return { refusal };
  if (files.has(name)) return { refusal: 'the archive holds that name twice, and the first one counts' };
  if (bytes > limits.maxEntryBytes) return { refusal: `it has ${bytes} bytes, more than ${limits.maxEntryBytes}` };
  return { name };
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
async function leave(entry: RawEntry, path: string, form: ArchiveForm, limits: ArchiveLimits): Promise<ArchiveFile> {
  const { position, bytes } = entry;
  for await (const piece of entry.content) void piece;
  return { bytes, open: () => readAgain(path, form, limits, position) };
}

async function* readAgain(
  path: string,
  form: ArchiveForm,
  limits: ArchiveLimits,
  position: number,
): AsyncGenerator<Buffer> {
  for await (const entry of walkEntries(path, form, limits)) {
    if (entry.position !== position) continue;
    yield* entry.content;
    return;
  }
}

/** The end of a name tells more than its beginning. */
function shorten(name: string): string {
  return name.length <= 120 ? name : `…${name.slice(-120)}`;
}
