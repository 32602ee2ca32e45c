import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readlinkSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';

import { UserError } from '../../src/errors.js';
import { openLogs, type LogInput } from '../../src/source/log-files.js';

let directory = '';
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'crdoctor-logs-'));
  await mkdir(join(directory, 'state', 'deep'), { recursive: true });
  await mkdir(join(directory, 'none'));
  await writeFile(join(directory, 'state', 'dump.log'), 'a dump\n');
  await writeFile(join(directory, 'state', 'deep', 'restore.log.1.gz'), '');
  await writeFile(join(directory, 'state', 'pages-1.img'), 'memory');
  await writeFile(join(directory, 'state', 'console.log'), 'what the container printed');
  await writeFile(join(directory, 'secret.log'), 'not of this directory');
  await symlink(join(directory, 'secret.log'), join(directory, 'state', 'link.log'));
  await symlink(directory, join(directory, 'state', 'loop'));
});
afterAll(async () => rm(directory, { recursive: true }));

const noInput = (): AsyncIterable<Buffer> => {
  throw new Error('standard input was not asked for');
};
const textOf = async (input: LogInput | undefined): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of input?.open() ?? []) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString();
};

describe('openLogs', () => {
  test('reads a file', async () => {
    const [log] = await openLogs([join(directory, 'state', 'dump.log')], noInput);
    expect(await textOf(log)).toBe('a dump\n');
  });

  test('reads a file larger than its buffers', async () => {
    const path = join(directory, 'large.txt');
    const text = Array.from({ length: 300_000 }, (_, at) => `line ${String(at)}`).join('\n');
    await writeFile(path, text);
    const [log] = await openLogs([path], noInput);
    expect(await textOf(log)).toBe(text);
  });

  test('finds the logs of a directory, without images, consoles and links', async () => {
    const logs = await openLogs([join(directory, 'state')], noInput);
    expect(logs.map(({ name }) => name.slice(directory.length))).toEqual([
      '/state/deep/restore.log.1.gz',
      '/state/dump.log',
    ]);
  });

  test('follows a link that the user named', async () => {
    const [log] = await openLogs([join(directory, 'state', 'link.log')], noInput);
    expect(await textOf(log)).toBe('not of this directory');
  });

  test('takes - for standard input', async () => {
    const [log] = await openLogs(['-'], async function* () {
      yield Buffer.from('from a pipe');
    });
    expect(log?.name).toBe('-');
    expect(await textOf(log)).toBe('from a pipe');
  });

  test.each([
    ['nothing.log', 'no such file or directory'],
    ['none', 'no log in this directory'],
    ['state/dump.log/x', 'no such file or directory'],
  ])('%s is the error of whoever named it', async (name, message) => {
    const opening = openLogs([join(directory, name)], noInput);
    await expect(opening).rejects.toThrow(UserError);
    await expect(opening).rejects.toThrow(message);
  });

  test('does not wait for the writer of a fifo, nor reads sockets', async () => {
    const special = join(directory, 'special');
    await mkdir(special);
    await writeFile(join(special, 'dump.log'), 'a dump');
    execFileSync('mkfifo', [join(special, 'fifo.log')]);
    const server = createServer().listen(join(special, 'socket.log'));
    await once(server, 'listening');
    await expect(openLogs([join(special, 'fifo.log')], noInput)).rejects.toThrow('is a fifo, not a log');
    await expect(openLogs([join(special, 'socket.log')], noInput)).rejects.toThrow('is a socket, not a log');
    expect((await openLogs([special], noInput)).map(({ name }) => name)).toEqual([join(special, 'dump.log')]);
    server.close();
  });

  test('does not wait when a fifo takes the place of a log', async () => {
    const path = join(directory, 'replaced.log');
    await writeFile(path, 'a dump');
    const [log] = await openLogs([path], noInput);
    await rm(path);
    execFileSync('mkfifo', [path]);
    await expect(textOf(log)).rejects.toThrow('is a fifo, not a log');
  });

  test('reads logs in a directory whose names are no UTF-8', async () => {
    const folder = join(directory, 'bytes');
    await mkdir(folder);
    await writeFile(Buffer.concat([Buffer.from(`${folder}/a`), Buffer.from([0xff]), Buffer.from('.log')]), 'found');
    const [log] = await openLogs([folder], noInput);
    expect(log?.name).toBe(`${folder}/a\\xff.log`);
    expect(await textOf(log)).toBe('found');
    await expect(openLogs([`${folder}/a\uFFFD.log`], noInput)).rejects.toMatchObject({
      hint: expect.stringContaining('name the directory instead') as string,
    });
  });

  test('leaves no file open, whatever becomes of a log', async () => {
    const folder = join(directory, 'odd');
    await mkdir(folder);
    const packed = gzipSync(Buffer.from(Array.from({ length: 50_000 }, (_, at) => `line ${String(at)}`).join('\n')));
    await writeFile(join(folder, 'binary.log'), Buffer.alloc(5_000_000, 1));
    await writeFile(join(folder, 'cut.log.gz'), packed.subarray(0, packed.length / 2));
    await writeFile(join(folder, 'damaged.log.gz'), Buffer.concat([packed.subarray(0, 20), Buffer.alloc(5_000_000)]));
    await writeFile(join(folder, 'whole.log.gz'), packed);
    const openFiles = (): string[] =>
      readdirSync('/proc/self/fd').flatMap((fd) => {
        try {
          return [readlinkSync(`/proc/self/fd/${fd}`)];
        } catch {
          return [];
        }
      });
    const logs = await openLogs([folder], noInput);
    const ends = await Promise.all(logs.map(async (log) => await textOf(log).then(() => 'read', String)));
    expect(ends.map((end) => end.includes('Error'))).toEqual([true, true, true, false]);
    await vi.waitFor(() => expect(openFiles().filter((path) => path.startsWith(folder))).toEqual([]));
  });

  test('does not read devices', async () => {
    await expect(openLogs(['/dev/zero'], noInput)).rejects.toThrow('is a device, not a log');
  });
});
