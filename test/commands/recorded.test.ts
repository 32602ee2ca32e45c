/** Commands on a report say what they said on the live host. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

import { describe, expect, it } from 'vitest';

import { prepareJudge } from '../../src/commands/judging.js';
import { loadRules } from '../../src/rules/load.js';
import type { Evidence } from '../../src/source/source.js';
import { tarGz } from '../archive/tar.js';
import { fakeEvidence } from '../evidence/fake-source.js';
import { crdoctor, type Ran } from './run-in-process.js';
import { packReport, recordedHost, reportOf, reportOfHost, top, type SampleReport } from '../source/sample-report.js';
import { createScratch } from '../source/scratch.js';

const file = createScratch('recorded');
const fixtures = join(import.meta.dirname, '../../fixtures');
/** Some are enough: test/source/bundle.test.ts compares the facts of all of them. */
const hosts = ['host', 'good', 'default', 'bad-insufficient-privileges'];
const failures = ['bad-console-not-restorable', 'bad-disk-full', 'bad-lsm-profile-restore', 'good-stop'];
const { causes } = await loadRules();

interface CheckDocument {
  readonly verdict: string;
  readonly subject: { readonly instance?: string; readonly engine?: string; readonly operation: string };
  readonly findings: unknown;
}

function judgeLive(name: string): CheckDocument {
  const collected = recordedHost(name);
  const instance = collected.instance?.name;
  const operation = instance === undefined ? 'host' : 'stop';
  const wish = {
    instance,
    engine: undefined,
    pid: undefined,
    criuOptions: [],
    images: undefined,
    operation,
    hasTarget: false,
  } as const;
  const { assessment } = prepareJudge(causes, wish)(collected, 'local');
  return JSON.parse(JSON.stringify(assessment)) as CheckDocument;
}

describe('check --on REPORT', () => {
  it.each(hosts)('finds in the report of %s what it finds live', async (name) => {
    const live = judgeLive(name);
    const path = file(packReport(reportOfHost(recordedHost(name))));
    const { status, stdout, stderr } = await crdoctor('check', '--on', path, '--format', 'json');
    const document = JSON.parse(stdout) as CheckDocument;
    const known = (live.findings as { outcome: string; cause: string }[]).map(({ cause, outcome }) => ({
      cause,
      outcome,
    }));
    expect(document.findings).toMatchObject(known);
    expect(document).toMatchObject({ verdict: live.verdict, subject: { ...live.subject, source: { where: path } } });
    expect(stderr).toBe('');
    expect(status).toBe({ ready: 0, 'at-risk': 0, blocked: 3, unknown: 5 }[live.verdict]);
  });

  const good = file(packReport(reportOfHost(recordedHost('good'))));

  it('takes the container by its name as well', async () => {
    expect(await crdoctor('check', 'good', '--on', good)).toEqual(await crdoctor('check', '--on', good, '--', 'good'));
    expect(await crdoctor('check', 'good', '--on', good)).toEqual(await crdoctor('check', '--on', good));
  });

  it.each([
    [['check', 'c2', '--on', good], /this report is about good, not about c2/],
    [['check', '--on', good, '--engine', 'incus'], /this report is about lxd, not about incus/],
    [['check', '--on', good, '--pid', '1'], /--pid looks at a running process/],
    [['check', '--on', good, '--to', 'local'], /--to does not go with the host of a report/],
    [['check', '--on', '/nonexistent.tar.gz'], /\/nonexistent\.tar\.gz: no such file or directory/],
    [['check', '--on', '/etc/hostname'], /\/etc\/hostname is no report/],
    [['check', '--on', ''], /--on names no place/],
    [
      ['check', '--on', 'remote:'],
      /--on remote:: this release looks at the local host, hosts over ssh and reports alone/,
    ],
    [['check', '--to', good, '--for', 'move', 'c1'], /this release looks at the local host alone/],
  ])('refuses %j', async (argv, message) => {
    const { status, stdout, stderr } = await crdoctor(...argv);
    expect(stderr).toMatch(message);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  });

  it('says what was changed, and cannot tell what it would need', async () => {
    const report = reportOfHost(recordedHost('good'));
    const files = new Map(report.files).set('source/instance.mountinfo.txt', 'nothing\u001b[2J\n');
    const { status, stderr } = await crdoctor('check', '--on', file(packReport({ ...report, files })));
    expect(stderr).toBe('crdoctor: source/instance.mountinfo.txt was changed after the report was made\n');
    expect(status).toBe(5);
  });

  it('does not speak of this host when a report was changed all over', async () => {
    const report = reportOfHost(recordedHost('good'));
    const files = new Map(
      [...report.files].map(([name, content]) => [name, name.startsWith('source/') ? 'x' : content]),
    );
    const { status, stdout, stderr } = await crdoctor('check', '--on', file(packReport({ ...report, files })));
    expect(stderr).toMatch(/^crdoctor: source\/[^ ]+ was changed after the report was made\n/);
    expect(stderr).toMatch(/report\.tar\.gz, as recorded: .*\n {2}That is how it was when the report was made\n$/);
    expect({ stdout, isJudged: [0, 3, 4].includes(status) }).toEqual({ stdout: '', isJudged: false });
  });

  it('says of a container that was stopped what its report can still tell, and what was skipped', async () => {
    const recorded = recordedHost('good');
    const stopped = (text: string): string => text.replaceAll('"status": "Running"', '"status": "Stopped"');
    const ofInstance = [
      ...recorded.ofInstance.map((each) => ({ ...each, ...(each.text && { text: stopped(each.text) }) })),
      fakeEvidence('instance.log.dump.log', '(00.1) Error (criu/x.c:1): no\n'),
    ];
    const link = { name: `${top}/source/link.log`, type: '2', linkTo: '/etc/shadow' };
    const path = file(packReport(reportOfHost({ ...recorded, ofInstance }), link));
    const { status, stderr } = await crdoctor('check', '--on', path);
    expect(stderr).toBe(
      [
        `crdoctor: skipped ${top}/source/link.log: it is a symbolic link`,
        `crdoctor: ${path}, as recorded: "good" is stopped: its mounts and processes can only be seen while it runs`,
        `  That is how it was when the report was made; what its logs say: crdoctor triage ${path}\n`,
      ].join('\n'),
    );
    expect(status).toBe(5);
  });

  it('gives no advice for a live host', async () => {
    const recorded = recordedHost('good');
    const denied = { text: '', status: 'denied', reason: 'EACCES: permission denied' } as const;
    const ofInstance = recorded.ofInstance.map((each) =>
      each.id === 'instance.tasks' ? { ...each, ...denied } : each,
    );
    const host = recorded.host.filter(({ id }) => id !== 'criu.version');
    const { stdout } = await crdoctor(
      'check',
      '--on',
      file(packReport(reportOfHost({ ...recorded, host, ofInstance }))),
    );
    expect(stdout).toMatch(/for a new report: run crdoctor as root while the container is running/);
    expect(stdout).toMatch(/for a new report: make it with this release of crdoctor, and without --only/);
    expect(stdout).not.toMatch(/to know:/);
  });

  it('does not call a host ready that was recorded in part', async () => {
    const part = reportOf([fakeEvidence('host.uname', 'Linux a 6.12.48\n')]);
    expect((await crdoctor('check', '--on', file(packReport(part)))).status).toBe(5);
  });
});

