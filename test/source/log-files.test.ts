import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

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

  test('does not read devices', async () => {
    await expect(openLogs(['/dev/zero'], noInput)).rejects.toThrow('is a device, not a log');
  });
});
