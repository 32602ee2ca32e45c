import { describe, expect, it } from 'vitest';

import { collectReport, type ReportEvidence } from '../../src/evidence/collect-report.js';
import type { Evidence } from '../../src/source/source.js';
import { createUnreachable } from '../../src/source/unreachable.js';
import { debianWithLxd, failed, fakeSource, lxdInstance } from './fake-source.js';

const everything = { wants: () => true };
const all = ({ collected, extras }: ReportEvidence): readonly Evidence[] => [
  ...collected.host,
  ...collected.ofInstance,
  ...extras,
];
const idsOf = (evidence: ReportEvidence): readonly string[] => all(evidence).map(({ id }) => id);
const find = (evidence: ReportEvidence, id: string): Evidence | undefined =>
  all(evidence).find((each) => each.id === id);

/** What bug reports have asked for since 2016, and what is asked for next. */
const classicHost = [
  'engine.info',
  'host.dmesg',
  'proc.self.mountinfo',
  'host.uname',
  'engine.log',
  'host.lxd-bridge',
  'engine.network.show',
  'criu.version',
  'criu.check.all',
  'kernel.config',
  'host.packages',
];
const classicInstance = [
  'engine.info.instance',
  'engine.show-log',
  'engine.config.expanded',
  'instance.mountinfo',
  'instance.logs',
  'instance.state',
];

const running = {
  ...debianWithLxd,
  'engine.instance': lxdInstance(),
  'instance.logs': 'f 10 5 lxc.log\nf 10 9 snapshot_dump_x.log\n',
  'instance.state': 'f 10 5 dump.log\nf 10 9 pages-1.img\n',
  'instance.snapshots': 'd 0 1 s1\nd 0 1 s2\n',
  'instance.snapshot.s1.state': 'f 10 5 stats-dump\n',
};

