/** Lets one guard at a time work on an instance; a lock whose owner is gone is taken over. */

import { randomUUID } from 'node:crypto';
import { link, mkdir, readdir, rename, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { errorCode } from '../errors.js';
import { readJsonFile } from './durable-file.js';
import { markProcess, readProcessMark, type ProcessMark } from './live-process.js';

/** Who holds a lock. */
export interface LockOwner {
  readonly guard: string;
  readonly process: ProcessMark;
}

export interface InstanceLock {
  release(): Promise<void>;
}

/** Whether what a lock stands for is still going on. */
export type OwnerTest = (owner: LockOwner) => Promise<boolean>;

/**
 * The lock, or who has it. A lock is a directory with numbered files, and the highest number counts: it is never
 * removed, only followed, so that of several that find it free or stale exactly one gets the next number.
 */
export async function takeLock(
  directory: string,
  guard: string,
  isBusy: OwnerTest,
): Promise<InstanceLock | { readonly heldBy: LockOwner }> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const part = join(directory, `.${randomUUID()}.part`);
  await writeFile(part, JSON.stringify({ guard, process: markProcess(process.pid) }), { mode: 0o600 });
  try {
    for (;;) {
      const highest = (await numbersIn(directory)).at(-1) ?? 0;
      const owner = await readOwner(join(directory, String(highest)));
      if (owner !== undefined && (await isBusy(owner))) return { heldBy: owner };
      const own = highest + 1;
      if (!(await linked(part, join(directory, String(own))))) continue;
      const numbers = await numbersIn(directory);
      // Somebody was faster by more than one while this one slept.
      if ((numbers.at(-1) ?? own) > own) {
        await unlink(join(directory, String(own)));
        continue;
      }
      for (const number of numbers.filter((each) => each < own)) await removeIfThere(join(directory, String(number)));
      return { release: () => release(directory, own) };
    }
  } finally {
    await removeIfThere(part);
  }
}

/** The number stays as the highest, without an owner. */
async function release(directory: string, number: number): Promise<void> {
  const part = join(directory, `.${randomUUID()}.part`);
  await writeFile(part, 'null', { mode: 0o600 });
  await rename(part, join(directory, String(number)));
}

async function numbersIn(directory: string): Promise<readonly number[]> {
  const names = (await readdir(directory)).filter((name) => /^\d{1,15}$/.test(name));
  return names.map(Number).toSorted((left, right) => left - right);
}

/** A link appears whole or not at all, and never where something is already. */
async function linked(part: string, path: string): Promise<boolean> {
  try {
    await link(part, path);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Undefined: it was released, or is nothing that a lock has written. */
async function readOwner(path: string): Promise<LockOwner | undefined> {
  let data: unknown;
  try {
    data = await readJsonFile(path);
  } catch {
    // Not written by a lock, so there is nobody to respect.
    return undefined;
  }
  if (typeof data !== 'object' || data === null || !('guard' in data) || !('process' in data)) return undefined;
  const mark = readProcessMark(data.process);
  return typeof data.guard === 'string' && mark ? { guard: data.guard, process: mark } : undefined;
}

async function removeIfThere(path: string): Promise<void> {
  await unlink(path).catch((error: unknown) => {
    if (errorCode(error) !== 'ENOENT') throw error;
  });
}
