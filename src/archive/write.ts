/** Writes a gzipped tar archive that either appears whole under its name or not at all. */

import { constants, createWriteStream, fchown, fstatSync, fsync, lstatSync, openSync, type Stats } from 'node:fs';
import { link, lstat, open, rename, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';

import { TarArchive } from 'archiver';

import { errorCode, explainSystemError, UserError } from '../errors.js';
import { judgeEntryName } from './entry-name.js';

export interface WriteOptions {
  /** Where the archive is to be; nothing may be there. */
  readonly path: string;
  /** Folder inside of the archive that everything lies in. */
  readonly topFolder: string;
  /** Modification time of all entries. */
  readonly modified: Date;
  /** Who is to own the archive; left out = whoever runs this. */
  readonly owner?: { readonly uid: number; readonly gid: number } | undefined;
}

/** An archive that is being written. Its calls may overlap; they are done one after the other. */
export interface ReportWriter {
  /**
   * Adds a file; resolves when it is compressed, so that whoever waits holds one content at a time.
   * @throws {UserError} the archive cannot be written
   */
  add(name: string, content: Buffer | string): Promise<void>;
  /**
   * Makes the archive appear under its name.
   * @throws {UserError} it cannot be written, or something has taken the name meanwhile
   */
  finish(): Promise<void>;
  /** Leaves nothing behind. Does nothing after `finish`. */
  abandon(): Promise<void>;
}

/** Level 6 takes three times as long and makes an eighth less of logs. */
const gzipLevel = 1;
/** Larger contents are handed over in pieces of this size, so that they wait for the compressor and the disk. */
const pieceBytes = 256 * 1024;
/** Part files of killed runs that had our pid. */
const maxLeftovers = 100;

/**
 * Opens `.NAME.part-PID` beside the name to be, readable by its owner alone.
 * @throws {UserError} something has the name already, or nothing can be written there
 */
export function writeArchive(options: WriteOptions): ReportWriter {
  refuseTaken(options.path);
  const part = openPart(options.path);
  const archive = new TarArchive({ gzip: true, gzipOptions: { level: gzipLevel } });
  const output = createWriteStream('', { fd: part.fd, autoClose: false });
  const written = new Promise<void>((resolve, reject) => {
    output.once('finish', resolve);
    for (const stream of [archive, output]) stream.on('error', (error: Error) => reject(explain(error, options.path)));
  });
  // Told by whichever call waits for it; nobody may be waiting when it happens.
  written.catch(() => {});
  archive.pipe(output);
  const pack: Pack = { archive, written, stats: fstatSync(part.fd), options };
  let isOpen = true;
  let queue = Promise.resolve();
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const turn = queue.then(work);
    queue = turn.catch(() => {});
    return turn;
  };
  const close = async (): Promise<void> => {
    isOpen = false;
    const closed = new Promise<void>((resolve) => output.once('close', resolve));
    output.destroy();
    await closed;
  };
  const discard = async (): Promise<void> => {
    archive.unpipe(output);
    archive.abort();
    await close();
    await unlink(part.path);
  };
  return {
    add: (name, content) => inTurn(() => addEntry(pack, name, content)),
    finish: () =>
      inTurn(async () => {
        if (!isOpen) throw new Error('the archive is closed already');
        try {
          await Promise.race([archive.finalize(), written]);
          await written;
          await seal(part, options);
        } catch (error) {
          await discard();
          throw explain(error, options.path);
        }
        await close();
      }),
    abandon: () => inTurn(async () => (isOpen ? discard() : undefined)),
  };
}

interface Part {
  readonly path: string;
  readonly fd: number;
}

interface Pack {
  readonly archive: TarArchive;
  /** Settles when the output is closed or broken. */
  readonly written: Promise<void>;
  readonly stats: Stats;
  readonly options: WriteOptions;
}

function refuseTaken(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) throw taken(path);
}

function taken(path: string): UserError {
  return new UserError(`${path} exists already`, { hint: 'Nothing is ever overwritten; name another file with -o' });
}

/** Exclusively, so that no link that lies there is followed. */
function openPart(path: string): Part {
  const base = join(dirname(path), `.${basename(path)}.part-${process.pid}`);
  for (let attempt = 0; ; attempt += 1) {
    const name = attempt === 0 ? base : `${base}-${attempt}`;
    try {
      return { path: name, fd: openSync(name, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600) };
    } catch (error) {
      if (errorCode(error) !== 'EEXIST' || attempt >= maxLeftovers) throw explain(error, path);
    }
  }
}

async function addEntry({ archive, written, stats, options }: Pack, name: string, content: Buffer | string) {
  const full = `${options.topFolder}/${name}`;
  if (judgeEntryName(full).name !== full) throw new Error(`${JSON.stringify(name)} cannot be the name of an entry`);
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const entry = { name: full, date: options.modified, mode: 0o600 };
  const added = new Promise<void>((resolve) => {
    archive.once('entry', () => resolve());
  });
  if (bytes.length <= pieceBytes) archive.append(bytes, entry);
  // A buffer is queued whole; a stream waits its turn, but only when its size is told by such an object.
  else
    archive.append(Readable.from(piecesOf(bytes)), { ...entry, stats: Object.assign(stats, { size: bytes.length }) });
  await Promise.race([added, written]);
}

function* piecesOf(bytes: Buffer): Iterable<Buffer> {
  for (let start = 0; start < bytes.length; start += pieceBytes) yield bytes.subarray(start, start + pieceBytes);
}

/** On the disk first, under its name then. */
async function seal(part: Part, { path, owner }: WriteOptions): Promise<void> {
  if (owner !== undefined) await promisify(fchown)(part.fd, owner.uid, owner.gid);
  await promisify(fsync)(part.fd);
  await publish(part.path, path);
  await syncDirectory(dirname(path));
}

/** A hard link never replaces anything. File systems without them (FAT, some network ones) get the next best. */
async function publish(part: string, path: string): Promise<void> {
  try {
    await link(part, path);
  } catch (error) {
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(errorCode(error) ?? '')) throw error;
    const isTaken = await lstat(path).then(
      () => true,
      () => false,
    );
    if (isTaken) throw taken(path);
    await rename(part, path);
    return;
  }
  await unlink(part);
}

async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await handle.sync();
  } catch (error) {
    // Some file systems refuse it for directories; the file itself is safe by now.
    if (errorCode(error) !== 'EINVAL') throw error;
  } finally {
    await handle.close();
  }
}

const noDirectory = 'there is no such directory';

function explain(error: unknown, path: string): Error {
  if (errorCode(error) === 'EEXIST' && !(error instanceof UserError)) return taken(path);
  const explained = explainSystemError(error, `cannot write ${path}`, {
    reasons: { ENOENT: noDirectory, ENOTDIR: noDirectory },
  });
  return explained instanceof Error ? explained : new Error(String(explained));
}
