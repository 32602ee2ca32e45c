/** Triage of archives and directories of any kind, made by the programs that people make them with. */

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';

import { afterAll, describe, expect, it } from 'vitest';

import { tar, tarEntry, tarGz } from '../archive/tar.js';
import { packReport, reportOf } from '../source/sample-report.js';
import { fakeEvidence } from '../evidence/fake-source.js';
import { crdoctor, crdoctorWith, type Ran } from './run-in-process.js';

const scratch = mkdtempSync(join(tmpdir(), 'crdoctor-found-'));
const logs = join(import.meta.dirname, '../../fixtures/logs');
const stats = join(import.meta.dirname, '../../fixtures/stats');
const failed = gunzipSync(readFileSync(join(logs, 'bad-mount-unsupported-fs/snapshot_dump.log.gz')));
const good = gunzipSync(readFileSync(join(logs, 'good-stop/snapshot_dump.log.gz')));
const other = 'Error (criu/x.c:1): x: this is the log of a workload\n';
let count = 0;

afterAll(() => rmSync(scratch, { recursive: true }));

type Files = Readonly<Record<string, string | Buffer>>;

function directory(files: Files): string {
  const path = join(scratch, String((count += 1)));
  mkdirSync(path);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), content);
  }
  return path;
}

function file(content: Buffer, name = 'attachment'): string {
  return join(directory({ [name]: content }), name);
}

function has(program: string): boolean {
  return (process.env['PATH'] ?? '').split(':').some((folder) => existsSync(join(folder, program)));
}

/** Packs with a shell command in the directory that holds the files; it writes `out`. */
function pack(command: string, files: Files = { 'logs/dump.log': failed }): Buffer {
  const path = directory(files);
  execFileSync('sh', ['-ec', command], { cwd: path, stdio: ['ignore', 'ignore', 'inherit'] });
  return readFileSync(join(path, 'out'));
}

interface Told extends Ran {
  readonly result: string;
  readonly causes: readonly string[];
  readonly files: readonly string[];
  readonly versions: Readonly<Record<string, string>>;
  readonly notes: readonly string[];
}

function told(ran: Ran): Told {
  if (ran.stdout === '') return { ...ran, result: '', causes: [], files: [], versions: {}, notes: [] };
  const { result, diagnoses, versions, notes } = JSON.parse(ran.stdout) as Pick<
    Told,
    'result' | 'versions' | 'notes'
  > & {
    diagnoses: readonly { cause: string; evidence: readonly { file: string }[] }[];
  };
  const files = diagnoses.flatMap(({ evidence }) => evidence.map((line) => line.file));
  return { ...ran, result, versions, notes, causes: diagnoses.map(({ cause }) => cause), files };
}

const triage = async (...paths: string[]): Promise<Told> =>
  told(await crdoctor('triage', '--format', 'json', ...paths));
const triagePiped = async (input: Buffer): Promise<Told> =>
  told(await crdoctorWith(input, 'triage', '--format', 'json', '-'));

const cause = ['mount-unsupported-fs'];
const found = { status: 0, stderr: '', causes: cause };

const archives: readonly (readonly [string, string, string])[] = [
  ['tar', 'tar', 'tar cf out logs'],
  ['tar.gz', 'gzip', 'tar czf out logs'],
  ['tar.xz', 'xz', 'tar cJf out logs'],
  ['tar.zst', 'zstd', 'tar --zstd -cf out logs'],
  ['tar.bz2', 'bzip2', 'tar cjf out logs'],
  ['zip', 'zip', 'zip -qr out.zip logs && mv out.zip out'],
  ['stored zip', 'zip', 'zip -q0r out.zip logs && mv out.zip out'],
  ['zip from a pipe', 'zip', 'zip -qr - logs | cat >out'],
  ['zip64', 'zip', 'zip -q -fz -r out.zip logs && mv out.zip out'],
];

