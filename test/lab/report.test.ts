/** A report right after a real failure holds what is needed to find its cause, and nothing that is secret. */

import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Manifest } from '../../src/source/manifest.js';
import { complaintsBy } from '../render/schema-complaints.js';
import { asNobody, crdoctor, isLabUp, must, onHost, repair, withoutDaemon, type TriageReport } from './lab.js';

const container = 'bad-mount-unsupported-fs';
const folder = `/tmp/report-${randomUUID()}`;

/** Writes a report on host a and unpacks it there; gives the path of its top folder. */
function report(argv: readonly string[], input?: string): { readonly top: string; readonly stderr: string } {
  const archive = `${folder}/${randomUUID()}.tar.gz`;
  const ran = onHost('a', ['crdoctor', 'report', '-o', archive, ...argv], input);
  expect(ran.status, ran.shown).toBe(0);
  expect(ran.stdout.trim()).toBe(archive);
  const tops = new Set(
    must('tar', 'tzf', archive)
      .trim()
      .split('\n')
      .map((name) => name.split('/')[0]),
  );
  expect(tops.size).toBe(1);
  must('tar', 'xzf', archive, '-C', folder);
  return { top: `${folder}/${[...tops][0]}`, stderr: ran.stderr };
}

const read = (path: string): string => must('cat', path);
const manifestOf = (top: string): Manifest => JSON.parse(read(`${top}/manifest.json`)) as Manifest;

