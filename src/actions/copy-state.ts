/** Copies a directory of checkpoint images so that the copy can stand in for it: owners, modes, checksums, on the disk. */

import { createHash } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import {
  chmod,
  copyFile,
  lchown,
  lstat,
  mkdir,
  open,
  readdir,
  readlink,
  rm,
  statfs,
  symlink,
  utimes,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { errorCode, UserError } from '../errors.js';
import { syncDirectory } from './durable-file.js';

/** A file of the directory. `path` is below it. */
export interface StateFile {
  readonly path: string;
  readonly kind: 'file' | 'directory' | 'link';
  readonly bytes: number;
  readonly sha256?: string;
}

export interface StateCopy {
  readonly files: readonly StateFile[];
  readonly bytes: number;
}

interface FoundFile {
  readonly path: string;
  readonly kind: StateFile['kind'];
  readonly bytes: number;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly modifiedMs: number;
  /** Changes whenever somebody writes to it, replaces it, or changes its owner. */
  readonly version: string;
}

const maxFiles = 200_000;
/** What a file system needs besides the contents, and room for the journal. */
const spareBytes = 16 * 1024 * 1024;

/**
 * Copies `from` to `to`, which must not exist. What was begun is removed when it fails.
 * @throws {UserError} it cannot be read, there is no room, or somebody changed it meanwhile
 */
export async function copyState(from: string, to: string): Promise<StateCopy> {
  const before = await listFiles(from);
  const bytes = before.reduce((sum, file) => sum + file.bytes, 0);
  await mkdir(to, { mode: 0o700 });
  try {
    if (!(await canShareBlocks(from, to, before))) await requireRoom(to, bytes);
    for (const file of before) await copyOne(join(from, file.path), join(to, file.path), file);
    const files: StateFile[] = [];
    for (const file of before) files.push(await compareOne(from, to, file));
    await settle(from, to, before);
    const after = await listFiles(from);
    if (versionsOf(after) !== versionsOf(before)) throw changed(from);
    return { files, bytes };
  } catch (error) {
    await rm(to, { recursive: true, force: true });
    if (error instanceof UserError) throw error;
    if (errorCode(error) === 'ENOSPC' || errorCode(error) === 'EDQUOT') throw full(to, bytes);
    throw new UserError(`${from} cannot be copied: ${error instanceof Error ? error.message : 'error'}`);
  }
}

/** What differs between a directory and the list made when it was copied; empty = it is the same. */
export async function findDifferences(directory: string, files: readonly StateFile[]): Promise<readonly string[]> {
  const found = new Map((await listFiles(directory)).map((file) => [file.path, file]));
  const differences: string[] = [];
  for (const { path, kind, sha256 } of files) {
    const now = found.get(path);
    found.delete(path);
    if (now === undefined) differences.push(`${path} is gone`);
    else if (now.kind !== kind) differences.push(`${path} is another kind of file`);
    else if (kind === 'file' && (await hash(join(directory, path))) !== sha256) differences.push(`${path} has changed`);
  }
  return [...differences, ...[...found.keys()].map((path) => `${path} is new`)];
}

/** Parents before what is in them. @throws {UserError} something that no checkpoint holds */
async function listFiles(root: string, below = ''): Promise<readonly FoundFile[]> {
  const files: FoundFile[] = [];
  for (const name of (await readdir(join(root, below))).toSorted()) {
    const path = join(below, name);
    const stat = await lstat(join(root, path), { bigint: true });
    const kind = stat.isFile() ? 'file' : stat.isDirectory() ? 'directory' : stat.isSymbolicLink() ? 'link' : undefined;
    if (kind === undefined) throw new UserError(`${join(root, path)} is neither file nor directory`);
    files.push({
      path,
      kind,
      bytes: kind === 'file' ? Number(stat.size) : 0,
      mode: Number(stat.mode & 0o7777n),
      uid: Number(stat.uid),
      gid: Number(stat.gid),
      modifiedMs: Number(stat.mtimeMs),
      // Reading a file leaves these alone.
      version: [path, stat.ino, stat.size, stat.mtimeNs, stat.ctimeNs].join(' '),
    });
    if (kind === 'directory') files.push(...(await listFiles(root, path)));
    if (files.length > maxFiles) throw new UserError(`${root} holds more than ${maxFiles} files`);
  }
  return files;
}

function versionsOf(files: readonly FoundFile[]): string {
  return files.map(({ version }) => version).join('\n');
}

/** Whether the file system can give the copy the same blocks, which takes no room; tried with the first file. */
async function canShareBlocks(from: string, to: string, files: readonly FoundFile[]): Promise<boolean> {
  const first = files.find(({ kind, bytes }) => kind === 'file' && bytes > 0);
  if (first === undefined) return true;
  const trial = join(to, '.trial');
  try {
    await copyFile(join(from, first.path), trial, constants.COPYFILE_FICLONE_FORCE);
    await rm(trial);
    return true;
  } catch {
    // Node and kernels name this in several ways; all of them mean: no.
    await rm(trial, { force: true });
    return false;
  }
}

async function requireRoom(to: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(to);
  if (bavail * bsize < bytes + spareBytes) throw full(to, bytes, bavail * bsize);
}

async function copyOne(from: string, to: string, file: FoundFile): Promise<void> {
  if (file.kind === 'directory') await mkdir(to, { mode: 0o700 });
  else if (file.kind === 'link') await symlink(await readlink(from), to);
  else await copyFile(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
}

async function compareOne(from: string, to: string, { path, kind, bytes }: FoundFile): Promise<StateFile> {
  if (kind !== 'file') return { path, kind, bytes };
  await syncFile(join(to, path));
  const [original, copy] = [await hash(join(from, path)), await hash(join(to, path))];
  if (original !== copy) throw changed(from);
  return { path, kind, bytes, sha256: copy };
}

/** Owners, modes and times as they were, because CRIU and the engine look at them; then all of it onto the disk. */
async function settle(from: string, to: string, files: readonly FoundFile[]): Promise<void> {
  for (const { path, kind, mode, uid, gid, modifiedMs } of files.toReversed()) {
    const place = join(to, path);
    await lchown(place, uid, gid);
    if (kind === 'link') continue;
    await chmod(place, mode);
    await utimes(place, modifiedMs / 1000, modifiedMs / 1000);
    if (kind === 'directory') await syncDirectory(place);
  }
  const { uid, gid, mode } = await lstat(from);
  await lchown(to, uid, gid);
  await chmod(to, mode & 0o7777);
  await syncDirectory(to);
  await syncDirectory(dirname(to));
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

async function hash(path: string): Promise<string> {
  const sum = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 }) as AsyncIterable<Buffer>) {
    sum.update(chunk);
  }
  return sum.digest('hex');
}

function changed(from: string): UserError {
  return new UserError(`${from} changed while it was copied`, {
    hint: 'Somebody else works on this instance. Look who, and try again',
  });
}

function full(to: string, bytes: number, free?: number): UserError {
  const has = free === undefined ? 'is full' : `has ${free} bytes free`;
  return new UserError(`no room for a copy of the state: it needs ${bytes} bytes, and ${dirname(to)} ${has}`, {
    hint: 'Make room, or name a directory on another disk: CRDOCTOR_STATE=DIRECTORY',
  });
}
