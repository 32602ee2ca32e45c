import { lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { writeArchive } from '../../src/archive/write.js';
import { runCommandLine } from '../../src/commands/command-line.js';
import { UserError } from '../../src/errors.js';
import { createAssembler } from '../../src/report/assembler.js';
import { renderFindings, renderManifest, renderRedactions } from '../../src/report/json-files.js';
import type { RedactionsFile } from '../../src/report/summary.js';
import { openBundle, type Bundle } from '../../src/source/bundle.js';
import { readAll } from '../../src/source/bundle-evidence.js';
import { fakeEvidence } from '../evidence/fake-source.js';
import { complaintsBy } from '../render/schema-complaints.js';

let directory = '';
const at = (name: string): string => join(directory, name);
const secret = 'Xq7Zt9LmN2wK';
const now = new Date('2026-11-20T12:00:00Z');

/** A report in which nobody redacted anything. */
async function writeOpenReport(path: string): Promise<void> {
  const writer = writeArchive({ path, topFolder: 'crdoctor-c1', modified: now });
  const assembler = createAssembler(writer, (evidence) => ({ evidence, entries: [] }));
  const add = (id: string, text: string, path_?: string) =>
    assembler.add(fakeEvidence(id, text), { side: 'source', ...(path_ !== undefined && { path: path_ }) });
  await add('instance.log.dump.log', `(00.1) fine\n(00.2) got ${secret} from 10.1.2.3\n`, 'instance.log/dump.log');
  await add('host.uname', 'Linux tollana 6.12.1 x86_64\n');
  await add('engine.instance', JSON.stringify({ name: 'c1', config: { 'environment.KEY': secret } }));
  await assembler.add(fakeEvidence('instance.state.stats-dump', 'AP8BAg=='), {
    side: 'source',
    path: 'instance.state/stats-dump',
    isBinary: true,
  });
  await assembler.add(
    { ...fakeEvidence('host.dmesg', { status: 'denied', reason: 'not allowed' }) },
    { side: 'source' },
  );
  await writer.add('README.md', `# Report: container c1 (host tollana)\n\nthe secret is ${secret}\n`);
  await writer.add('findings.json', renderFindings(undefined, undefined));
  await writer.add(
    'redactions.json',
    renderRedactions([{ rule: 'console', artifact: 'host.uname', line: 1, count: 2 }]),
  );
  await writer.add('notes.txt', `whose is ${secret}?`);
  const base = { schema: 'crdoctor.manifest/1', crdoctor: '0.0.0', createdAt: now.toISOString() } as const;
  const manifest = { ...base, instance: 'c1', hostname: 'tollana', complete: true, artifacts: assembler.artifacts() };
  await writer.add('manifest.json', renderManifest(manifest));
  await writer.finish();
}

async function redact(...argv: readonly string[]) {
  const shown = { stdout: '', stderr: '' };
  const output = (name: keyof typeof shown) => ({
    write: (text: string) => void (shown[name] += text),
    isTerminal: false,
    columns: undefined,
  });
  const ran = await runCommandLine({
    argv: ['redact', ...argv],
    version: '0.0.0',
    env: {},
    cwd: directory,
    packageDirectory: directory,
    now: () => new Date(),
    signal: new AbortController().signal,
    uid: undefined,
    onForcedEnd: () => {},
    stdin: () => process.stdin,
    stdout: output('stdout'),
    stderr: output('stderr'),
  }).then(
    (status) => ({ status, error: undefined }),
    (error: unknown) => ({ status: error instanceof UserError ? error.exitStatus : undefined, error }),
  );
  return { ...ran, ...shown };
}

async function filesOf(bundle: Bundle): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  for (const [name, file] of bundle.files) files.set(name, (await readAll(file)).toString('latin1'));
  return files;
}

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'crdoctor-redact-'));
  await writeOpenReport(at('open.tar.gz'));
});
afterAll(() => rmSync(directory, { recursive: true }));