describe.runIf(isLabUp)('a report', { timeout: 300_000 }, () => {
  beforeAll(() => void must('mkdir', folder));
  afterAll(() => {
    onHost('a', ['rm', '-rf', folder]);
    repair();
  }, 300_000);

  it('after a failed stop holds the CRIU log and the whole classic list', () => {
    const failure = onHost('a', ['lxc', 'stop', container, '--stateful']);
    expect(failure.status).not.toBe(0);
    const { top } = report([container, '--error', '-', '--', 'lxc', 'stop', container, '--stateful'], failure.shown);
    const { artifacts, complete } = manifestOf(top);
    expect(complete).toBe(true);
    const statusOf = (id: string): string | undefined => artifacts.find((artifact) => artifact.id === id)?.status;
    for (const id of [
      'action.command',
      'action.output',
      'engine.info',
      'engine.info.instance',
      'engine.config.expanded',
      'host.dmesg',
      'proc.self.mountinfo',
      'instance.mountinfo',
      'host.uname',
      'engine.networks',
      'engine.network.show',
      'instance.logs',
      'engine.show-log',
      'criu.version',
      'kernel.config',
      'host.packages',
    ]) {
      expect(statusOf(id), id).toBe('ok');
    }
    for (const id of ['engine.log', 'host.journal', 'host.lxd-bridge', 'instance.state', 'criu.check.all']) {
      expect(statusOf(id), id).toBeDefined();
    }
    const [log] = artifacts
      .filter(({ id }) => id.startsWith('instance.log.snapshot_dump_'))
      .toSorted((left, right) => (left.id < right.id ? 1 : -1));
    expect(log?.status).toBe('ok');
    expect(read(`${top}/${log?.path}`)).toBe(must('cat', log?.origin ?? ''));
    const { triage } = JSON.parse(read(`${top}/findings.json`)) as { triage: TriageReport };
    expect(triage.diagnoses[0]?.cause).toBe('mount-unsupported-fs');
    expect(read(`${top}/README.md`)).toContain('mount-unsupported-fs');
  });

  it('holds JSON as its schemas say, whatever was reported', () => {
    must('lxc', 'init', '-q', 'mini', 'report-schemas');
    try {
      const wishes = [[], [container], ['report-schemas'], [container, '--only', 'host.uname,instance.log']];
      for (const wish of wishes) {
        const { top } = report(wish);
        for (const name of ['manifest', 'findings', 'redactions'] as const) {
          const document: unknown = JSON.parse(read(`${top}/${name}.json`));
          expect(complaintsBy(`${name}-1`, document), `${name}.json of report ${wish.join(' ')}`).toEqual([]);
        }
      }
    } finally {
      must('lxc', 'delete', '-f', 'report-schemas');
    }
  });

  it('packs logs of a hostile directory by rule', () => {
    const directory = `/var/log/lxd/${container}`;
    must(
      'sh',
      '-c',
      'cd "$1" && ln -sf /etc/shadow shadow.log && mkfifo -m 666 fifo.log && printf x > "two\nlines.log" && yes line | head -c 20000000 > huge.log && echo end >> huge.log',
      'sh',
      directory,
    );
    try {
      const { top } = report([container, '--only', 'instance.log']);
      const { artifacts } = manifestOf(top);
      const find = (id: string) => artifacts.find((artifact) => artifact.id === id);
      expect(find('instance.log.shadow.log')).toMatchObject({ status: 'failed', bytes: 0 });
      expect(find('instance.log.fifo.log')).toMatchObject({ status: 'failed', bytes: 0 });
      expect(find('instance.log.two_x0alines.log')).toMatchObject({ status: 'ok', bytes: 1 });
      expect(find('instance.log.huge.log')).toMatchObject({ status: 'truncated' });
      expect(find('instance.log.huge.log')?.bytes).toBeGreaterThan(4_000_000);
      expect(find('instance.log.huge.log')?.bytes).toBeLessThan(4_200_000);
      expect(must('tail', '-c', '4', `${top}/source/instance.log/huge.log`)).toBe('end\n');
    } finally {
      must('sh', '-c', 'cd "$1" && rm -f shadow.log fifo.log huge.log two*lines.log', 'sh', directory);
    }
  });

  it('holds no secret of the container', () => {
    const canary = `canary${randomUUID().replaceAll('-', '')}`;
    const keys = ['user.note', 'environment.PASSWORD', 'user.cloud-init.password'];
    const log = `/var/log/lxd/${container}/lxc.log`;
    const raw = must('lxc', 'config', 'get', container, 'raw.lxc');
    for (const key of keys) must('lxc', 'config', 'set', container, `${key}=${canary}`);
    must('lxc', 'config', 'set', container, `raw.lxc=${raw.trimEnd()}\nlxc.environment = TOKEN=${canary}\n`);
    must('lxc', 'profile', 'set', 'default', `user.secret=${canary}`);
    must('cp', log, `${folder}/lxc.log`);
    must(
      'sh',
      '-c',
      'printf "connecting with password=%s\\nAuthorization: Bearer %s\\n" "$2" "$2" >> "$1"',
      'sh',
      log,
      canary,
    );
    // In the mount table, in the arguments of a process and on the console.
    const inside = [
      `mkdir -p /run/share && mount -t tmpfs "//bob:$1@server/share" /run/share`,
      `setsid sh -c 'sleep 600' "$1" </dev/null >/dev/null 2>&1 &`,
      `echo "login $1" > /dev/console`,
    ].join('\n');
    must('lxc', 'exec', container, '--', 'sh', '-c', inside, 'sh', canary);
    try {
      const mountinfo = must('lxc', 'exec', container, '--', 'cat', '/proc/self/mountinfo');
      expect(mountinfo).toContain(canary);
      const { top } = report([container]);
      expect(onHost('a', ['grep', '-rlaF', canary, top]).stdout).toBe('');
      const redactions = JSON.parse(read(`${top}/redactions.json`)) as { readonly entries: readonly unknown[] };
      expect(redactions.entries.length).toBeGreaterThan(5);
    } finally {
      onHost('a', ['lxc', 'exec', container, '--', 'umount', '/run/share']);
      onHost('a', ['cp', `${folder}/lxc.log`, log]);
      must('lxc', 'profile', 'unset', 'default', 'user.secret');
      must('lxc', 'config', 'set', container, `raw.lxc=${raw}`);
      for (const key of keys) must('lxc', 'config', 'unset', container, key);
    }
  });

  it('of a stopped container holds what there is', () => {
    must('lxc', 'init', '-q', 'mini', 'stopped-report');
    try {
      const { top } = report(['stopped-report']);
      const { artifacts } = manifestOf(top);
      expect(artifacts.find(({ id }) => id === 'instance.mountinfo')).toMatchObject({
        status: 'absent',
        reason: 'stopped-report is stopped',
      });
      expect(artifacts.find(({ id }) => id === 'engine.config.expanded')?.status).toBe('ok');
    } finally {
      must('lxc', 'delete', '-f', 'stopped-report');
    }
  });

  it('works while the daemon is down, and refuses a container that does not exist', () => {
    const ran = onHost('a', [...withoutDaemon, 'crdoctor', 'report', container, '-o', `${folder}/down.tar.gz`]);
    expect(ran.status, ran.shown).toBe(0);
    expect(must('tar', 'tzf', `${folder}/down.tar.gz`)).toContain('/source/instance.log/lxc.log');
    expect(crdoctor('report', 'nosuch', '-o', `${folder}/nosuch.tar.gz`).status).toBe(2);
    expect(must('ls', '-A', folder)).not.toContain('nosuch');
  });

  it('without root says what sudo would add', () => {
    must('chmod', '777', folder);
    const ran = onHost('a', [...asNobody, 'crdoctor', 'report', container, '-o', `${folder}/nobody.tar.gz`]);
    expect(ran.status, ran.shown).toBe(0);
    expect(ran.stderr).toMatch(/with sudo the report would also hold .*instance\.logs/);
  });
});
