import { spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { runCommandLine } from '../../src/commands/command-line.js';
import type { Invocation } from '../../src/commands/invocation.js';
import { UserError } from '../../src/errors.js';
import { renderError } from '../../src/render/error.js';
import type { Manifest } from '../../src/source/manifest.js';

let directory = '';
const at = (name: string): string => join(directory, name);
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'crdoctor-'));
  // A kernel log that never comes, for those who have to wait.
  mkdirSync(at('slow'));
  writeFileSync(at('slow/dmesg'), '#!/bin/sh\nexec sleep 20\n');
  chmodSync(at('slow/dmesg'), 0o755);
});
afterAll(() => rmSync(directory, { recursive: true }));

interface Ran {
  readonly status: number | undefined;
  readonly error: unknown;
  readonly stdout: string;
  readonly stderr: string;
}

async function report(argv: readonly string[], changes: Partial<Invocation> = {}): Promise<Ran> {
  const shown = { stdout: '', stderr: '' };
  const output = (name: keyof typeof shown) => ({
    write: (text: string) => void (shown[name] += text),
    isTerminal: false,
    columns: undefined,
  });
  const invocation: Invocation = {
    argv: ['report', ...argv],
    version: '0.0.0',
    env: process.env,
    cwd: directory,
    packageDirectory: join(import.meta.dirname, '../..'),
    now: () => new Date(),
    signal: new AbortController().signal,
    uid: undefined,
    onForcedEnd: () => {},
    stdin: async function* () {
      yield Buffer.from('Error: Failed to stop\n');
    },
    stdout: output('stdout'),
    stderr: output('stderr'),
    ...changes,
  };
  const ran = await runCommandLine(invocation).then(
    (status) => ({ status, error: undefined }),
    (error: unknown) => ({ status: error instanceof UserError ? error.exitStatus : undefined, error }),
  );
  return { ...ran, ...shown };
}

/** Regular files of a gzipped tar archive by name; its headers are simple enough (POSIX, ustar). */
function unpack(path: string): ReadonlyMap<string, string> {
  const bytes = gunzipSync(readFileSync(path));
  const files = new Map<string, string>();
  for (let position = 0; bytes[position] !== 0 && position < bytes.length;) {
    const text = (from: number, length: number): string =>
      bytes.toString('latin1', position + from, position + from + length).replace(/\0.*$/s, '');
    const size = parseInt(text(124, 12), 8);
    const begin = position + 512;
    const name = text(345, 155) === '' ? text(0, 100) : `${text(345, 155)}/${text(0, 100)}`;
    files.set(name, bytes.toString('utf8', begin, begin + size));
    position = begin + Math.ceil(size / 512) * 512;
  }
  return files;
}

function manifestIn(path: string): Manifest {
  const [, text = ''] = [...unpack(path)].find(([name]) => name.endsWith('/manifest.json')) ?? [];
  return JSON.parse(text) as Manifest;
}

const parts = (): readonly string[] => readdirSync(directory).filter((name) => name.includes('.part-'));

