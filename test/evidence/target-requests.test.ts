import { describe, expect, it } from 'vitest';

import { engines } from '../../src/engines/index.js';
import { pairRequests } from '../../src/evidence/pair-catalogue.js';
import { hostPathOf, targetRequests } from '../../src/evidence/target-requests.js';
import { fakeEvidence } from './fake-source.js';

const instance = (devices: object): string =>
  JSON.stringify({
    name: 'c1',
    status: 'Running',
    expanded_devices: { root: { type: 'disk', path: '/', pool: 'fast' }, ...devices },
  });

const asked = (devices: object, packaging: 'deb' | 'snap' = 'deb') =>
  targetRequests(engines.lxd, [fakeEvidence('engine.instance', instance(devices))], packaging);

describe('targetRequests', () => {
  it('asks for the paths that devices need, and for room where the target keeps instances', () => {
    const requests = asked(
      {
        data: { type: 'disk', source: '/srv/data', path: '/data' },
        fuse: { type: 'unix-char', path: '/dev/fuse' },
        again: { type: 'disk', source: '/srv/data', path: '/more' },
      },
      'snap',
    );
    expect(requests).toMatchObject([
      { id: 'target.paths', argv: ['stat', '-L', '-c', '%f %t:%T %n', '--', '/srv/data', '/dev/fuse'] },
      { id: 'target.space', path: '/var/snap/lxd/common/lxd/storage-pools/fast/containers/c1' },
    ]);
  });

  it('asks for no paths when none are needed', () => {
    expect(asked({}).map(({ id }) => id)).toEqual(['target.space']);
  });

  it('asks nothing when the engine did not tell of the instance', () => {
    expect(targetRequests(engines.lxd, [], 'deb')).toEqual([]);
  });
});

describe('hostPathOf', () => {
  it.each([
    ['a directory', { type: 'disk', source: '/srv' }, '/srv'],
    ['a node', { type: 'unix-block', source: '/dev/sdb', path: '/dev/data' }, '/dev/sdb'],
    ['a node by its place inside', { type: 'unix-char', path: '/dev/fuse' }, '/dev/fuse'],
    ['a node by its number', { type: 'unix-char', path: '/dev/fuse', major: '10' }, undefined],
    ['a volume', { type: 'disk', source: '/x', pool: 'fast' }, undefined],
    ['ceph', { type: 'disk', source: 'ceph:pool/x' }, undefined],
    ['a nic', { type: 'nic', source: '/x' }, undefined],
    ['a name that no line holds', { type: 'disk', source: '/srv/a\nb' }, undefined],
  ])('%s', (_, device, path) => {
    expect(hostPathOf(device as Readonly<Record<string, string>>)).toBe(path);
  });
});

it('asks the criu of the snap for the CPU with its own libraries', () => {
  const [cpu] = pairRequests('/snap/lxd/current/bin/criu');
  expect(cpu).toMatchObject({
    id: 'criu.cpu',
    argv: [
      'env',
      expect.stringMatching(/^LD_LIBRARY_PATH=/),
      '/snap/lxd/current/bin/criu',
      'check',
      '--feature',
      'timerfd',
      '-v4',
    ],
  });
});
