import { describe, expect, it } from 'vitest';

import { planLogs, planState } from '../../src/evidence/report-files.js';
import { fakeEvidence } from './fake-source.js';

const listing = (...lines: string[]) =>
  fakeEvidence('instance.logs', { origin: '/var/log/lxd/c1', text: `${lines.join('\n')}\n` });

describe('the log directory', () => {
  it('is packed, the newest logs first, CRIU logs with more room', () => {
    const plan = planLogs(
      listing(
        'f 812 100.5 lxc.log',
        'f 90000 300.0 snapshot_dump_2026-11-20T12:56:28Z.log',
        'f 90000 200.0 migration_restore_2026-11-20T12:56:28Z.log.gz',
        'f 10 99 lxc.log.old',
        'f 55 99 lxc.conf',
        'd 4096 400 folder.log',
      ),
    );
    expect(plan.files.map(({ request, path }) => [request.id, path, request.maxBytes! >> 20])).toEqual([
      [
        'instance.log.snapshot_dump_2026-11-20T12:56:28Z.log',
        'instance.log/snapshot_dump_2026-11-20T12-56-28Z.log',
        64,
      ],
      [
        'instance.log.migration_restore_2026-11-20T12:56:28Z.log.gz',
        'instance.log/migration_restore_2026-11-20T12-56-28Z.log.gz',
        64,
      ],
      ['instance.log.lxc.log', 'instance.log/lxc.log', 4],
      ['instance.log.lxc.log.old', 'instance.log/lxc.log.old', 4],
    ]);
    expect(plan.files[0]?.request).toMatchObject({ directory: '/var/log/lxd/c1', keep: 'tail' });
  });

  it('keeps what the workload printed out, and says so', () => {
    const plan = planLogs(listing('f 812 100.5 console.log', 'f 812 100.5 console.log.1'));
    expect(plan.files).toEqual([]);
    expect(plan.notes).toEqual(['the log of the console is listed and not packed: it holds what the workload printed']);
  });

  it('names what is no file', () => {
    const plan = planLogs(listing('l 11 1 passwd.log', 'p 0 1 fifo.log', 'c 0 1 zero.log', 's 0 1 socket.log'));
    expect(plan.files).toEqual([]);
    expect(plan.leftOut.map(({ reason }) => reason)).toEqual([
      'a link, which is not opened',
      'a fifo, which is not opened',
      'a device, which is not opened',
      'a socket, which is not opened',
    ]);
  });

  it('has limits on how many and how much', () => {
    const many = planLogs(listing(...Array.from({ length: 1000 }, (_, index) => `f 1 ${index} ${index}.log`)));
    expect(many.files).toHaveLength(100);
    expect(many.files[0]?.request.name).toBe('999.log');
    expect(many.leftOut).toHaveLength(50);
    expect(many.notes).toEqual(['850 more files of /var/log/lxd/c1 are left out; instance.log lists them']);
    const large = planLogs(
      listing(...Array.from({ length: 20 }, (_, index) => `f 9999999999 ${index} dump_${index}.log`)),
    );
    expect(large.files).toHaveLength(8);
  });

  it('gives harmless names to the copies', () => {
    const plan = planLogs(listing('f 1 3 ..\\x0aa\\xff.log', 'f 1 2 -rf ü.log', 'f 1 1 a\u202eb.log'));
    expect(plan.files.map(({ path }) => path)).toEqual([
      'instance.log/_._x0aa_xff.log',
      'instance.log/_rf__.log',
      'instance.log/a_b.log',
    ]);
  });

  it('is cut short with its listing', () => {
    const cut = fakeEvidence('instance.logs', { status: 'truncated', text: 'f 1 1 a.log\nf 1 1 b.lo' });
    expect(planLogs(cut).files.map(({ request }) => request.name)).toEqual(['a.log']);
    expect(planLogs(fakeEvidence('instance.logs', { status: 'absent' })).files).toEqual([]);
  });
});

it('packs of a state directory nothing that may hold memory or contents of files', () => {
  const names = [
    'dump.log',
    'stats-dump',
    'inventory.img',
    'tty.info',
    'final/dump.log',
    'pages-1.img',
    'core-1.img',
    'pipes-data.img',
    'fifo-data.img',
    'sk-queues.img',
    'ghost-file-1.img',
    'tmpfs-dev-73.tar.gz.img',
    'xinventory.img',
    'fdinfo-2.img',
  ];
  const plan = planState(listing(...names.map((name) => `f 5 1 ${name}`)), 'instance.state', 'instance.state');
  expect(plan.files.map(({ request, path }) => [request.id, path, request.encoding])).toEqual([
    ['instance.state.dump.log', 'instance.state/dump.log', undefined],
    ['instance.state.stats-dump', 'instance.state/stats-dump', 'base64'],
    ['instance.state.inventory.img', 'instance.state/inventory.img', 'base64'],
    ['instance.state.tty.info', 'instance.state/tty.info', undefined],
    ['instance.state.final.dump.log', 'instance.state/final/dump.log', undefined],
  ]);
});
