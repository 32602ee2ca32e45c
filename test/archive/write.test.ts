/** Archives that appear whole or not at all. */

import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import { readArchive } from '../../src/archive/read.js';
import { writeArchive, type WriteOptions } from '../../src/archive/write.js';

const scratch = mkdtempSync(join(tmpdir(), 'crdoctor-write-'));
let count = 0;

afterAll(() => {
  rmSync(scratch, { recursive: true });
});

/** A directory of its own, to see what is left in it. */
function place(): { readonly directory: string; readonly options: WriteOptions } {
  const directory = join(scratch, String((count += 1)));
  mkdirSync(directory);
  const modified = new Date('2026-11-20T12:00:00Z');
  return { directory, options: { path: join(directory, 'r.tar.gz'), topFolder: 'crdoctor-c1', modified } };
}

describe('writeArchive', () => {
  it('writes what tar and our reader read, under one top folder, for its owner alone', async () => {
    const { directory, options } = place();
    const writer = writeArchive(options);
    const long = `source/${'n'.repeat(180)}-ü.log`;
    await Promise.all([writer.add('a.txt', 'hello\n'), writer.add('empty', ''), writer.add(long, Buffer.from('x'))]);
    await writer.add('source/big.log', Buffer.alloc(3_000_000, 'line\n'));
    expect(readdirSync(directory)).toEqual([`.r.tar.gz.part-${process.pid}`]);
    await writer.finish();
    expect(readdirSync(directory)).toEqual(['r.tar.gz']);
    expect(statSync(options.path).mode & 0o7777).toBe(0o600);
    const { stdout, stderr } = spawnSync('tar', ['tvzf', options.path], { encoding: 'utf8', env: { TZ: 'UTC' } });
    expect(stderr).toBe('');
    expect(stdout.split('\n')[0]).toBe('-rw------- 0/0               6 2026-11-20 12:00 crdoctor-c1/a.txt');
    const index = await readArchive(options.path);
    expect([...index.files].map(([name, { bytes }]) => [name, bytes])).toEqual([
      ['crdoctor-c1/a.txt', 6],
      ['crdoctor-c1/empty', 0],
      [`crdoctor-c1/${long}`, 1],
      ['crdoctor-c1/source/big.log', 3_000_000],
    ]);
    expect(index.problems).toEqual([]);
  });

  it('gives it to whom it is told', async () => {
    const { options } = place();
    const owner = process.getuid?.() === 0 ? { uid: 1234, gid: 1235 } : undefined;
    const writer = writeArchive({ ...options, owner });
    await writer.finish();
    expect(statSync(options.path).uid).toBe(owner?.uid ?? process.getuid?.());
  });

  it('never overwrites: neither what is there before, nor what comes meanwhile', async () => {
    const { directory, options } = place();
    const writer = writeArchive(options);
    writeFileSync(options.path, 'mine');
    await writer.add('a', 'b');
    await expect(writer.finish()).rejects.toThrow(/r\.tar\.gz exists already/);
    expect(() => writeArchive(options)).toThrow(/r\.tar\.gz exists already/);
    expect(readFileSync(options.path, 'utf8')).toBe('mine');
    expect(readdirSync(directory)).toEqual(['r.tar.gz']);
  });

  it('leaves nothing behind when it is abandoned', async () => {
    const { directory, options } = place();
    const writer = writeArchive(options);
    const adding = writer.add('a', Buffer.alloc(5_000_000, 'abc'));
    await writer.abandon();
    await adding;
    await writer.abandon();
    expect(readdirSync(directory)).toEqual([]);
    await expect(writer.finish()).rejects.toThrow(/closed already/);
  });

  it('is not disturbed by the part of an earlier run', async () => {
    const { directory, options } = place();
    writeFileSync(join(directory, `.r.tar.gz.part-${process.pid}`), 'old');
    const writer = writeArchive(options);
    await writer.finish();
    expect(readdirSync(directory).toSorted()).toEqual([`.r.tar.gz.part-${process.pid}`, 'r.tar.gz']);
  });

  it.each([
    ['/nonexistent/r.tar.gz', /cannot write \/nonexistent\/r\.tar\.gz: there is no such directory/],
    ['/proc/r.tar.gz', /cannot write \/proc\/r\.tar\.gz: /],
  ])('says why nothing can be written to %s', (path, message) => {
    expect(() => writeArchive({ ...place().options, path })).toThrow(message);
  });

  it.each(['/abs', '../up', 'a\nb', ''])('refuses the entry %j, which no reader would take', async (name) => {
    const writer = writeArchive(place().options);
    await expect(writer.add(name, 'x')).rejects.toThrow(/cannot be the name of an entry/);
    await writer.abandon();
  });

  const canMount = process.getuid?.() === 0 && spawnSync('sh', ['-c', 'unshare -m true']).status === 0;

  it.runIf(canMount)('leaves nothing behind on a full disk, and says so', () => {
    const { directory } = place();
    const ran = runScript(
      ['unshare', '-m', 'sh', '-c', `mount -t tmpfs -o size=1m none ${directory} && exec "$0" "$@"`],
      directory,
      `await writer.add('noise', randomBytes(4_000_000)); await writer.finish();`,
      `console.log(readdirSync(${JSON.stringify(directory)}).length);`,
    );
    expect(ran.stdout).toBe(`cannot write ${directory}/r.tar.gz: no space left on the device\n0\n`);
  });

  it('has nothing under the final name when it is killed', async () => {
    const { directory } = place();
    const [command, ...args] = scriptOf(
      [],
      directory,
      `for (;;) await writer.add(String(Math.random()), randomBytes(1e6));`,
      '',
    );
    const child = spawn(command ?? '', args, { stdio: 'ignore' });
    await new Promise((resolve) => setTimeout(resolve, 1500));
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
    expect(readdirSync(directory)).toEqual([`.r.tar.gz.part-${child.pid}`]);
    expect(statSync(join(directory, `.r.tar.gz.part-${child.pid}`)).size).toBeGreaterThan(0);
    const index = await readArchive(join(directory, `.r.tar.gz.part-${child.pid}`));
    expect(index.isCutOff).toBe(true);
    expect(index.files.size).toBeGreaterThan(0);
  });
});

/** A process of its own that writes an archive; `work` may use `writer`, `last` runs when it failed. */
function scriptOf(prefix: readonly string[], directory: string, work: string, last: string): string[] {
  const module = join(import.meta.dirname, '../../src/archive/write.ts');
  const script = `
    import { build } from 'esbuild';
    import { randomBytes } from 'node:crypto';
    import { readdirSync } from 'node:fs';
    const bundle = ${JSON.stringify(join(scratch, `write-${count}.mjs`))};
    await build({ entryPoints: [${JSON.stringify(module)}], bundle: true, platform: 'node', format: 'esm', outfile: bundle,
      banner: { js: "import { createRequire as r } from 'node:module'; const require = r(import.meta.url);" } });
    const { writeArchive } = await import(bundle);
    const writer = writeArchive({ path: ${JSON.stringify(join(directory, 'r.tar.gz'))}, topFolder: 'top', modified: new Date() });
    try { ${work} } catch (error) { console.log(error.message); await writer.abandon(); }
    ${last}`;
  return [...prefix, process.execPath, '--input-type=module', '--eval', script];
}

function runScript(...given: Parameters<typeof scriptOf>) {
  const [command = '', ...args] = scriptOf(...given);
  return spawnSync(command, args, { encoding: 'utf8', cwd: join(import.meta.dirname, '../..') });
}
