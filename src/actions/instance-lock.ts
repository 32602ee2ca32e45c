/** Lets one guard at a time work on an instance; a lock whose owner is gone is taken over. */

import { randomUUID } from 'node:crypto';
import { link, rename, unlink, writeFile } from 'node:fs/promises';

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

/** The lock, or who has it. A lock that cannot be read counts as one that nobody holds. */
export async function takeLock(
  path: string,
  guard: string,
  isBusy: OwnerTest,
): Promise<InstanceLock | { readonly heldBy: LockOwner }> {
  const own = markProcess(process.pid);
  const part = `${path}.${randomUUID()}.part`;
  await writeFile(part, JSON.stringify({ guard, process: own }), { mode: 0o600 });
  try {
    for (;;) {
      // A link appears whole or not at all, and never where something is already.
      if (await linked(part, path)) return { release: () => unlink(path).catch(() => undefined) };
      const owner = await readOwner(path);
      if (owner !== undefined && (await isBusy(owner))) return { heldBy: owner };
      await removeStale(path, owner, `${part}.stale`);
    }
  } finally {
    await unlink(part).catch(() => undefined);
  }
}

async function linked(part: string, path: string): Promise<boolean> {
  try {
    await link(part, path);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

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

/** Of several that find the same stale lock one renames it; whoever renamed a fresh one puts it back. */
async function removeStale(path: string, judged: LockOwner | undefined, aside: string): Promise<void> {
  try {
    await rename(path, aside);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return;
    throw error;
  }
  const renamed = await readOwner(aside);
  if (JSON.stringify(renamed) !== JSON.stringify(judged)) await linked(aside, path);
  await unlink(aside);
}