interface TriageDocument {
  readonly result: string;
  readonly diagnoses: readonly {
    readonly cause: string;
    readonly predicted: boolean;
    readonly evidence: readonly object[];
  }[];
}

/** A report made right after the failure that the lab recorded. */
function reportOfFailure(name: string, host?: string): SampleReport {
  const directory = join(fixtures, 'logs', name);
  const logs = readdirSync(directory).map((log): Evidence => {
    const content = readFileSync(join(directory, log));
    if (log === 'terminal.txt') return fakeEvidence('action.output', content.toString());
    const plain = log.replace('.gz', '');
    const origin = `/var/log/lxd/${name}/${plain}`;
    return { ...fakeEvidence(`instance.log.${plain}`, gunzipSync(content).toString()), origin };
  });
  const recorded = host === undefined ? undefined : recordedHost(host);
  const about = { engine: 'lxd', ...(recorded?.instance && { instance: recorded.instance.name }) };
  return reportOf([...(recorded?.host ?? []), ...(recorded?.ofInstance ?? []), ...logs], about);
}

async function triage(...argv: string[]): Promise<Ran & TriageDocument> {
  const ran = await crdoctor('triage', '--format', 'json', ...argv);
  return { ...ran, ...(JSON.parse(ran.stdout) as TriageDocument) };
}