describe('collectReport', () => {
  it('has every item of the classic list with a status, each once', async () => {
    const report = await collectReport(fakeSource(running), { ...everything, instance: 'c1' });
    expect(idsOf(report)).toEqual(expect.arrayContaining([...classicHost, ...classicInstance]));
    expect(new Set(idsOf(report)).size).toBe(idsOf(report).length);
    expect(report.collected.instance).toMatchObject({ name: 'c1', pid: 812 });
    expect(report.plans.flatMap(({ files }) => files.map(({ path }) => path))).toEqual([
      'instance.log/snapshot_dump_x.log',
      'instance.log/lxc.log',
      'instance.state/dump.log',
      'instance.snapshot/s1.state/stats-dump',
    ]);
  });

  it('takes what there is of a stopped instance', async () => {
    const stopped = lxdInstance({ status: 'Stopped', state: { pid: 0 } });
    const report = await collectReport(fakeSource({ ...running, 'engine.instance': stopped }), {
      ...everything,
      instance: 'c1',
    });
    expect(report.collected.instance).toBeUndefined();
    expect(find(report, 'instance.mountinfo')).toMatchObject({ status: 'absent', reason: 'c1 is stopped' });
    expect(report.plans.flatMap(({ files }) => files)).not.toEqual([]);
  });

  it('looks where the logs usually are when the daemon is down', async () => {
    const down = failed(
      'Error: Get "http://unix.socket/1.0": dial unix /var/lib/lxd/unix.socket: connect: connection refused\n',
    );
    const report = await collectReport(fakeSource({ ...running, 'engine.instance': down }), {
      ...everything,
      instance: 'c1',
    });
    expect(report.notes[0]).toMatch(/its daemon is not running/);
    expect(find(report, 'instance.tasks')?.status).toBe('absent');
    expect(find(report, 'instance.tasks')?.reason).toMatch(/daemon/);
    expect(report.plans.flatMap(({ files }) => files).length).toBeGreaterThan(0);
  });

  it('takes what an instance has left that was there a moment ago', async () => {
    const missing = failed('Error: Instance not found\n');
    const report = await collectReport(fakeSource({ ...running, 'engine.instance': missing }), {
      ...everything,
      instance: 'c1',
      mayBeGone: true,
    });
    expect(report.notes[0]).toBe('LXD has no instance "c1" any more');
    expect(find(report, 'instance.mountinfo')).toMatchObject({ status: 'absent', reason: report.notes[0] });
    expect(report.plans.flatMap(({ files }) => files)).not.toEqual([]);
  });

  it('refuses an instance that nobody has', async () => {
    const missing = failed('Error: Instance not found\n');
    const source = fakeSource({ ...debianWithLxd, 'engine.instance': missing });
    await expect(collectReport(source, { ...everything, instance: 'c9' })).rejects.toMatchObject({ exitStatus: 2 });
  });

  it('never says of a host that cannot be reached what is there or not', async () => {
    const reason = 'that host could not be reached: ssh:b: it cannot be reached';
    const source = createUnreachable('ssh:b', reason, () => new Date(0));
    for (const engine of ['lxd', undefined]) {
      const report = await collectReport(source, { ...everything, engine, instance: 'c1', mayBeMissing: true });
      expect(all(report).filter(({ status }) => status !== 'failed')).toEqual([]);
      expect(new Set(all(report).map((each) => each.reason))).toEqual(new Set([reason]));
      expect(idsOf(report)).toContain('engine.info');
      expect(report.notes).toEqual([]);
    }
  });

  it('reports a host without any engine, with a reason for what no engine answers', async () => {
    const report = await collectReport(
      fakeSource({ 'host.programs': 'criu /usr/sbin/criu\n', 'host.engines': '' }),
      everything,
    );
    expect(find(report, 'engine.info')).toMatchObject({
      status: 'absent',
      reason: 'no container engine was found here',
    });
    expect(find(report, 'host.dmesg')).toBeDefined();
    expect(report.plans).toEqual([]);
  });

  it('says what plain LXC does not have', async () => {
    const report = await collectReport(
      fakeSource({
        'host.programs': 'lxc-info /usr/bin/lxc-info\n',
        'host.engines': '== failed /var/lib/lxc\n',
        'engine.instance': 'Name: c1\nState: STOPPED\n',
        'instance.logs': 'f 1 1 c1.log\nf 1 1 c2.log\n',
      }),
      { ...everything, instance: 'c1' },
    );
    expect(find(report, 'engine.log')).toMatchObject({ status: 'absent', reason: 'LXC has no daemon' });
    expect(report.plans.flatMap(({ files }) => files.map(({ request }) => request.name))).toEqual(['c1.log']);
  });

  it('asks for nothing but what is wanted, and what finds the instance', async () => {
    const source = fakeSource(running);
    const report = await collectReport(source, {
      instance: 'c1',
      wants: (id) => id === 'host.dmesg' || id === 'engine.log',
    });
    expect(idsOf(report).toSorted()).toEqual(['engine.log', 'host.dmesg']);
    expect(source.asked.flat()).not.toContain('criu.check.all');
    expect(source.asked.flat()).not.toContain('engine.info');
  });

  it('finds the files that are wanted without packing the listing they are found by', async () => {
    const report = await collectReport(fakeSource(running), {
      instance: 'c1',
      wants: (id) => id.startsWith('instance.log.'),
    });
    expect(idsOf(report)).toEqual([]);
    expect(report.plans.flatMap(({ files }) => files.map(({ path }) => path))).toContain('instance.log/lxc.log');
  });

  it('tells a refusal from a failure, and takes the half of an answer that there is', async () => {
    const report = await collectReport(
      fakeSource({
        ...debianWithLxd,
        'host.dmesg': failed('dmesg: read kernel buffer failed: Operation not permitted\n'),
        'host.packages': {
          ...(failed('dpkg-query: no packages found matching incus*\n') as object),
          text: 'criu 4.1.1-1\n',
        },
      }),
      everything,
    );
    expect(find(report, 'host.dmesg')?.status).toBe('denied');
    expect(find(report, 'host.dmesg')?.reason).toMatch(/not permitted/);
    expect(find(report, 'host.packages')).toMatchObject({ status: 'ok', text: 'criu 4.1.1-1\n' });
  });
});
