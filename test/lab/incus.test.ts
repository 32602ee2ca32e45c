/** Incus as LXD: check, triage, report and one guarded stop and start on a real host with Incus. */

import { randomUUID } from 'node:crypto';

import { afterAll, describe, expect, it } from 'vitest';

import type { Manifest } from '../../src/source/manifest.js';
import { type CheckReport, isUp, json, onHost, type Ran, repair, type TriageReport } from './lab.js';

const host = 'c';
const folder = `/var/lib/crdoctor-test-${randomUUID()}`;

function must(...argv: readonly string[]): string {
  const { status, stdout, shown } = onHost(host, argv);
  expect(status, `${argv.join(' ')}: ${shown}`).toBe(0);
  return stdout;
}

const crdoctor = (...argv: readonly string[]): Ran => onHost(host, ['crdoctor', ...argv]);
const blockersOf = ({ findings }: CheckReport): readonly (readonly string[])[] =>
  findings
    .filter(({ severity, outcome }) => severity === 'blocker' && outcome === 'fires')
    .map(({ cause, phase }) => [cause, phase]);

describe.runIf(isUp(host))('Incus', { timeout: 300_000 }, () => {
  afterAll(() => {
    onHost(host, ['rm', '-rf', folder]);
    repair(host);
  }, 300_000);

  it('has a container that nothing blocks, and a host that can', () => {
    expect(crdoctor('check').status).toBe(0);
    const ran = crdoctor('check', 'good', '--format', 'json');
    const report = json<CheckReport>(ran);
    expect(report.verdict).toMatch(/^(ready|at-risk)$/);
    expect(blockersOf(report)).toEqual([]);
    expect(ran.status).toBe(0);
  });

  it('makes containers that it neither saves nor brings back', () => {
    const ran = crdoctor('check', 'default', '--format', 'json');
    expect(ran.status).toBe(3);
    expect(blockersOf(json<CheckReport>(ran))).toEqual(
      expect.arrayContaining([
        ['migration-stateful-off', 'dump'],
        ['console-not-restorable', 'restore'],
        ['idmapped-rootfs-restore', 'restore'],
      ]),
    );
  });

  it.each([
    ['migration-stateful-off', 'stop'],
    ['mount-unsupported-fs', 'stop'],
    ['idmapped-rootfs-restore', 'start'],
  ])('fails as check says, and triage says the same: %s', (cause, failing) => {
    const name = `bad-${cause}`;
    const { findings } = json<CheckReport>(crdoctor('check', name, '--format', 'json'));
    expect(findings.filter(({ outcome }) => outcome === 'fires').map((each) => each.cause)).toContain(cause);
    const stopped = onHost(host, ['incus', 'stop', name, '--stateful']);
    expect(stopped.status === 0, stopped.shown).toBe(failing === 'start');
    const ran = failing === 'stop' ? stopped : onHost(host, ['incus', 'start', name]);
    expect(ran.status, ran.shown).toBe(1);
    const evidence = `${folder}/${cause}`;
    must('mkdir', '-p', folder);
    must('cp', '-a', `/var/log/incus/${name}`, evidence);
    expect(onHost(host, ['sh', '-c', 'cat > "$1"', 'sh', `${evidence}/terminal.txt`], ran.shown).status).toBe(0);
    const triaged = crdoctor('triage', evidence, '--format', 'json');
    expect(json<TriageReport>(triaged).diagnoses[0]?.cause, triaged.shown).toBe(cause);
  });

  it('is reported as a whole, in its own words', () => {
    const archive = `${folder}/report.tar.gz`;
    must('mkdir', '-p', folder);
    const ran = crdoctor('report', 'bad-mount-unsupported-fs', '-o', archive);
    expect(ran.status, ran.shown).toBe(0);
    const manifest = JSON.parse(must('tar', 'xzOf', archive, '--wildcards', '*/manifest.json')) as Manifest;
    expect(manifest).toMatchObject({ complete: true, engine: 'incus', instance: 'bad-mount-unsupported-fs' });
    const byId = new Map(manifest.artifacts.map((artifact) => [artifact.id, artifact]));
    for (const [id, origin] of Object.entries({
      'engine.info': 'incus info local:',
      'engine.info.instance': 'incus info local:bad-mount-unsupported-fs',
      'engine.config.expanded': 'incus config show --expanded local:bad-mount-unsupported-fs',
      'engine.show-log': 'incus info local:bad-mount-unsupported-fs --show-log',
      'engine.log': '/var/log/incus/incusd.log',
      'engine.network.show': 'incus network show local:incusbr0',
      'instance.logs': '/var/log/incus/bad-mount-unsupported-fs',
      'instance.mountinfo': '/proc/',
      'proc.self.mountinfo': '/proc/self/mountinfo',
      'host.uname': 'uname -a',
      'host.dmesg': 'dmesg',
    })) {
      expect(byId.get(id)?.status, id).toBe('ok');
      expect(byId.get(id)?.origin, id).toContain(origin);
    }
    expect([...byId.keys()].some((id) => id.startsWith('instance.log.snapshot_dump_'))).toBe(true);
  });

  it('is guarded: stopped with its state and started again', () => {
    const guard = ['env', `CRDOCTOR_STATE=${folder}/state`, 'crdoctor', 'guard', '--', 'incus'];
    const stopped = onHost(host, [...guard, 'stop', 'good', '--stateful']);
    expect(stopped.status, stopped.shown).toBe(0);
    const saved = must('incus', 'query', 'local:/1.0/instances/good');
    expect(JSON.parse(saved)).toMatchObject({ status: 'Stopped', stateful: true });
    const started = onHost(host, [...guard, 'start', 'good']);
    expect(started.status, started.shown).toBe(0);
    expect(started.stderr.replaceAll(/\s+/g, ' ')).toContain('verified, it is running');
  });
});