describe('crdoctor report', () => {
  it('writes one archive with one folder, for its owner alone, and prints its name', async () => {
    const { status, stdout } = await report([]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^crdoctor-[\w.-]+-\d{8}T\d{6}Z\.tar\.gz\n$/);
    const path = at(stdout.trim());
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const names = [...unpack(path).keys()];
    expect(new Set(names.map((name) => name.split('/')[0]))).toEqual(new Set([stdout.trim().replace('.tar.gz', '')]));
    for (const file of [
      'README.md',
      'manifest.json',
      'findings.json',
      'redactions.json',
      'launchpad.txt',
      'crdoctor.apport',
    ]) {
      expect(names.filter((name) => name.endsWith(`/${file}`))).toHaveLength(1);
    }
    expect(parts()).toEqual([]);
  });

  it('records the command that failed and what it showed, and does not run it', async () => {
    const command = ['touch', at('was-run'), '--stateful'];
    expect(await report(['--only', 'action', '--error', '-', '-o', 'told.tar.gz', '--', ...command])).toMatchObject({
      status: 0,
      stdout: 'told.tar.gz\n',
      stderr: '',
    });
    const texts = new Map([...unpack(at('told.tar.gz'))].map(([name, text]) => [name.replace(/^[^/]+\//, ''), text]));
    expect(texts.get('action/command.txt')).toBe(`${command.join(' ')}\n`);
    expect(texts.get('action/output.txt')).toBe('Error: Failed to stop\n');
    expect(existsSync(at('was-run'))).toBe(false);
  });

  describe('what the command showed, from a pipe', () => {
    const errorOf = (name: string): string =>
      [...unpack(at(name))].find(([path]) => path.endsWith('/output.txt'))?.[1] ?? '';
    const write = (script: string): string => {
      const fifo = at(`fifo-${randomUUID()}`);
      spawnSync('mkfifo', [fifo]);
      spawn('sh', ['-c', script, 'sh', fifo], { stdio: 'ignore', detached: true });
      return fifo;
    };

    it('is read to its end', async () => {
      const fifo = write('{ echo one; sleep 0.3; echo two; } > "$1"');
      const { status, stderr } = await report(['--only', 'action', '--error', fifo, '-o', 'fifo.tar.gz', '--', 'x']);
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(errorOf('fifo.tar.gz')).toBe('one\ntwo\n');
    });

    it('is not waited for longer than --timeout', async () => {
      for (const [script, text] of [
        ['{ echo begin; exec sleep 20; } > "$1"', 'begin\n'],
        ['true', ''],
      ] as const) {
        const argv = [
          '--only',
          'action',
          '--timeout',
          '1',
          '--error',
          write(script),
          '-o',
          `slow-${text.length}.tar.gz`,
        ];
        const { status, stderr } = await report(argv);
        expect(stderr).toMatch(/--error .*: it had not ended when the time allowed was over\n/);
        expect(status).toBe(0);
        expect(errorOf(`slow-${text.length}.tar.gz`)).toBe(text);
        expect(manifestIn(at(`slow-${text.length}.tar.gz`)).artifacts[1]).toMatchObject({
          id: 'action.output',
          status: 'timed-out',
        });
      }
    });

    it('is not read without end', async () => {
      const { stderr } = await report(['--only', 'action', '--error', write('yes > "$1"'), '-o', 'yes.tar.gz']);
      expect(stderr).toMatch(/more than 64 MiB were written to it/);
      expect(errorOf('yes.tar.gz').endsWith('y\n'.repeat(2_000_000))).toBe(true);
    });
  });

  it('prints a name with a newline on one line, wherever it prints it', async () => {
    const name = 'new\nline.tar.gz';
    expect(await report(['--only', 'host.uname', '-o', name])).toMatchObject({
      status: 0,
      stdout: 'new\\nline.tar.gz\n',
    });
    expect(manifestIn(at(name)).artifacts).toHaveLength(1);
    const { text } = renderError((await report(['-o', name])).error, false);
    expect(text).toMatch(/^crdoctor: .*new\\nline\.tar\.gz exists already\n {2}.*\n$/);
    writeFileSync(at('.new\nline.tar.gz.part-4194304'), '');
    const { stderr } = await report(['--only', 'host.uname', '-o', `x${name}`]);
    expect(stderr).toMatch(
      /^crdoctor: .*\.new\\nline\.tar\.gz\.part-4194304 is half a report of a run that was killed: .*\n$/,
    );
    rmSync(at('.new\nline.tar.gz.part-4194304'));
  });

  it('collects nothing but what --only names', async () => {
    await report(['--only', 'host.uname,proc.cmdline', '-o', 'part.tar.gz']);
    expect(manifestIn(at('part.tar.gz')).artifacts.map(({ id }) => id)).toEqual(['host.uname', 'proc.cmdline']);
  });

  it('shows without writing', async () => {
    const before = readdirSync(directory);
    expect((await report(['--show', '--only', 'host.uname'])).stdout).toMatch(/^# /);
    expect(readdirSync(directory)).toEqual(before);
  });

  it('never overwrites', async () => {
    writeFileSync(at('precious.tar.gz'), 'precious');
    const { status, error } = await report(['-o', 'precious.tar.gz']);
    expect({ status, error: String(error) }).toEqual({
      status: 2,
      error: expect.stringMatching(/exists already/) as string,
    });
    expect(readFileSync(at('precious.tar.gz'), 'utf8')).toBe('precious');
  });

  it.each([
    [['-o', 'no/such/directory.tar.gz'], /no such directory/],
    [['-o', '.'], /is a directory/],
    [['-o', ''], /is empty/],
    [['--only', 'nonsense'], /there is no such evidence/],
    [['--error', 'nosuch'], /no such file/],
    [['--error', '/etc/ssl'], /directory/],
    [['--error', '/dev/null'], /is a device/],
    [['--error', '/dev/fd/999'], /no such file/],
    [['--engine', 'xen'], /no engine/],
    [['--on', 'ssh:a;b'], /no name of a host/],
    [['--on', 'x.tar.gz'], /this release looks at/],
    [['--show', '-o', 'x.tar.gz'], /--show writes no file/],
    [[''], /is empty/],
    [['a/b'], /.+/],
    [['one', 'two'], /unknown option or argument/],
  ])('refuses %j and leaves nothing behind', async (argv, message) => {
    const { status, error, stdout } = await report(argv);
    expect(String(error)).toMatch(message);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(parts()).toEqual([]);
  });

  it('writes what there is when the time is over or the user wants it to end', async () => {
    const env = { ...process.env, PATH: `${at('slow')}:${process.env['PATH']}` };
    const late = await report(['--timeout', '1', '-o', 'late.tar.gz'], { env });
    expect(late.stderr).toMatch(/cut short[\s\S]*host\.dmesg/);
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 500);
    await report(['-o', 'stopped.tar.gz'], { env, signal: stop.signal });
    for (const name of ['late.tar.gz', 'stopped.tar.gz']) {
      const { complete, artifacts } = manifestIn(at(name));
      expect(complete).toBe(false);
      expect(artifacts.find(({ id }) => id === 'host.dmesg')?.status).toBe('timed-out');
      expect(artifacts.find(({ id }) => id === 'host.uname')?.status).toBe('ok');
    }
  });

  it('leaves nothing when it is made to end', async () => {
    const env = { ...process.env, PATH: `${at('slow')}:${process.env['PATH']}` };
    let cleanUp = (): Promise<void> => Promise.resolve();
    const ending = report(['-o', 'forced.tar.gz'], { env, onForcedEnd: (work) => (cleanUp = work) });
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(parts()).toHaveLength(1);
    await cleanUp();
    expect(parts()).toEqual([]);
    expect(existsSync(at('forced.tar.gz'))).toBe(false);
    void ending;
  });

  it('gives the archive to who ran sudo', async () => {
    if (process.geteuid?.() !== 0) return;
    const env = { ...process.env, SUDO_UID: '1234', SUDO_GID: '1235' };
    await report(['--only', 'host.uname', '-o', 'sudo.tar.gz'], { env, uid: 0 });
    const { uid, gid } = statSync(at('sudo.tar.gz'));
    expect({ uid, gid }).toEqual({ uid: 1234, gid: 1235 });
  });

  it('names what killed runs left, deletes nothing, and goes on', async () => {
    const leftovers = ['.again.tar.gz.part-4194304', '.again.tar.gz.part-4194304-1', '.other.tar.gz.part-4194304'];
    for (const name of leftovers) writeFileSync(at(name), 'half');
    symlinkSync('/etc/passwd', at('.link.tar.gz.part-4194304'));
    const { status, stderr } = await report(['--only', 'host.uname', '-o', 'again.tar.gz']);
    expect(status).toBe(0);
    expect(stderr).toMatch(
      /^crdoctor: .*\.tar\.gz\.part-4194304.* is half a report .*; 2 more such files lie beside it\n$/,
    );
    expect(parts()).toHaveLength(4);
    for (const name of parts()) rmSync(at(name));
  });
});
