import { describe, expect, it } from 'vitest';

import { collect } from '../../src/evidence/collect.js';
import type { Evidence } from '../../src/source/source.js';
import { debianWithLxd, fakeEvidence, fakeSource, lxdInstance } from './fake-source.js';

describe('collect', () => {
  it('needs three rounds for an instance: scouting, host and engine together, what needs the pid', async () => {
    const source = fakeSource({
      ...debianWithLxd,
      'engine.instance': lxdInstance(),
      'criu.check.all': 'Looks good.\n',
    });
    const collected = await collect(source, { instance: 'c1' });
    expect(collected).toMatchObject({ engine: 'lxd', instance: { name: 'c1', pid: 812 } });
    expect(source.asked).toHaveLength(4);
    expect(source.asked[3]).toContain('instance.tasks');
    expect(collected.host.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['host.programs', 'criu.check', 'criu.check.all', 'engine.server']),
    );
    expect(collected.ofInstance.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['engine.instance', 'engine.pool', 'instance.mountinfo', 'instance.space']),
    );
  });

  it('looks at a host without asking for an instance', async () => {
    const collected = await collect(fakeSource(debianWithLxd));
    expect(collected).toMatchObject({ engine: 'lxd', instance: undefined, ofInstance: [] });
    expect(collected.host.map(({ id }) => id)).toContain('engine.server');
  });

  it("asks the snap for its own CRIU, with the snap's libraries", async () => {
    const source = fakeSource({
      'host.programs':
        'criu /usr/sbin/criu\nlxc /snap/bin/lxc\n/snap/lxd/current/criu/criu /snap/lxd/current/criu/criu\n',
      'host.engines': '== failed /var/snap/lxd/common/lxd\n',
    });
    const requests: string[] = [];
    await collect({
      ...source,
      gather: (asked) => {
        requests.push(...asked.map((each) => (each.kind === 'command' ? each.argv.join(' ') : '')));
        return source.gather(asked);
      },
    });
    expect(
      requests.some((argv) => /^env LD_LIBRARY_PATH=\S+ \/snap\/lxd\/current\/criu\/criu check --all$/.test(argv)),
    ).toBe(true);
    expect(requests).toContain('snap get lxd criu.enable');
  });

  it('asks CRIU once more when its check gave up before it judged', async () => {
    const answers = ['Error (criu/kerndat.c:1): busy\n', 'Looks good.\n'];
    const source = fakeSource(debianWithLxd);
    const check = (): Evidence => fakeEvidence('criu.check.all', answers.shift() ?? '');
    const { host } = await collect({
      ...source,
      gather: async (asked) =>
        (await source.gather(asked)).map((each) => (each.id === 'criu.check.all' ? check() : each)),
    });
    expect(host.filter(({ id }) => id.startsWith('criu.check')).map(({ text }) => text)).toEqual([
      'Looks good.\n',
      'Looks good.\n',
    ]);
    expect(source.asked.filter((ids) => ids.includes('criu.check.all'))).toHaveLength(2);
  });

  it('takes a process tree by its pid, which must exist', async () => {
    const tasks = { 'instance.tasks': 'end 0\n' };
    expect(await collect(fakeSource({ ...debianWithLxd, ...tasks }), { engine: 'criu', pid: 7 })).toMatchObject({
      engine: 'criu',
      instance: { pid: 7 },
    });
    await expect(collect(fakeSource(debianWithLxd), { engine: 'criu', pid: 7 })).rejects.toMatchObject({
      exitStatus: 2,
      message: 'there is no process 7',
    });
  });
});
