import { chmod, lstat, mkdir, mkdtemp, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { copyState, findDifferences } from '../../src/actions/copy-state.js';

let directory = '';
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'state-'));
  await mkdir(join(directory, 'state'), { mode: 0o750 });
  await writeFile(join(directory, 'state', 'pages-1.img'), 'memory', { mode: 0o640 });
  await writeFile(join(directory, 'state', 'inventory.img'), 'inventory');
  await utimes(join(directory, 'state', 'inventory.img'), 1_700_000_000, 1_700_000_000);
  await mkdir(join(directory, 'state', 'final'));
  await symlink('../final', join(directory, 'state', 'parent'));
});
afterEach(() => rm(directory, { recursive: true }));

const from = (): string => join(directory, 'state');
const to = (): string => join(directory, 'copy');

describe('copyState', () => {
  it('copies contents, modes, times and links, and gives a checksum for each file', async () => {
    const { files, bytes } = await copyState(from(), to());
    expect(files.map(({ path, kind }) => `${kind} ${path}`)).toEqual([
      'directory final',
      'file inventory.img',
      'file pages-1.img',
      'link parent',
    ]);
    expect(bytes).toBe('memory'.length + 'inventory'.length);
    expect(await readFile(join(to(), 'pages-1.img'), 'utf8')).toBe('memory');
    expect((await lstat(to())).mode & 0o777).toBe(0o750);
    expect((await lstat(join(to(), 'pages-1.img'))).mode & 0o777).toBe(0o640);
    expect((await lstat(join(to(), 'inventory.img'))).mtimeMs).toBe(1_700_000_000_000);
    expect(await findDifferences(to(), files)).toEqual([]);
  });

  it('tells what has become of a copy', async () => {
    const { files } = await copyState(from(), to());
    await writeFile(join(to(), 'pages-1.img'), 'memorx');
    await rm(join(to(), 'inventory.img'));
    await writeFile(join(to(), 'more.img'), '');
    expect(await findDifferences(to(), files)).toEqual([
      'inventory.img is gone',
      'pages-1.img has changed',
      'more.img is new',
    ]);
  });

  it('is not a hard link: what happens to the original does not happen to the copy', async () => {
    const { files } = await copyState(from(), to());
    await writeFile(join(from(), 'pages-1.img'), 'other!');
    expect(await findDifferences(to(), files)).toEqual([]);
  });

  it('refuses what no checkpoint holds, and leaves nothing behind', async () => {
    execFileSync('mkfifo', [join(from(), 'fifo')]);
    await expect(copyState(from(), to())).rejects.toThrow(/neither file nor directory/);
    await expect(lstat(to())).rejects.toThrow(/ENOENT/);
  });

  it('refuses a directory that somebody writes to meanwhile', async () => {
    for (let number = 0; number < 200; number += 1) await writeFile(join(from(), `core-${number}.img`), 'x');
    let isOn = true;
    const writing = (async () => {
      for (let number = 0; isOn; number += 1) await writeFile(join(from(), 'core-3.img'), String(number));
    })();
    await expect(copyState(from(), to())).rejects.toThrow(/changed while it was copied/);
    isOn = false;
    await writing;
    await expect(lstat(to())).rejects.toThrow(/ENOENT/);
  });

  it('never copies over something', async () => {
    await mkdir(to());
    await chmod(to(), 0o700);
    await expect(copyState(from(), to())).rejects.toThrow(/EEXIST/);
    expect((await lstat(to())).isDirectory()).toBe(true);
  });
});