describe('an archive', () => {
  it.each(archives)('is told by its content: %s', async (_, program, command) => {
    if (!has(program)) return;
    const content = pack(command);
    expect(await triage(file(content, 'attachment.log'))).toMatchObject(found);
    const piped = await triagePiped(content);
    expect(piped).toMatchObject(found);
    expect(piped.files[0]).toBe('logs/dump.log');
  });

  it.each([
    ['gzip', 'gzip -c dump.log >out'],
    ['xz', 'xz -c dump.log >out'],
    ['zstd', 'zstd -qc dump.log >out'],
    ['bzip2', 'bzip2 -c dump.log >out'],
    ['xz', 'for n in 1 2; do head -c 90000 dump.log | xz -c; done >out; xz -c dump.log >>out'],
  ])('need not hold more than one log: %s', async (program, command) => {
    if (!has(program)) return;
    const content = pack(command, { 'dump.log': failed });
    expect((await triage(file(content))).causes).toEqual(cause);
    expect((await triagePiped(content)).causes).toEqual(cause);
    expect(await triage(directory({ 'dump.log': content }))).toMatchObject(found);
  });

  it.each(archives.filter(([name]) => ['tar', 'tar.xz', 'zip'].includes(name)))(
    'holds packed logs and another archive: %s',
    async (_, program, command) => {
      if (!has(program) || !has('xz')) return;
      const log = pack('xz -c dump.log >out', { 'dump.log': failed });
      expect(await triage(file(pack(command, { 'logs/dump.log.1.xz': log })))).toMatchObject(found);
      const inner = pack('tar cJf out logs');
      const outer = await triage(file(pack(command, { 'logs/from-the-user': inner })));
      expect(outer).toMatchObject(found);
      expect(outer.files[0]).toBe('logs/from-the-user/logs/dump.log');
      const deep = await triage(file(pack(command, { 'logs/x.tar': tar({ name: 'y.tar.xz', content: inner }) })));
      expect(deep).toMatchObject({ status: 2, stderr: expect.stringContaining('an archive in an archive') as string });
    },
  );

  it.each(archives.slice(0, 6))('is read as far as it goes when it is cut off: %s', async (_, program, command) => {
    if (!has(program)) return;
    // What cannot be packed.
    const noise = Buffer.concat(
      Array.from({ length: 6000 }, (__, at) => createHash('sha512').update(`${at}`).digest()),
    );
    const inOrder = command.replace(' logs', ' logs/dump.log logs/zzz.bin');
    const whole = pack(inOrder, { 'logs/dump.log': failed, 'logs/zzz.bin': noise });
    const { status, stderr, causes } = await triage(file(whole.subarray(0, whole.length - 150_000)));
    expect(stderr).toMatch(/^crdoctor: .*(stop|cut off|damaged|end of file).*\n$/);
    // The table of a zip is at its end; bzip2 gives out whole blocks of 900 KB alone.
    expect({ status, causes }).toEqual(
      /zip$|bzip2/.test(program) && program !== 'gzip' ? { status: 2, causes: [] } : { status: 0, causes: cause },
    );
  });

  it('takes nothing by a name that leads elsewhere, and says so in one line', async () => {
    const hostile = tarGz(
      { name: '/etc/dump.log', content: failed },
      { name: '../dump.log', content: failed },
      { name: 'a\u001b[2J.log', content: failed },
      { name: 'link.log', type: '2', linkTo: '/etc/passwd' },
      { name: 'device.log', type: '3' },
      { name: 'good.log', content: good },
      { name: 'good.log', content: failed },
    );
    const { result, stderr } = await triage(file(hostile));
    expect(result).toBe('no-failure');
    expect(stderr).toMatch(/^crdoctor: .*: left out: .*absolute.*leads out of the archive.* and 3 more\n$/);
    expect(stderr).not.toContain('\u001b');
  });

  it.each([
    ['an encrypted zip', 'zip -qr -P secret out.zip logs && mv out.zip out', /logs\/dump\.log \(it is encrypted/],
    [
      'links in a zip',
      'ln -s /etc/passwd logs/x.log && rm logs/dump.log && zip -qry out.zip logs && mv out.zip out',
      /symbolic link/,
    ],
  ])('does not read %s', async (_, command, message) => {
    if (!has('zip')) return;
    const { status, stderr } = await triage(file(pack(command)));
    expect(stderr).toMatch(message);
    expect(status).toBe(2);
  });

  it('ends where there is too much of it, and keeps what came first', async () => {
    const many = Buffer.concat(Array.from({ length: 1000 }, (_, index) => tarEntry({ name: `e${index}.jpg` })));
    const entries = Buffer.concat([
      tarEntry({ name: 'dump.log', content: failed }),
      ...Array.from({ length: 201 }, () => many),
    ]);
    const { causes, stderr } = await triage(file(gzipSync(entries, { level: 1 })));
    expect(causes).toEqual(cause);
    expect(stderr).toMatch(/more than 200000 entries; what comes before that was read\n$/);
  });

  it('holds a report of ours, packed or not, among other things', async () => {
    const evidence = {
      ...fakeEvidence('instance.log.snapshot_dump.log', failed.toString()),
      origin: '/l/snapshot_dump.log',
    };
    const report = packReport(reportOf([evidence], { engine: 'lxd' }));
    const unpacked = directory({ 'r.tar.gz': report });
    execFileSync('tar', ['xzf', 'r.tar.gz'], { cwd: unpacked });
    rmSync(join(unpacked, 'r.tar.gz'));
    expect(await triage(unpacked)).toMatchObject(found);
    expect(await triage(directory({ 'from/user': report }))).toMatchObject(found);
    expect(await triage(file(pack('tar cf out r', { r: report })))).toMatchObject(found);
    if (!has('zip')) return;
    cpSync(unpacked, join(unpacked, '..', 'renamed', 'x'), { recursive: true });
    execFileSync('zip', ['-qr', 'r.zip', '.'], { cwd: join(unpacked, '..', 'renamed') });
    expect(await triage(join(unpacked, '..', 'renamed', 'r.zip'))).toMatchObject(found);
  });

  it('leaves nothing behind of what it had to copy', async () => {
    const before = readdirSync(tmpdir()).filter((name) => /^crdoctor-\w{6}$/.test(name));
    await triagePiped(tarGz({ name: 'x.log.gz', content: gzipSync(failed) }));
    const after = readdirSync(tmpdir()).filter((name) => /^crdoctor-\w{6}$/.test(name));
    expect(after.filter((name) => !before.includes(name))).toEqual([]);
  });
});

/** A host with an engine that works, and a hundred programs that do not. */
const noisyHost: Files = {
  'var/log/syslog': [
    'Nov 20 10:00:01 host nginx[1]: error: upstream timed out',
    'Nov 20 10:00:02 host kernel: [123.4] INFO: task kworker:12 blocked for more than 120 seconds.',
    'Nov 20 10:00:03 host mysqld[7]: ERROR No space left on device',
    'Nov 20 10:00:04 host lxd[9]: time="2026-11-20T10:00:00Z" level=error msg="Failed to refresh image"',
  ].join('\n'),
  'var/log/nginx/error.log': '2026 [error] 1#1: connect() failed\nerror: restore of the cache failed\n',
  'var/log/apt/term.log': 'E: Sub-process /usr/bin/dpkg returned an error code (1)\nerror: failed\n',
  'sos_commands/kernel/dmesg': '[ 1.0] general protection fault: 0000 [#1] SMP\n[ 2.0] foo[1]: segfault at 0\n',
  'sos_commands/kernel/uname_-a': 'Linux host 6.1.0-18-amd64 #1 SMP x86_64 GNU/Linux\n',
  'sos_commands/dpkg/dpkg_-l': 'ii  criu  4.1.1-1+deb13u1  amd64\nii  lxd  5.0.2-5  amd64\n',
  'sos_reports/manifest.json': '{}',
};
const sosreport = (more: Files): Files =>
  Object.fromEntries(
    Object.entries({ ...noisyHost, ...more }).map(([name, content]) => [`sosreport-host/${name}`, content]),
  );

describe('a copy of a whole host', () => {
  it.each(['tar cJf out sosreport-host', undefined])('shows the failure of one container: %s', async (command) => {
    if (!has('xz')) return;
    const files = sosreport({ 'var/log/lxd/c1/snapshot_dump_2026-11-20T10:00:00Z.log': failed });
    const place = command === undefined ? directory(files) : file(pack(command, files));
    expect(await triage(place)).toMatchObject({ ...found, result: 'diagnosed' });
  });

  it('is no failure when its only checkpoint went well', async () => {
    const { result, versions } = await triage(directory(sosreport({ 'var/log/lxd/c1/snapshot_dump.log': good })));
    expect(result).toBe('no-failure');
    expect(versions['engine']).toBe('lxd 5.0.2-5');
  });

  it('without a line about a checkpoint says just that, and which versions it has', async () => {
    const { status, result, versions, notes } = await triage(directory(sosreport({})));
    expect({ status, result }).toEqual({ status: 5, result: 'unexplained' });
    expect(notes[0]).toContain('no line in them is about a checkpoint');
    expect(versions).toEqual({ kernel: '6.1.0-18-amd64', criu: '4.1.1', engine: 'lxd 5.0.2-5' });
  });

  it.each([
    ['[123.4] Out of memory: Killed process 4711 (criu) total-vm:1kB', 'killed-midway'],
    ['[123.4] audit: type=1400 apparmor="DENIED" operation="connect" comm="criu"', 'apparmor-denies-parasite'],
  ])('tells of the kernel: %s', async (line, expected) => {
    const place = directory(sosreport({ 'sos_commands/kernel/dmesg': `[ 1.0] foo[1]: segfault at 0\n${line}\n` }));
    expect((await triage(place)).causes).toEqual([expected]);
  });

  it('is one in /var/log as well, and in a copy of that', async () => {
    const syslog = `${String(noisyHost['var/log/syslog'])}\nNov 20 10:00:09 host kernel: [9.1] Out of memory: Killed process 9 (criu)\n`;
    const files = { syslog, 'nginx/error.log': noisyHost['var/log/nginx/error.log'] ?? '' };
    expect((await triage(directory(files))).causes).toEqual(['killed-midway']);
    expect((await triage(file(pack('tar cf out log', { 'log/syslog': syslog })))).causes).toEqual(['killed-midway']);
  });
});

describe('images of CRIU', () => {
  const state: Files = {
    'dump.log': good,
    'stats-dump': readFileSync(join(stats, 'stats-dump')),
    'pages-1.img': other,
    'core-1.img': other,
    'pages-7.log': other,
    'tmpfs-dev-133.tar.gz.img': gzipSync(other),
    'ghost-file-1.img': other,
    'pipes-data.img': other,
    'sk-queues.img': other,
  };

  it('are not looked into, nor are the files of the container', async () => {
    const files = { ...state, '../rootfs/var/log/dump.log': other, '../console.log': other };
    const below = Object.fromEntries(Object.entries(files).map(([name, content]) => [join('c1/state', name), content]));
    expect(await triage(directory(below))).toMatchObject({ status: 0, stderr: '', result: 'no-failure' });
    expect((await triage(file(pack('tar czf out c1', below)))).result).toBe('no-failure');
  });

  it('lie in the archives of podman beside the log', async () => {
    const files = {
      'dump.log': failed,
      'config.dump': '{}',
      'spec.dump': '{}',
      'stats-dump': state['stats-dump'] ?? '',
      'checkpoint/pages-1.img': other,
      'rootfs-diff.tar': tar({ name: 'var/log/dump.log', content: other }),
      'devshm-checkpoint.tar': tar({ name: 'dump.log', content: other }),
      'volumes/v.tar': tar({ name: 'dump.log', content: other }),
    };
    const command = has('zstd') ? 'tar --zstd -cf out *' : 'tar czf out *';
    expect(await triage(file(pack(command, files)))).toMatchObject(found);
  });
});