describe('triage REPORT', () => {
  it.each(failures)('finds in the report of %s what it finds in its logs', async (name) => {
    const live = await triage(join(fixtures, 'logs', name));
    const { status, stderr, result, diagnoses } = await triage(file(packReport(reportOfFailure(name))));
    expect({ status, stderr, result }).toEqual({ status: live.status, stderr: '', result: live.result });
    expect(diagnoses.map(({ cause }) => cause)).toEqual(live.diagnoses.map(({ cause }) => cause));
  });

  it('says which cause a check of the recorded host confirms', async () => {
    const fires = await triage(
      file(packReport(reportOfFailure('bad-mount-unsupported-fs', 'bad-mount-unsupported-fs'))),
    );
    expect(fires.diagnoses[0]).toMatchObject({ cause: 'mount-unsupported-fs', predicted: true });
    const quiet = await triage(file(packReport(reportOfFailure('bad-mount-unsupported-fs', 'good'))));
    expect(quiet.diagnoses[0]).toMatchObject({ cause: 'mount-unsupported-fs', predicted: false });
  });

  it('looks at the newest failure, by the times of the recorded listing', async () => {
    const logs = reportOfFailure('bad-mount-unsupported-fs');
    const old = reportOfFailure('bad-device-file-unsupported');
    const listing = '/var/log/lxd/bad-mount-unsupported-fs';
    const names = `f 1 4000000000.312 snapshot_dump.log\nf 1 3990000000.000 older_dump.log\n`;
    const text = old.files.get('source/instance.log/snapshot_dump.log') ?? '';
    const evidence = [...evidenceOf(logs), { ...fakeEvidence('instance.logs', names), origin: listing }].concat({
      ...fakeEvidence('instance.log.older_dump.log', text),
      origin: `${listing}/older_dump.log`,
    });
    const { diagnoses } = await triage(file(packReport(reportOf(evidence))));
    expect(diagnoses.map(({ cause }) => cause)).not.toContain('device-file-unsupported');
    expect(diagnoses[0]?.cause).toBe('mount-unsupported-fs');
  });

  function evidenceOf({ manifest, files }: SampleReport): Evidence[] {
    return manifest.artifacts
      .filter(({ id }) => id !== 'action.output')
      .map(({ id, origin, path = '' }) => ({ ...fakeEvidence(id, files.get(path) ?? ''), origin }));
  }

  const { files } = reportOfFailure('bad-mount-unsupported-fs');
  const entries = [...files].map(([name, content]) => ({ name: `${top}/${name}`, content }));

  it('reads the logs of half a report, and says that it is one', async () => {
    const noise = { name: `${top}/source/host.dmesg.txt`, content: 'Error (criu/x.c:1): not looked at\n' };
    const { diagnoses, stderr } = await triage(file(tarGz(...entries, noise), '.r.tar.gz.part-12'));
    expect(diagnoses[0]?.cause).toBe('mount-unsupported-fs');
    expect(stderr).toMatch(/^crdoctor: .*part-12 is a half-written report: .*; the logs in it were read\n$/);
  });

  it('reads the logs in any other archive', async () => {
    const logs = [...files].map(([name, content]) => ({ name: `logs/${name.replace(/.*\//, '')}`, content }));
    const { diagnoses, stderr } = await triage(file(tarGz(...logs, { name: 'logs/photo.jpg', content: '\u0000' })));
    expect(diagnoses[0]?.cause).toBe('mount-unsupported-fs');
    expect(stderr).toBe('');
  });

  it('tells of a log that was changed', async () => {
    const report = reportOfFailure('bad-mount-unsupported-fs');
    const path = 'source/instance.log/snapshot_dump.log';
    const changed = new Map(report.files).set(path, `${report.files.get(path) ?? ''}more\n`);
    const { stderr } = await triage(file(packReport({ ...report, files: changed })));
    expect(stderr).toBe(`crdoctor: ${path} was changed after the report was made\n`);
  });

  it('does not promise to read the logs of half a report that holds no whole one', async () => {
    const part = file(tarGz({ name: `${top}/source/host.dmesg.txt`, content: 'x' }), '.r.tar.gz.part-12');
    for (const argv of [
      ['triage', part],
      ['check', '--on', part],
    ]) {
      const { status, stderr } = await crdoctor(...argv);
      expect(stderr).toMatch(/half-written report: .*\n.*there is no whole log in it that triage could read\.\n$/);
      expect(stderr).not.toMatch(/triage reads/);
      expect(status).toBe(2);
    }
    const withLog = file(tarGz(...entries), '.r.tar.gz.part-12');
    expect((await crdoctor('check', '--on', withLog)).stderr).toMatch(/triage reads the logs in it\.\n$/);
  });

  it.each([
    ['without logs', packReport(reportOf([fakeEvidence('host.uname', 'Linux')])), /no log in this report/],
    ['of nothing', tarGz({ name: 'a.jpg' }), /no log in this archive/],
    ['cut off at once', tarGz(...entries).subarray(0, 60), /unexpected end of file/],
  ])('refuses a report %s', async (_, content, message) => {
    const { status, stdout, stderr } = await crdoctor('triage', file(content));
    expect(stderr).toMatch(message);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  });
});