describe('crdoctor redact', () => {
  it('writes the report anew, and leaves the old one as it is', async () => {
    const before = readFileSync(at('open.tar.gz'));
    const ran = await redact(at('open.tar.gz'));
    expect(ran).toMatchObject({ status: 0, stdout: 'open-redacted.tar.gz\n' });
    expect(ran.stderr).toContain('left out: 1 files that the manifest does not list, such as notes.txt');
    expect(ran.stderr).toMatch(/\d things were taken out/);
    expect(readFileSync(at('open.tar.gz')).equals(before)).toBe(true);
    expect(statSync(at('open-redacted.tar.gz')).mode & 0o777).toBe(0o600);
  });

  it('finds a secret of the last file in the first one, and keeps all else', async () => {
    const bundle = await openBundle(at('open-redacted.tar.gz'));
    const files = await filesOf(bundle);
    expect([...files.values()].filter((content) => content.includes(secret))).toEqual([]);
    expect(files.get('source/instance.log/dump.log')).toBe(
      '(00.1) fine\n(00.2) got [redacted:known-value] from 10.1.2.3\n',
    );
    expect(files.get('source/instance.state/stats-dump')).toBe('\u0000\u00ff\u0001\u0002');
    expect(files.has('notes.txt')).toBe(false);
    const evidence = await bundle.readEvidence('source');
    expect(bundle.problems()).toEqual([]);
    expect(evidence.find(({ id }) => id === 'host.dmesg')).toMatchObject({ status: 'denied', reason: 'not allowed' });
    expect(bundle.manifest.artifacts.find(({ id }) => id === 'instance.log.dump.log')?.redactions).toBe(1);
  });

  it('has JSON as its schemas say, and what was redacted before', async () => {
    const files = await filesOf(await openBundle(at('open-redacted.tar.gz')));
    for (const name of ['manifest', 'findings', 'redactions'] as const)
      expect(complaintsBy(`${name}-1`, JSON.parse(files.get(`${name}.json`) ?? '')), name).toEqual([]);
    const { entries } = JSON.parse(files.get('redactions.json') ?? '') as RedactionsFile;
    expect(entries).toContainEqual({ rule: 'console', artifact: 'host.uname', line: 1, count: 2 });
    expect(entries).toContainEqual({ rule: 'known-value', artifact: 'instance.log.dump.log', line: 2, count: 1 });
  });

  it('changes nothing the second time', async () => {
    expect(await redact(at('open-redacted.tar.gz'), '-o', at('again.tar.gz'))).toMatchObject({
      status: 0,
      stderr: 'crdoctor: nothing more was found\n',
    });
    const [once, twice] = await Promise.all(
      ['open-redacted', 'again'].map(async (name) => filesOf(await openBundle(at(`${name}.tar.gz`)))),
    );
    expect(twice).toEqual(once);
  });

  it('puts stand-ins for names and addresses, and the names beside it, for its owner alone', async () => {
    const ran = await redact(at('open.tar.gz'), '--anonymize', '-o', at('anonymous.tar.gz'));
    expect(ran.stderr).toContain('anonymous.tar.gz.names.json; keep it to yourself');
    const bundle = await openBundle(at('anonymous.tar.gz'));
    const files = await filesOf(bundle);
    expect(bundle.manifest.hostname).toBe('host-1');
    expect([...files.values()].filter((content) => /tollana|10\.1\.2\.3/.test(content))).toEqual([]);
    const names = at('anonymous.tar.gz.names.json');
    expect(statSync(names).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(names, 'utf8'))).toEqual({
      schema: 'crdoctor.names/1',
      report: 'anonymous.tar.gz',
      names: [
        { kind: 'host-name', name: 'tollana', standIn: 'host-1' },
        { kind: 'ip-address', name: '10.1.2.3', standIn: '192.0.2.1' },
      ],
    });
  });

  it('shows what it would take out, and writes nothing', async () => {
    const ran = await redact('--show', at('open.tar.gz'));
    expect(ran.stdout).toContain('line 2  known-value  (00.2) got [redacted:known-value] from 10.1.2.3\n');
    expect(ran.stdout).not.toContain(secret);
  });

  it('drops a file that was changed since', async () => {
    mkdirSync(at('changed/source'), { recursive: true });
    const files = await filesOf(await openBundle(at('open.tar.gz')));
    writeFileSync(at('changed/manifest.json'), files.get('manifest.json') ?? '');
    writeFileSync(at('changed/source/host.uname.txt'), 'Linux other\n');
    const ran = await redact(at('changed'), '-o', at('changed.tar.gz'));
    expect(ran.status).toBe(0);
    expect(ran.stderr).toContain('source/host.uname.txt was changed after the report was made');
    const bundle = await openBundle(at('changed.tar.gz'));
    expect(bundle.manifest.artifacts.find(({ id }) => id === 'host.uname')).toMatchObject({
      status: 'failed',
      bytes: 0,
    });
  });

  it.each([
    ['a file that is there', () => ['open.tar.gz', '-o', 'again.tar.gz'], /again.tar.gz exists already/],
    ['a link that leads nowhere', () => ['open.tar.gz', '-o', 'link'], /link exists already/],
    ['names that are there', () => ['open.tar.gz', '--anonymize', '-o', 'x'], /x.names.json exists already/],
    ['what is no report', () => ['plain.log'], /is no report/],
    ['what is not there', () => ['nosuch'], /nosuch/],
    ['a file to write with --show', () => ['open.tar.gz', '--show', '-o', 'y'], /--show writes no file/],
  ])('refuses %s', async (_, argv, message) => {
    symlinkSync('/nonexistent', at('link'));
    writeFileSync(at('x.names.json'), '');
    writeFileSync(at('plain.log'), 'x\n');
    const names = argv().map((word) => (word.startsWith('-') ? word : at(word)));
    const ran = await redact(...names);
    expect(ran.status).toBe(2);
    expect(String(ran.error)).toMatch(message);
    expect(lstatSync(at('link')).isSymbolicLink()).toBe(true);
    rmSync(at('link'));
  });
});
