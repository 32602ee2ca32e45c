/** Reports turned into what trackers ask for, from the command line to the files. */

import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';

import PostalMime from 'postal-mime';
import { afterEach, describe, expect, it } from 'vitest';

import type { Invocation } from '../../src/commands/invocation.js';
import { answers, openStoreForm, takes, type StoreForm } from '../actions/store-form.js';
import { fakeEvidence } from '../evidence/fake-source.js';
import { readApport } from '../render/filing/read-apport.js';
import { nasty, treacherous } from '../render/samples.js';
import { failedReport } from '../source/failed-report.js';
import { packReport, top, type SampleReport } from '../source/sample-report.js';
import { createScratch } from '../source/scratch.js';
import { crdoctorIn, type Ran } from './run-in-process.js';

const scratch = createScratch('file');
const name = 'bad-mount-unsupported-fs';
const failed = failedReport(name);
const now = () => new Date('2026-11-20T21:00:00.000Z');

interface Filed extends Ran {
  readonly directory: string;
  readonly read: (file: string) => Buffer;
}

async function file(report: SampleReport, argv: readonly string[], changes: Partial<Invocation> = {}): Promise<Filed> {
  const path = scratch(packReport(report));
  const cwd = dirname(path);
  const ran = await crdoctorIn({ cwd, now, ...changes }, 'file', path, ...argv);
  const made = readdirSync(cwd).find((each) => each !== 'report.tar.gz') ?? '';
  return { ...ran, directory: join(cwd, made), read: (each) => readFileSync(join(cwd, made, each)) };
}

