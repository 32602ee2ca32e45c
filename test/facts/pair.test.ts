import { describe, expect, it } from 'vitest';

import { deriveFacts } from '../../src/facts/derive.js';
import type { FactSet } from '../../src/facts/schema.js';
import { fakeEvidence, lxdInstance, type FakeAnswer } from '../evidence/fake-source.js';

type Answers = Readonly<Record<string, FakeAnswer>>;

function derive(target: Answers, instance?: Answers): FactSet {
  const listOf = (answers: Answers) => Object.entries(answers).map(([id, answer]) => fakeEvidence(id, answer));
  return deriveFacts({
    engine: 'lxd',
    source: [],
    target: listOf(target),
    instance: instance && { name: 'c1', evidence: listOf({ 'engine.instance': lxdInstance(), ...instance }) },
  });
}

const ofTarget = (answers: Answers) => derive(answers).facts.target;
const cpuinfo = 'vendor_id\t: GenuineIntel\nflags\t\t: fpu avx sse2 vmx\n';
const uname = 'Linux b 6.12.1 #1 SMP x86_64 GNU/Linux\n';

describe('the CPU', () => {
  it('has the registers that CRIU tells', () => {
    const log = 'cpu: fpu: xfeatures_mask 0x5 xsave_size 832 xsave_size_max 840 xsaves_size 832\n';
    const answer = { text: 'timerfd is supported\n', stderr: log };
    expect(ofTarget({ 'criu.cpu': answer, 'proc.cpuinfo': cpuinfo, 'host.uname': uname })?.cpu).toMatchObject({
      registers: ['AVX'],
      xsaveBytes: 832,
      xsaveMaxBytes: 840,
      instructions: ['sse2', 'avx'],
      level: 0,
    });
  });

  it('has no known size without CRIU', () => {
    const { facts, gaps } = derive({ 'criu.cpu': { status: 'absent', reason: 'no program' }, 'proc.cpuinfo': cpuinfo });
    expect(facts.target?.cpu?.registers).toEqual(['AVX']);
    expect(facts.target?.cpu?.xsaveBytes).toBeUndefined();
    expect(gaps.get('target:criu.cpu')).toContain('no program');
  });
});

describe('limits', () => {
  it('are split by who sets them', () => {
    const blocks =
      '== ok /proc/sys/fs/nr_open\n\t1024\n== ok /proc/sys/kernel/threads-max\n\t99\n== ok /proc/sys/kernel/pid_max\n\t9\n' +
      '== ok /proc/sys/kernel/seccomp/actions_avail\n\tlog allow\n== absent /proc/self/timens_offsets\n';
    expect(ofTarget({ 'proc.limits': blocks })?.kernel).toMatchObject({
      limits: { 'fs.nr_open': '1024' },
      capacities: { 'kernel.threads-max': '99' },
      seccompActions: ['log', 'allow'],
      hasTimeNamespaces: false,
    });
  });

  it('say nothing of time namespaces that could not be looked for', () => {
    const kernel = ofTarget({ 'proc.limits': '== denied /proc/self/timens_offsets\n' })?.kernel;
    expect(kernel?.hasTimeNamespaces).toBeUndefined();
  });
});

describe('ids', () => {
  it.each([
    ['== ok /etc/subuid\n\troot:1:65536\n== ok /etc/subgid\n\troot:1:1000\n', 1000],
    ['== absent /etc/subuid\n== absent /etc/subgid\n', 1_000_000_000],
    ['== ok /etc/subuid\n\tbob:1:65536\n== absent /etc/subgid\n', 0],
    ['== denied /etc/subuid\n== absent /etc/subgid\n', undefined],
  ])('are counted: %j', (blocks, count) => {
    expect(ofTarget({ 'host.idmaps': blocks })?.idCount).toBe(count);
  });
});

describe('paths', () => {
  const there = '41ed 0:0 /srv/with blank\n';

  it('are those that stat prints', () => {
    const answer = {
      status: 'failed',
      exitStatus: 1,
      text: there,
      stderr: "stat: cannot statx '/x': No such file\n",
    } as const;
    expect(ofTarget({ 'target.paths': answer })?.paths).toEqual(['/srv/with blank']);
    expect(ofTarget({ 'target.paths': there })?.paths).toEqual(['/srv/with blank']);
  });

  it.each([
    ['could not be looked at', { status: 'failed', exitStatus: 1, text: '', stderr: 'stat: /x: Permission denied\n' }],
    ['took too long', { status: 'timed-out', text: there }],
    ['could not be asked for', { status: 'absent', reason: 'there is no program stat' }],
  ] as const)('are not known when they %s', (_, answer) => {
    const { facts, gaps } = derive({ 'target.paths': answer });
    expect(facts.target?.paths).toBeUndefined();
    expect([...gaps.keys()]).toContain('target:target.paths');
  });
});

it('compares the clock with that of the moment of asking', () => {
  const startedAt = '2026-11-20T12:00:00.000Z';
  const seconds = Date.parse(startedAt) / 1000;
  const clock = (ahead: number): FakeAnswer => ({ text: `${seconds + ahead}\n`, startedAt, durationMs: 1000 });
  expect(ofTarget({ 'host.clock': clock(0) })?.clockAheadS).toBe(0);
  expect(ofTarget({ 'host.clock': clock(7) })?.clockAheadS).toBe(7);
  expect(ofTarget({ 'host.clock': 'Fri Nov 20\n' })?.clockAheadS).toBeUndefined();
});

describe('what the engine of the target has', () => {
  const neighbour = {
    name: 'c2',
    status: 'Running',
    config: {},
    expanded_config: { 'volatile.eth0.hwaddr': '00:16:3E:00:00:01' },
    expanded_devices: { eth0: { type: 'nic', 'ipv4.address': '10.0.0.7', 'ipv6.address': 'none' } },
  };

  it('is told by names', () => {
    const server = ofTarget({
      'engine.instances': '["/1.0/instances/c2"]',
      'engine.neighbours': JSON.stringify([neighbour]),
      'engine.profiles': '[{"name":"default","devices":{"root":{"type":"disk","path":"/"}}}]',
      'engine.pool': '[{"name":"tank","driver":"zfs"}]',
      'engine.network.list': '[{"name":"br0"}]',
    })?.server;
    expect(server).toEqual({
      instances: ['c2'],
      addresses: ['10.0.0.7'],
      hardwareAddresses: ['00:16:3e:00:00:01'],
      profiles: ['default'],
      profileDevices: [{ profile: 'default', name: 'root', type: 'disk', isRoot: true }],
      pools: ['tank'],
      networks: ['br0'],
    });
  });
});

describe('the instance', () => {
  const described = JSON.stringify({
    name: 'c1',
    status: 'Running',
    profiles: ['default', 'web'],
    devices: { data: {} },
    expanded_devices: { root: { type: 'disk', path: '/', pool: 'fast' }, data: { type: 'disk', source: '/srv' } },
    expanded_config: {},
  });

  it('knows what is its own and what comes from profiles', () => {
    const { instance } = derive({}, { 'engine.instance': described, 'instance.uid_map': '0 1000000 65536\n' }).facts;
    expect(instance).toMatchObject({ profiles: ['default', 'web'], idCount: 65_536 });
    expect(instance?.devices?.map(({ name, isOwn, hostPath }) => [name, isOwn, hostPath])).toEqual([
      ['root', false, ''],
      ['data', true, '/srv'],
    ]);
  });

  it('has no ids of its own when it is privileged', () => {
    expect(derive({}, { 'instance.uid_map': '0 0 4294967295\n' }).facts.instance?.idCount).toBe(0);
  });
});
