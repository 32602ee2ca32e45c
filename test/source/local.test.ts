import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { ProgressEvent } from '../../src/progress/progress.js';
import { openLocal } from '../../src/source/local.js';
import type { Evidence, EvidenceRequest } from '../../src/source/source.js';

let directory = '';
const at = (name: string): string => join(directory, name);
const ask = async (request: EvidenceRequest): Promise<Evidence> => {
  const [evidence] = await openLocal({ env: process.env }).gather([request]);
  return evidence!;
};
const read = (path: string, more: object = {}): Promise<Evidence> =>
  ask({ id: 'x', kind: 'file', paths: [path], ...more });

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'crdoctor-'));
  writeFileSync(at('text'), 'one\ntwo\nthree\n');
  writeFileSync(at('packed'), gzipSync('CONFIG_X=y\n'));
  writeFileSync(at('bomb'), gzipSync(Buffer.alloc(50_000_000)));
  writeFileSync(at('broken'), gzipSync('CONFIG_X=y\n').subarray(0, 15));
  writeFileSync(at('bytes'), Buffer.from([0x61, 0xff, 0x62]));
  execFileSync('mkfifo', [at('fifo')]);
});
afterAll(() => rmSync(directory, { recursive: true }));

describe('files', () => {
  it('takes the first that exists', async () => {
    const evidence = await ask({ id: 'x', kind: 'file', paths: [at('none'), at('text')] });
    expect(evidence).toMatchObject({ id: 'x', status: 'ok', origin: at('text'), text: 'one\ntwo\nthree\n', bytes: 14 });
  });

  it('says that there is none', async () => {
    expect(await read(at('none'))).toMatchObject({ status: 'absent', bytes: 0 });
  });

  it('reads /proc, whose files have no size', async () => {
    expect((await read('/proc/self/status')).text).toMatch(/^Name:\t/);
  });

  it('unpacks by the magic, not by the name', async () => {
    expect(await read(at('packed'))).toMatchObject({ status: 'ok', text: 'CONFIG_X=y\n' });
  });

  it('stops unpacking at the limit', async () => {
    expect(await read(at('bomb'), { maxBytes: 1000 })).toMatchObject({ status: 'truncated', bytes: 1000 });
  });

  it('fails on what is packed badly', async () => {
    expect((await read(at('broken'))).status).toBe('failed');
  });

  it.each([
    ['head', 'one\n'],
    ['tail', 'ree\n'],
  ])('keeps the %s of too much', async (keep, text) => {
    expect(await read(at('text'), { maxBytes: 4, keep })).toMatchObject({ status: 'truncated', text });
  });

  it('never waits for a fifo and never opens a device', async () => {
    expect(await read(at('fifo'))).toMatchObject({ status: 'failed', reason: 'not a regular file' });
    expect(await read('/dev/zero')).toMatchObject({ status: 'failed', reason: 'not a regular file' });
  });

  it('turns bytes that are not UTF-8 into U+FFFD', async () => {
    expect(await read(at('bytes'))).toMatchObject({ text: 'a\ufffdb', bytes: 3 });
  });

  it('puts small files together, each with its status', async () => {
    const { text } = await ask({ id: 'x', kind: 'files', paths: [at('text'), at('none'), directory] });
    expect(text).toBe(`== ok ${at('text')}\n\tone\n\ttwo\n\tthree\n== absent ${at('none')}\n== failed ${directory}\n`);
  });
});

describe('directories', () => {
  it('lists names, types and sizes, without following links or believing names', async () => {
    const own = mkdtempSync(join(directory, 'list-'));
    writeFileSync(join(own, 'a\nf 1 2 b'), 'xyz');
    symlinkSync('/etc/passwd', join(own, 'link'));
    const { status, text } = await ask({ id: 'x', kind: 'listing', path: own });
    expect(status).toBe('ok');
    expect(text?.replaceAll(/ \d+\.\d+ /g, ' TIME ')).toBe('f 3 TIME a\\x0af 1 2 b\nl 11 TIME link\n');
  });
});

describe('programs', () => {
  it('finds them on the PATH and in the usual directories', async () => {
    const source = openLocal({ env: { PATH: 'relative' } });
    const [evidence] = await source.gather([
      { id: 'x', kind: 'programs', names: ['sh', 'no-such-program', '/bin/sh'] },
    ]);
    expect(evidence?.text).toMatch(/^sh \/\S+\/sh\n\/bin\/sh \/bin\/sh\n$/);
  });
});

describe('space', () => {
  it('measures the nearest directory that exists', async () => {
    const { text } = await ask({ id: 'x', kind: 'space', path: at('not/yet/there') });
    expect(text).toMatch(new RegExp(`^path ${directory}\ntotal \\d+\navailable \\d+\n$`));
  });
});

describe('commands', () => {
  it('tells progress, and answers in the order of the requests', async () => {
    const events: ProgressEvent[] = [];
    const source = openLocal({ env: process.env, onProgress: (event) => events.push(event) });
    const answers = await source.gather([
      { id: 'slow', kind: 'command', argv: ['sleep', '0.1'] },
      { id: 'fails', kind: 'command', argv: ['sh', '-c', 'echo out; exit 4'] },
      { id: 'late', kind: 'command', argv: ['sleep', '100'], timeoutMs: 100 },
      { id: 'missing', kind: 'command', argv: ['crdoctor-no-such-program'] },
    ]);
    expect(answers.map(({ id, status }) => `${id} ${status}`)).toEqual([
      'slow ok',
      'fails failed',
      'late timed-out',
      'missing absent',
    ]);
    expect(answers[1]).toMatchObject({ exitStatus: 4, text: 'out\n', reason: 'exit status 4' });
    expect(events.filter(({ type }) => type === 'started')).toHaveLength(4);
    expect(events.filter(({ type }) => type === 'ended')).toHaveLength(4);
  });
});

describe('tasks', () => {
  it('reads a tree with status and namespaces', async () => {
    const { status, text } = await ask({ id: 'x', kind: 'tasks', rootPid: process.pid });
    expect(status).toBe('ok');
    expect(text).toMatch(new RegExp(`^== ${process.pid} \\d+\nName:\t`));
    expect(text).toMatch(/^ns:mnt mnt:\[\d+\]$/m);
    expect(text).toMatch(/^end \d+\n$/m);
  });

  it('reads the mounts of tasks that have their own', async (context) => {
    const child = spawn('unshare', ['-m', 'sh', '-c', 'mount -t ramfs crdoctor-test /mnt && echo ready && cat'], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    try {
      const ready = await Promise.race([once(child.stdout, 'data'), once(child, 'exit').then(() => undefined)]);
      if (ready === undefined) context.skip('needs root and CAP_SYS_ADMIN');
      const { text } = await ask({ id: 'x', kind: 'tasks', rootPid: process.pid });
      expect(text?.match(/^mount \d+ .* \/mnt .* - ramfs crdoctor-test .*$/gm)).toHaveLength(1);
      const own = await ask({ id: 'x', kind: 'tasks', rootPid: child.pid ?? 0 });
      expect(own.text).not.toMatch(/^mount /m);
    } finally {
      child.stdin.end();
    }
  });

  it('says that a process is not there', async () => {
    expect((await ask({ id: 'x', kind: 'tasks', rootPid: 4_194_304 })).status).toBe('absent');
  });
});
