import { expect, it } from 'vitest';

import type { Instance } from '../../src/engines/engine.js';
import { engines } from '../../src/engines/index.js';
import { fakeEvidence } from '../evidence/fake-source.js';
import { findCriu, findPackaging } from '../../src/engines/packaging.js';

const instance: Instance = {
  name: 'c1',
  type: 'container',
  status: 'running',
  project: 'default',
  isEphemeral: false,
  isStateful: false,
  pid: 812,
  config: {},
  devices: { root: { type: 'disk', path: '/', pool: 'fast' } },
};

it('knows where each packaging keeps an instance', () => {
  expect(engines.lxd.findPlaces(instance, 'deb')).toEqual({
    logs: '/var/log/lxd/c1',
    lxcConfig: ['/var/log/lxd/c1/lxc.conf'],
    storage: '/var/lib/lxd/storage-pools/fast/containers/c1',
    cgroup: 'lxc.payload.c1',
    state: '/var/lib/lxd/storage-pools/fast/containers/c1/state',
    snapshots: '/var/lib/lxd/storage-pools/fast/containers-snapshots/c1',
    passing: ['lxd_checkpoint_', 'lxd_restore_'],
  });
  expect(engines.lxd.findPlaces(instance, 'snap').logs).toBe('/var/snap/lxd/common/lxd/logs/c1');
  expect(engines.incus.findPlaces(instance, 'deb')).toMatchObject({
    logs: '/var/log/incus/c1',
    lxcConfig: ['/run/incus/c1/lxc.conf'],
  });
});

it('puts the project before the name', () => {
  expect(engines.lxd.findPlaces({ ...instance, project: 'p' }, 'deb').logs).toBe('/var/log/lxd/p_c1');
});

it.each([
  ['lxd', 'Get "http://unix.socket/1.0": dial unix /var/lib/lxd/unix.socket: connect: connection refused', /start lxd/],
  [
    'lxd',
    'Get "http://unix.socket/1.0": dial unix /var/lib/lxd/unix.socket: connect: permission denied',
    /group lxd\./,
  ],
  ['incus', "The incus daemon doesn't appear to be started (socket path: /var/lib/incus/unix.socket)", /start incus$/],
  [
    'incus',
    "You don't have the needed permissions to talk to the incus daemon (socket path: /var/lib/incus/unix.socket)",
    /group incus-admin\./,
  ],
] as const)('says what to do when %s does not answer: %s', (name, message, hint) => {
  const evidence = { ...fakeEvidence('engine.instance', ''), status: 'failed', stderr: `Error: ${message}\n` } as const;
  expect(engines[name].readInstance(new Map([['engine.instance', evidence]]))).toMatchObject({
    outcome: 'unreachable',
    hint: expect.stringMatching(hint) as string,
  });
});

it('knows that Incus has no such instance', () => {
  const stderr = 'Error: Failed to fetch instance "nosuch" in project "default": Instance not found\n';
  const evidence = { ...fakeEvidence('engine.instance', ''), status: 'failed', stderr } as const;
  expect(engines.incus.readInstance(new Map([['engine.instance', evidence]]))).toEqual({ outcome: 'missing' });
});

it('takes no path out of the name of a pool', () => {
  const evil = { ...instance, devices: { root: { type: 'disk', path: '/', pool: '../../etc' } } };
  expect(engines.lxd.findPlaces(evil, 'deb').storage).toBeUndefined();
});

it('asks the local server, whatever the default remote is, and encodes the name', () => {
  const requests = engines.lxd.instanceRequests('a/../b');
  expect(requests[0]).toMatchObject({ argv: ['lxc', 'query', 'local:/1.0/instances/a%2F..%2Fb?recursion=1'] });
});

it('tells the snap from the package', () => {
  const snap = {
    programs: new Map([
      ['lxc', '/usr/sbin/lxc'],
      ['criu', '/usr/sbin/criu'],
    ]),
    traces: new Map([['/var/snap/lxd/common/lxd', { status: 'failed' }]]),
  };
  expect(findPackaging('lxd', snap)).toBe('snap');
  // The snap does not see the CRIU of the host.
  expect(findCriu('lxd', snap)).toBeUndefined();
  const deb = { programs: snap.programs, traces: new Map([['/var/lib/dpkg/info/lxd.list', { status: 'ok' }]]) };
  expect(findPackaging('lxd', deb)).toBe('deb');
  expect(findCriu('lxd', deb)).toBe('/usr/sbin/criu');
});

it('names the project in every question and command about an instance of another one', () => {
  const lab = engines.lxd.inProject?.("o'lab");
  expect(lab?.guard?.start('c1')).toEqual(['lxc', "--project=o'lab", 'start', 'local:c1']);
  expect(lab?.guard?.markStateful('c1').at(-1)).toContain("WHERE name='o''lab')");
  expect(lab?.instanceRequests('c1')[0]).toMatchObject({
    argv: ['lxc', 'query', "local:/1.0/instances/c1?recursion=1&project=o'lab"],
  });
  expect(engines.lxd.inProject?.('default')).toBe(engines.lxd);
  // The client would take another one where none is named.
  expect(engines.lxd.inProject?.('default', true).guard?.start('c1')).toContain('--project=default');
});