const servers: StoreForm[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

/** Somebody at a terminal who types this. */
const typing = (answer: string): Partial<Invocation> => ({
  canAsk: () => true,
  stdin: () => Readable.from([Buffer.from(answer)]),
});

describe('crdoctor file --to lxd', () => {
  it('writes the issue and what to attach, for its owner alone, and says what to do', async () => {
    const { status, stdout, stderr, directory } = await file(failed, ['--to', 'lxd']);
    expect([status, stderr]).toEqual([0, '']);
    expect(directory).toMatch(/\/crdoctor-bad-mount-unsupported-fs-20261120T210000Z-lxd$/);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    expect(statSync(join(directory, 'issue.md')).mode & 0o777).toBe(0o600);
    expect(stdout).toMatch(/^For LXD \(github\.com\/canonical\/lxd\)\. Nothing was sent\.\nTitle {2}lxc stop /);
    expect(stdout).toContain('https://github.com/canonical/lxd/issues/new?template=bug-report.yml&title=lxc+stop');
    const sizes = [...stdout.matchAll(/^ +([\d.]+) (bytes|KiB) {2}attachments\//gm)].map(
      ([, size, unit]) => Number(size) * (unit === 'KiB' ? 1024 : 1),
    );
    expect(sizes.length).toBeGreaterThan(5);
    expect(sizes).toEqual(sizes.toSorted((left, right) => right - left));
  });

  it('fills in what the report knows', async () => {
    const { read, stdout } = await file(failed, ['--to', 'lxd']);
    const issue = read('issue.md').toString();
    expect(issue).toContain('### Distribution\n\nUbuntu\n\n### Distribution version\n\n24.04.3 LTS (Noble Numbat)\n');
    expect(issue).toContain('Kernel version (`kernel_version`): 6.18.44');
    expect(issue).toContain('LXD version (`server_version`): 5.0.2\nStorage backend: dir\n');
    expect(issue).toContain(`\n$ lxc stop ${name} --stateful\nError: snapshot dump failed\n`);
    expect(issue).toMatch(/\n *\d+ {2}\(\d+\.\d+\) Error \(criu\/mount\.c:\d+\): mnt: FS mnt/);
    expect(issue).toContain('- [x] Any relevant kernel output (`dmesg`)\n');
    expect(issue).toContain('- [ ] If a lxc command fails, output of the command with `--debug`\n');
    expect(issue).toContain('[[ write here: what you expected, as specific as possible ]]');
    expect(stdout).toContain('  what you expected, as specific as possible\n');
  });

  it('attaches neither what the form asks not to send, nor images', async () => {
    const more = [fakeEvidence('instance.state.pages-1.img', 'memory'), fakeEvidence('instance.state.tty.info', 'x')];
    const { directory } = await file(failedReport(name, more), ['--to', 'lxd']);
    const attached = readdirSync(join(directory, 'attachments'));
    expect(attached).toEqual(expect.arrayContaining(['source-host.dmesg.txt', 'action-output.txt']));
    expect(attached).toContain('source-instance.log-snapshot_dump.log');
    expect(attached.filter((each) => /engine\.(?:info\.txt|server)|\.img|tty/.test(each))).toEqual([]);
  });
});

describe('crdoctor file', () => {
  it('tells source from target where there are two', async () => {
    const there = failedReport(name);
    const target = there.manifest.artifacts
      .filter(({ id }) => /^(?:host\.(?:uname|os-release|dmesg)|engine\.info|criu\.check\.all)$/.test(id))
      .map((artifact) => ({ ...artifact, side: 'target' as const, path: artifact.path?.replace('source/', 'target/') }))
      .map(({ path, stderr: _stderr, ...rest }) => ({ ...rest, ...(path !== undefined && { path }) }));
    const release = 'NAME="Ubuntu"\nVERSION="22.04"\n';
    const files = new Map(there.files);
    for (const { path } of target)
      if (path !== undefined) files.set(path, files.get(path.replace('target/', 'source/')) ?? '');
    files.set('target/host.os-release.txt', release);
    const sha256 = createHash('sha256').update(release).digest('hex');
    const artifacts = target.map((each) =>
      each.id === 'host.os-release' ? { ...each, sha256, bytes: release.length } : each,
    );
    const both = { manifest: { ...there.manifest, artifacts: [...there.manifest.artifacts, ...artifacts] }, files };
    const lxd = await file(both, ['--to', 'lxd']);
    expect(lxd.stderr).toBe('');
    const issue = lxd.read('issue.md').toString();
    expect(issue).toContain('24.04.3 LTS (Noble Numbat) (source), 22.04 (target)');
    // What is the same on both stands there once.
    expect(issue.match(/Storage backend/g)).toHaveLength(1);
    expect(readdirSync(join(lxd.directory, 'attachments'))).toContain('target-host.dmesg.txt');
    const criu = await file(both, ['--to', 'criu']);
    expect(criu.read('issue.md').toString()).toMatch(/On the source:[\s\S]*On the target:/);
  });

  it('names the whole log of CRIU', async () => {
    const { read } = await file(failed, ['--to', 'criu']);
    const issue = read('issue.md').toString();
    expect(issue).toMatch(
      /<summary>CRIU full dump\/restore logs:<\/summary>\n<p>\n\n`source-instance\.log-snapshot_dump\.log`:\n\n```text\n/,
    );
    expect(issue).toContain('Error (criu/cr-dump.c:1975): Dumping FAILED.');
  });

  it('takes no more files than anybody reads, and shows the end of a log that is too large', async () => {
    const logs = Array.from({ length: 150 }, (_, index) => fakeEvidence(`instance.log.${index}.log`, `log ${index}\n`));
    const dump = failed.files.get('source/instance.log/snapshot_dump.log') ?? '';
    const large = fakeEvidence('instance.log.snapshot_dump.log', `${'(00.000001) x\n'.repeat(1_300_000)}${dump}`);
    const { stdout, read, directory } = await file(failedReport(name, [...logs, large]), ['--to', 'criu']);
    expect(readdirSync(join(directory, 'attachments')).length).toBeLessThanOrEqual(100);
    expect(stdout).toMatch(/: one of too many\n[\s\S]* {2}and \d+ more\n/);
    const issue = read('issue.md').toString();
    expect(issue).toContain(' more lines, too large to be attached)\n');
    expect(issue).toContain('Error (criu/cr-dump.c:1975): Dumping FAILED.');
  });

  it('says which tracker is the right one', async () => {
    const { status, stderr } = await file(failed, ['--to', 'podman']);
    expect(status).toBe(2);
    expect(stderr).toMatch(
      /is about lxd, and podman is the tracker of podman\n {2}Use --to criu or --to launchpad, or --to lxd\n/,
    );
  });

  it('overwrites nothing', async () => {
    const path = scratch(packReport(failed));
    const cwd = dirname(path);
    mkdirSync(join(cwd, 'there'));
    writeFileSync(join(cwd, 'there', 'mine'), 'x');
    const { status, stderr } = await crdoctorIn({ cwd }, 'file', path, '--to', 'criu', '-o', 'there');
    expect([status, stderr]).toEqual([2, expect.stringContaining('there exists already')]);
    expect(readdirSync(join(cwd, 'there'))).toEqual(['mine']);
  });

  it.each([
    ['no report', Buffer.from('nonsense'), /is no report/],
    ['half a report', packReport(failed).subarray(0, 3000), /half-written report/],
  ])('refuses %s in one line', async (_, content, message) => {
    const path = scratch(content);
    const { status, stderr } = await crdoctorIn({ cwd: dirname(path) }, 'file', path, '--to', 'criu');
    expect([status, stderr]).toEqual([2, expect.stringMatching(message)]);
    expect(stderr).toMatch(/^crdoctor: .+\n( {2}.+\n)?$/);
    expect(readdirSync(dirname(path))).toEqual(['report.tar.gz']);
  });

  it('says what was changed in the report, and leaves it out', async () => {
    const files = new Map([...failed.files].map(([path, text]) => [path, path.includes('dmesg') ? `${text}!` : text]));
    const { stderr, directory } = await file({ ...failed, files }, ['--to', 'criu']);
    expect(stderr).toBe('crdoctor: source/host.dmesg.txt was changed after the report was made\n');
    expect(readdirSync(join(directory, 'attachments'))).not.toContain('source-host.dmesg.txt');
  });

  it('works on the report of a host without logs', async () => {
    const { instance: _instance, ...host } = failed.manifest;
    const artifacts = host.artifacts.filter(({ id, side }) => side !== 'action' && !id.startsWith('instance.'));
    const { status, read, stdout } = await file({ ...failed, manifest: { ...host, artifacts } }, ['--to', 'lxd']);
    expect(status).toBe(0);
    expect(stdout).toContain('  what the command displayed, and what happened then\n');
    expect(read('issue.md').toString()).toContain('2. [[ write here: the command that fails ]]');
  });
});

describe('crdoctor file --to launchpad', () => {
  it('writes a description, a report file for apport, and the message', async () => {
    const { stdout, read } = await file(failed, ['--to', 'launchpad']);
    expect(stdout).toContain(
      'https://bugs.launchpad.net/ubuntu/+source/criu/+filebug?no-redirect&field.title=lxc+stop',
    );
    expect(stdout).toMatch(/^Tags {3}checkpoint criu lxd dump noble$/m);
    const description = read('description.txt').toString();
    expect(description).toMatch(/^What I expected: \[\[ write here: /);
    expect(description.length).toBeLessThan(50_000);
    const apport = readApport(read('crdoctor.apport'));
    expect(Object.fromEntries([...apport].filter(([, value]) => value.length < 100))).toMatchObject({
      ProblemType: 'Bug',
      Architecture: 'amd64',
      Date: 'Fri Nov 20 12:00:00 2026',
      DistroRelease: 'Ubuntu 24.04',
      DuplicateSignature: 'crdoctor:lxd:dump:FS mnt {} dev {} root {} unsupported id {}',
      Package: 'criu 4.1.1-1',
      SourcePackage: 'criu',
      Dependencies: 'criu 4.1.1-1\nlibc6 2.39-0ubuntu8',
      Tags: 'checkpoint criu lxd dump noble',
    });
    expect(apport.get('Title')).toMatch(/^lxc stop bad-mount-unsupported-fs --stateful: mnt: FS mnt/);
    expect([...apport.values()].some((value) => value.includes('Dumping FAILED'))).toBe(true);
    const { subject, text, attachments } = await PostalMime.parse(read('launchpad.mime'));
    expect(subject).toBe(apport.get('Title'));
    expect(text).toContain('1. The command and its error as displayed');
    expect(text).not.toContain('write here');
    expect(attachments.map(({ filename }) => filename)).toContain('source-instance.log-snapshot_dump.log');
  });

  it('gives the same failure on another host the same signature', async () => {
    const signature = async (report: SampleReport): Promise<string | undefined> =>
      readApport((await file(report, ['--to', 'launchpad'])).read('crdoctor.apport')).get('DuplicateSignature');
    const other = failedReport(name, [fakeEvidence('host.uname', 'Linux other 5.15.0 #1 x86_64 GNU/Linux\n')], {
      instance: 'web7',
    });
    expect(await signature(other)).toBe(await signature(failed));
    expect(await signature(failedReport('bad-disk-full'))).not.toBe(await signature(failed));
  });

  it('gives hostile evidence no power over headers, keys and the terminal', async () => {
    const hostile = `${nasty}\nSubject: evil\nCrashDB: evil\n--x--\n`;
    const { manifest, files } = failedReport(name, [
      fakeEvidence('action.command', hostile),
      fakeEvidence('action.output', hostile),
      fakeEvidence(
        'host.os-release',
        `NAME="${nasty.replaceAll('"', '')}\nCrashDB: evil"\nID=ubuntu\nVERSION_CODENAME=a b\nPrivate: yes\n`,
      ),
      fakeEvidence('host.packages', `criu 1\nCrashDB: evil\n`),
      fakeEvidence('instance.log.x/../../CrashDB', hostile),
    ]);
    const report = { files, manifest: { ...manifest, instance: nasty, createdAt: nasty, crdoctor: nasty } };
    const { status, stdout, stderr, read, directory } = await file(report, ['--to', 'launchpad']);
    expect(status).toBe(0);
    expect(stdout + stderr).not.toMatch(treacherous);
    const apport = readApport(read('crdoctor.apport'));
    expect(apport.has('CrashDB')).toBe(false);
    expect(apport.get('Date')).toBe('Fri Nov 20 21:00:00 2026');
    const own = ['ProblemType', 'CheckpointCommand', 'CheckpointSummary', 'Dependencies', 'Title'];
    for (const key of apport.keys())
      expect(own.includes(key) || /^(?:[A-Z]\w+|(?:source|action)-[\w.-]+)$/.test(key)).toBe(true);
    const { subject, headers } = await PostalMime.parse(read('launchpad.mime'));
    expect(headers.map(({ key }) => key)).toEqual(['subject', 'tags', 'mime-version', 'content-type']);
    expect(subject).not.toMatch(treacherous);
    const names = readdirSync(directory, { recursive: true, encoding: 'utf8' });
    expect(names.filter((each) => !/^[\w./-]+$/.test(each) || each.includes('..'))).toEqual([]);
  });

  it('leaves the largest out of the message and says which', async () => {
    // No packer makes it much smaller.
    const noise = randomBytes(3_700_000).toString('base64');
    const { stdout, read } = await file(failedReport(name, [fakeEvidence('engine.log', noise)]), ['--to', 'launchpad']);
    expect(stdout).toMatch(/\nLeft out\n {2}source\/engine\.log\.txt, 4\.7 MiB: too large to be sent\n/);
    expect(read('launchpad.mime').length).toBeLessThan(5_000_000);
    expect(stdout).toContain('attachments/source-engine.log.txt');
  });
});

