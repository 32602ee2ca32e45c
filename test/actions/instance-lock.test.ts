import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { takeLock, type LockOwner } from '../../src/actions/instance-lock.js';
import { isAlive, markProcess } from '../../src/actions/live-process.js';

let directory = '';
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lock-'));
});
afterEach(() => rm(directory, { recursive: true }));

const isBusy = ({ process: owner }: LockOwner): Promise<boolean> => Promise.resolve(isAlive(owner));
const path = (): string => join(directory, 'lxd-default-c1');

/** A lock as somebody left it. */
async function leave(text: string): Promise<void> {
  await mkdir(path());
  await writeFile(join(path(), '7'), text);
}

describe('takeLock', () => {
  it('gives the lock to one at a time', async () => {
    const lock = await takeLock(path(), 'first', isBusy);
    expect('release' in lock).toBe(true);
    expect(await takeLock(path(), 'second', isBusy)).toMatchObject({ heldBy: { guard: 'first' } });
    if ('release' in lock) await lock.release();
    expect('release' in (await takeLock(path(), 'second', isBusy))).toBe(true);
  });

  it('takes over from an owner that is gone, also when its pid belongs to another process now', async () => {
    const now = markProcess(process.pid);
    await leave(JSON.stringify({ guard: 'dead', process: { pid: now?.pid, startTicks: '1' } }));
    expect('release' in (await takeLock(path(), 'next', isBusy))).toBe(true);
    expect(await readdir(path())).toEqual(['8']);
  });

  it('does not trust what is no lock', async () => {
    await leave('{');
    expect('release' in (await takeLock(path(), 'next', isBusy))).toBe(true);
  });

  it('one of many gets it, time and again', async () => {
    await leave(JSON.stringify({ guard: 'dead', process: { pid: 1, startTicks: 'x' } }));
    for (let round = 0; round < 20; round += 1) {
      const all = await Promise.all(
        Array.from({ length: 8 }, (_, number) => takeLock(path(), `guard ${number}`, isBusy)),
      );
      const taken = all.flatMap((lock) => ('release' in lock ? [lock] : []));
      expect(taken).toHaveLength(1);
      for (const lock of taken) await lock.release();
    }
    expect(await readdir(path())).toHaveLength(1);
  });
});
