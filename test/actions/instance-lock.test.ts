import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
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
    await writeFile(path(), JSON.stringify({ guard: 'dead', process: { pid: now?.pid, startTicks: '1' } }));
    expect('release' in (await takeLock(path(), 'next', isBusy))).toBe(true);
    expect(await readdir(directory)).toEqual(['lxd-default-c1']);
  });

  it('does not trust what is no lock', async () => {
    await writeFile(path(), '{');
    expect('release' in (await takeLock(path(), 'next', isBusy))).toBe(true);
  });

  it('one of many gets it', async () => {
    await writeFile(path(), JSON.stringify({ guard: 'dead', process: { pid: 1, startTicks: 'x' } }));
    const all = await Promise.all(
      Array.from({ length: 5 }, (_, number) => takeLock(path(), `guard ${number}`, isBusy)),
    );
    expect(all.filter((lock) => 'release' in lock)).toHaveLength(1);
  });
});