describe('crdoctor file --to launchpad --upload', () => {
  const upload = ['--to', 'launchpad', '--upload'];

  it('shows what would be sent, asks, sends it, and prints where to go', async () => {
    const server = await openStoreForm(takes('7c-token'));
    servers.push(server);
    const env = { CRDOCTOR_LAUNCHPAD: server.url.href };
    const { status, stdout, stderr, read } = await file(failed, upload, { ...typing('yes\n'), env });
    expect(status).toBe(0);
    expect(stderr).toMatch(
      /To be sent to http:\/\/127\.0\.0\.1:\d+\/\+storeblob, [\d.]+ KiB in all:\n {2}the description\n/,
    );
    expect(stderr).toMatch(/\n {2}source-host\.dmesg\.txt, \d+ bytes\n/);
    expect(stderr).toMatch(/Send it\? Type yes: $/);
    expect(stdout).toContain(`${server.url.href}ubuntu/+source/criu/+filebug/7c-token?field.title=lxc+stop`);
    // What was shown is what was sent.
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]?.body.includes(read('launchpad.mime'))).toBe(true);
  });

  it.each(['no\n', '\n', 'y\n', 'yes please\n', ''])('sends nothing when %j is typed', async (answer) => {
    const server = await openStoreForm(takes('t'));
    servers.push(server);
    const { status, stdout, stderr, read } = await file(failed, upload, {
      ...typing(answer),
      env: { CRDOCTOR_LAUNCHPAD: server.url.href },
    });
    expect([status, server.requests]).toEqual([0, []]);
    expect(stderr).toContain('crdoctor: nothing was sent\n');
    expect(stdout).toContain('Nothing was sent.');
    expect(read('launchpad.mime').length).toBeGreaterThan(1000);
  });

  it('keeps the files when Launchpad does not take it', async () => {
    const server = await openStoreForm(answers(404));
    servers.push(server);
    const env = { CRDOCTOR_LAUNCHPAD: server.url.href };
    const { status, stderr, read } = await file(failed, upload, { ...typing('yes\n'), env });
    expect(status).toBe(1);
    expect(stderr).toMatch(/did not take the report: it answered with status 404\n {2}Nothing was filed\./);
    expect(read('description.txt').length).toBeGreaterThan(1000);
  });

  it.each([
    [['--to', 'launchpad', '--upload'], {}, /there is no terminal to ask at/],
    [['--to', 'lxd', '--upload'], { canAsk: () => true }, /--upload sends to launchpad alone/],
    [['--to', 'launchpad'], { env: { CRDOCTOR_LAUNCHPAD: 'http://evil.example/' } }, /is no https address/],
    [['--to', 'launchpad', '-o', ''], {}, /empty/],
    [['--to', 'nowhere'], {}, /--to cannot be "nowhere"; it is one of/],
  ])('refuses %j in one line and writes nothing', async (argv, changes, message) => {
    const { status, stderr, directory } = await file(failed, argv, changes);
    expect([status, stderr]).toEqual([2, expect.stringMatching(message)]);
    expect(existsSync(join(directory, 'description.txt'))).toBe(false);
  });

  it('reads an unpacked report as well', async () => {
    const path = scratch(packReport(failed));
    execFileSync('tar', ['xzf', path, '-C', dirname(path)]);
    const { status, stdout } = await crdoctorIn(
      { cwd: dirname(path) },
      'file',
      join(dirname(path), top),
      '--to',
      'criu',
    );
    expect([status, stdout]).toEqual([0, expect.stringContaining('issue.md')]);
  });
});
