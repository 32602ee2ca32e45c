import { describe, expect, it } from 'vitest';

import { deriveFacts, type DeriveInput } from '../../src/facts/derive.js';
import type { FactSet } from '../../src/facts/schema.js';
import { debianWithLxd, failed, fakeEvidence, lxdInstance, type FakeAnswer } from '../evidence/fake-source.js';

type Answers = Readonly<Record<string, FakeAnswer>>;
const listOf = (answers: Answers) => Object.entries(answers).map(([id, answer]) => fakeEvidence(id, answer));
const absent: FakeAnswer = { status: 'absent', reason: 'ENOENT' };
const denied: FakeAnswer = { status: 'denied', reason: 'EACCES' };

function derive(source: Answers, instance?: Answers, engine: DeriveInput['engine'] = 'lxd'): FactSet {
  return deriveFacts({
    engine,
    source: listOf({ ...debianWithLxd, ...source }),
    instance: instance && { name: 'c1', evidence: listOf({ 'engine.instance': lxdInstance(), ...instance }) },
  });
}

const root = {
  'proc.self.status': 'Name:\tx\nState:\tR\nPid:\t1\nPPid:\t0\nUid:\t0\t0\t0\t0\nThreads:\t1\nCapEff:\t3\nCapBnd:\t3\n',
};

describe('a host', () => {
  it('has nothing but what was read', () => {
    const { facts } = deriveFacts({ engine: undefined, source: [] });
    expect(facts).toEqual({
      source: {
        kernel: {},
        cpu: {},
        libc: {},
        criu: {},
        privileges: {},
        cgroups: {},
        memory: {},
        room: {},
        server: {},
        apiProblem: '',
      },
    });
  });

  it('turns evidence into facts', () => {
    const { facts, gaps } = derive({
      ...root,
      'host.uname': 'Linux a 6.18.44-fc-v669 #1 SMP PREEMPT_DYNAMIC @0 x86_64 GNU/Linux\n',
      'proc.osrelease': '6.18.44-fc-v669\n',
      'cgroup.controllers': 'cpu memory\n',
      'proc.self.uid_map': '0 0 4294967295\n',
    });
    expect(facts.source).toMatchObject({
      hostname: 'a',
      machine: 'x86_64',
      kernel: { release: '6.18.44-fc-v669' },
      programs: ['criu', 'lxc', 'ip'],
      privileges: { uid: 0, effective: ['cap_chown', 'cap_dac_override'], inUserNamespace: false },
      cgroups: { unifiedControllers: ['cpu', 'memory'] },
    });
    expect(gaps).toEqual(new Map());
  });

  it('leaves a gap, with the reason, for what could not be read', () => {
    const { facts, gaps } = derive({ 'kernel.config': absent, 'proc.filesystems': denied, 'proc.meminfo': 'nonsense' });
    expect(facts.source?.kernel).toEqual({});
    expect(Object.fromEntries(gaps)).toEqual({
      'source:kernel.config': 'kernel.config: absent (ENOENT)',
      'source:proc.filesystems': 'proc.filesystems: denied (EACCES)',
      'source:proc.meminfo': 'proc.meminfo was not understood',
    });
  });

  it('knows the flags of the first core', () => {
    const text = 'processor\t: 0\nflags\t\t: fpu amx_tile\n\nprocessor\t: 1\nfl';
    expect(derive({ 'proc.cpuinfo': { status: 'truncated', text } }).facts.source?.cpu?.flags).toEqual([
      'fpu',
      'amx_tile',
    ]);
    expect(derive({ 'proc.cpuinfo': 'Features        : fp asimd\n' }).facts.source?.cpu?.flags).toEqual([
      'fp',
      'asimd',
    ]);
    expect(derive({ 'proc.cpuinfo': 'x' }).facts.source?.cpu).toEqual({});
  });

  it('does not trust half a kernel configuration', () => {
    expect(derive({ 'kernel.config': { text: 'CONFIG_A=y\n', status: 'truncated' } }).facts.source?.kernel).toEqual({});
  });

  it.each([
    [{ 'sys.lsm': 'lockdown,capability,apparmor\n' }, ['lockdown', 'capability', 'apparmor']],
    [{ 'sys.lsm': absent, 'sys.apparmor': absent }, []],
    [{ 'sys.lsm': absent, 'sys.apparmor': 'Y\n' }, ['apparmor']],
    [{ 'sys.lsm': absent, 'sys.apparmor': denied, 'kernel.config': 'CONFIG_A=y\n' }, []],
    [{ 'sys.lsm': absent, 'sys.apparmor': denied }, undefined],
  ] as const)('security modules of %j', (answers, lsm) => {
    expect(derive(answers as Answers).facts.source?.kernel?.lsm).toEqual(lsm);
  });

  it.each([
    ['== ok /run/systemd/container\n\tlxc\n', 'lxc', ''],
    ['== ok /.dockerenv\n== ok /proc/1/environ\n\tHOME=/\0\n', '', 'docker'],
    ['== absent /.dockerenv\n== ok /run/.containerenv\n== denied /proc/1/environ\n', undefined, 'podman'],
    ['== ok /.dockerenv\n== ok /proc/1/environ\n\tHOME=/\0container=lxc\0TERM=linux\0\n', 'lxc', ''],
    ['== ok /proc/1/environ\n\tHOME=/\0notcontainer=lxc\0\n', '', ''],
    ['== denied /proc/1/environ\n', undefined, ''],
  ])('contained in: %j', (text, containedIn, containerMarker) => {
    const { source } = derive({ 'host.container': text }).facts;
    expect([source?.containedIn, source?.containerMarker]).toEqual([containedIn, containerMarker]);
  });
});

it.each([
  [undefined, 'c1'],
  ['c2', 'c2'],
])('an instance that is to be called %s on the target is %s there', (nameThere, expected) => {
  const evidence = listOf({ 'engine.instance': lxdInstance() });
  const { facts } = deriveFacts({ engine: 'lxd', source: [], instance: { name: 'c1', nameThere, evidence } });
  expect(facts.instance).toMatchObject({ name: 'c1', nameThere: expected });
});

it.each(['host.programs', 'host.engines'])('says why %s could not be read', (id) => {
  const { facts, gaps } = derive({ ...root, [id]: { status: 'failed', reason: 'the connection was lost' } });
  expect(facts.source?.engines).toBeUndefined();
  expect(gaps.get(`source:${id}`)).toBe(`${id}: failed (the connection was lost)`);
});

describe('CRIU', () => {
  const criu = (answers: Answers) => derive({ ...root, ...answers }).facts.source?.criu;

  it('works although the exit status says otherwise', () => {
    const text =
      'Looks good but some kernel features are missing\nwhich, depending on your process tree, may cause\ndump or restore failure.\n';
    const answer = {
      status: 'failed',
      exitStatus: 1,
      text,
      stderr: 'Warn  (criu/cr-check.c:824): Dirty tracking is OFF.\n',
    } as const;
    expect(criu({ 'criu.check': answer })).toMatchObject({
      installed: true,
      works: true,
      problems: [],
      missingFeatures: ['Dirty tracking is OFF.'],
    });
  });

  it('does not work when it gives up', () => {
    const answer = failed('Error (criu/vdso.c:683): vdso: Unexpected rt vDSO area bounds\n');
    expect(criu({ 'criu.check': answer })).toMatchObject({
      works: false,
      problems: ['vdso: Unexpected rt vDSO area bounds'],
    });
  });

  it('is not judged by an answer that contradicts itself', () => {
    const answer = { ...(failed('Error (criu/x.c:1): broken\n') as object), text: 'Looks good.\n' };
    const { facts, gaps } = derive({ ...root, 'criu.check': answer });
    expect(facts.source?.criu?.works).toBeUndefined();
    expect(gaps.get('source:criu.check')).toBe('criu.check says "Looks good.", but: exit status 1');
  });

  it.each([
    [{ exitStatus: 3, reason: 'exit status 3' }, ['exit status 3, without a word']],
    [{ reason: 'ended by SIGSEGV' }, ['ended by SIGSEGV, without a word']],
    [{ reason: 'ended by SIGABRT', stderr: 'assertion failed\n' }, ['assertion failed', 'ended by SIGABRT']],
  ])('tells how it ended: %j', (answer, problems) => {
    expect(criu({ 'criu.check': { status: 'failed', ...answer } })).toMatchObject({ works: false, problems });
  });

  it.each(['the connection was lost', 'it is not in the report', 'spawn EAGAIN'])(
    'is not judged by a check of which nothing came back: %s',
    (reason) => {
      const answer = { status: 'failed', reason, text: '', stderr: '' } as const;
      const { facts, gaps } = derive({ ...root, 'criu.check': answer });
      expect(facts.source?.criu?.works).toBeUndefined();
      expect(facts.source?.criu?.problems).toBeUndefined();
      expect(gaps.get('source:criu.check')).toBe(`criu.check: failed (${reason})`);
      expect(gaps.get('source:criu.check.all')).toBe(`criu.check: failed (${reason})`);
    },
  );

  it('is not judged by what it says to somebody who is not root', () => {
    const user = { 'proc.self.status': root['proc.self.status'].replace('0\t0\t0\t0', '1000\t1000\t1000\t1000') };
    const { facts, gaps } = derive({
      ...user,
      'criu.check': failed('CRIU needs to have the CAP_SYS_ADMIN or the CAP_CHECKPOINT_RESTORE capability: \n'),
    });
    expect(facts.source?.criu?.works).toBeUndefined();
    expect(gaps.get('source:criu.check')).toBe('criu check needs root');
  });

  it('is known not to be there', () => {
    expect(criu({ 'host.programs': 'lxc /usr/bin/lxc\n', 'criu.version': absent })).toEqual({ installed: false });
  });

  it('has no options without a configuration file', () => {
    expect(criu({ 'criu.config': absent })?.configOptions).toEqual([]);
    expect(criu({ 'criu.config': 'tcp-close\n' })?.configOptions).toEqual(['tcp-close']);
    expect(criu({ 'criu.config': denied })?.configOptions).toBeUndefined();
  });
});

describe('an engine', () => {
  it('has a version, a packaging and options that it passes', () => {
    const server = '{"environment":{"driver":"lxc","driver_version":"5.0.2","server_version":"5.0.2"}}';
    const { engine } = derive({ 'engine.server': server }).facts;
    expect(engine).toMatchObject({ name: 'lxd', version: '5.0.2', liblxc: '5.0.2', packaging: 'deb' });
    expect(engine?.passes).toEqual(expect.arrayContaining(['--tcp-established', '--ext-mount-map auto']));
    expect(engine).not.toHaveProperty('criuEnabled');
  });

  it.each([
    ['true\n', true],
    ['false\n', false],
    [failed('error: snap "lxd" has no "criu" configuration option\n'), false],
  ] as const)('as a snap brings its CRIU or not: %j', (answer, enabled) => {
    const snap = { 'host.programs': 'lxc /snap/bin/lxc\n', 'host.engines': '== failed /var/snap/lxd/common/lxd\n' };
    expect(derive({ ...snap, 'snap.lxd.criu': answer }).facts.engine).toMatchObject({
      packaging: 'snap',
      criuEnabled: enabled,
    });
  });

  it('of CRIU alone passes what the user passes', () => {
    const input = { engine: 'criu', source: [], criuOptions: ['--shell-job'] } as const;
    expect(deriveFacts(input).facts.engine?.passes).toEqual(['--shell-job']);
  });
});

describe('an instance', () => {
  const instance = (answers: Answers, source: Answers = {}) => derive(source, answers).facts.instance;

  it('takes the liblxc options in effect, the last one', () => {
    const conf = 'lxc.pty.max = 1024\nlxc.apparmor.profile = unconfined\nlxc.pty.max = 1\nlxc.apparmor.profile =\n';
    expect(instance({ 'instance.lxc.conf': conf })?.lxc).toMatchObject({
      ptyMax: 1,
      apparmorProfile: '',
      consolePath: '',
    });
  });

  it("falls back on the engine's defaults with raw.lxc over them", () => {
    const known = lxdInstance({ expanded_config: { 'raw.lxc': 'lxc.console.path = none' } });
    const answers = { 'engine.instance': known, 'instance.lxc.conf': denied };
    expect(instance(answers)?.lxc).toMatchObject({ ptyMax: 1024, consolePath: 'none' });
    expect(instance(answers)?.lxc).not.toHaveProperty('apparmorProfile');
    expect(instance(answers, { 'sys.lsm': 'capability\n' })?.lxc?.apparmorProfile).toBe('unconfined');
  });

  it('gets the configuration of today at its next start', () => {
    const conf = 'lxc.pty.max = 1\nlxc.tty.max = 2\nlxc.apparmor.profile =\n';
    const known = lxdInstance({ expanded_config: { 'raw.lxc': 'lxc.console.path = none' } });
    const lsm = { 'sys.lsm': 'capability\n' };
    const facts = instance({ 'engine.instance': known, 'instance.lxc.conf': conf }, lsm);
    expect(facts?.lxc).toMatchObject({ ptyMax: 1, ttyMax: 2, apparmorProfile: '', consolePath: '' });
    expect(facts?.nextLxc).toMatchObject({
      ptyMax: 1024,
      ttyMax: 0,
      apparmorProfile: 'unconfined',
      consolePath: 'none',
    });
  });

  it('of a move starts next where it goes to', () => {
    const { facts } = deriveFacts({
      engine: 'lxd',
      source: listOf({ ...debianWithLxd, 'sys.lsm': 'apparmor\n' }),
      target: listOf({ ...debianWithLxd, 'sys.lsm': 'capability\n' }),
      instance: { name: 'c1', evidence: listOf({ 'engine.instance': lxdInstance() }) },
    });
    expect(facts.instance?.lxc).not.toHaveProperty('apparmorProfile');
    expect(facts.instance?.nextLxc?.apparmorProfile).toBe('unconfined');
  });

  it('is ephemeral when its engine says so', () => {
    expect(instance({ 'engine.instance': lxdInstance({ ephemeral: true }) })?.ephemeral).toBe(true);
    expect(instance({ 'engine.instance': lxdInstance({ ephemeral: false }) })?.ephemeral).toBe(false);
    expect(instance({})).not.toHaveProperty('ephemeral');
  });

  it('is privileged when its root is root outside', () => {
    expect(instance({ 'instance.uid_map': '0 0 4294967295\n' })?.privileged).toBe(true);
    expect(instance({ 'instance.uid_map': '0 100000 65536\n' })?.privileged).toBe(false);
    expect(instance({ 'instance.uid_map': denied })?.privileged).toBe(false);
  });

  it('was restored when the newest log is one of a restore', () => {
    const start = 'f 0 1000.5 forkstart.log\n';
    const restore = 'f 9 2000.5 snapshot_restore_2026-11-20T14:23:01Z.log\n';
    const older = 'f 9 900.5 snapshot_restore_2026-11-20T14:22:01Z.log\n';
    const from = (text: string) => instance({ 'instance.logs': text })?.wasRestored;
    expect([start, start + restore, older + start, restore, ''].map(from)).toEqual([
      false,
      true,
      false,
      true,
      undefined,
    ]);
  });

  it('knows its storage', () => {
    const answers = {
      'engine.pool': '[{"name":"default","driver":"zfs","config":{}}]',
      'instance.space': 'path /x\ntotal 9\navailable 5\n',
    };
    expect(instance(answers)?.storage).toEqual({
      pool: 'default',
      driver: 'zfs',
      freeBytes: 5,
      usedBytes: 4,
      path: '/var/lib/lxd/storage-pools/default/containers/c1',
    });
  });

  it('has a libc when its init is not static', () => {
    expect(instance({ 'instance.maps': '7f00-7f01 r--p 0 fe:00 1   /lib/x86_64-linux-gnu/libc.so.6\n' })?.libc).toEqual(
      { name: 'glibc', version: '2.34' },
    );
    expect(instance({ 'instance.maps': '7f00-7f01 r--p 0 fe:00 1   /bin/busybox\n' })?.libc).toEqual({});
  });

  it('describes its devices', () => {
    const devices = {
      root: { type: 'disk', path: '/', pool: 'default' },
      data: { type: 'disk', path: '/data', source: '/srv/data' },
      eth0: { type: 'nic', network: 'lxdbr0' },
      eth1: { type: 'nic', nictype: 'ipvlan', parent: 'eth0' },
      eth2: { type: 'nic', network: 'other' },
    };
    const known = lxdInstance({
      expanded_devices: devices,
      expanded_config: { 'volatile.eth0.host_name': 'vethab12' },
    });
    expect(instance({ 'engine.instance': known })?.devices).toMatchObject([
      { name: 'root', isRoot: true, isHostPath: false, nicType: '' },
      { name: 'data', isRoot: false, isHostPath: true, options: { source: '/srv/data' } },
      { name: 'eth0', nicType: 'veth' },
      { name: 'eth1', nicType: 'ipvlan' },
      { name: 'eth2' },
    ]);
  });

  it('of plain LXC has its nics in the configuration', () => {
    const conf =
      'lxc.include = /usr/share/lxc/config/debian.common.conf\nlxc.net.0.type = macvlan\nlxc.net.0.link = eth0\n';
    const info = 'Name:           c1\nState:          RUNNING\nPID:            812\n';
    const { facts } = derive({}, { 'engine.instance': info, 'instance.lxc.conf': conf }, 'lxc');
    expect(facts.instance).toMatchObject({
      config: {},
      lxc: { ptyMax: 1024, ttyMax: 4, apparmorProfile: '' },
      nextLxc: { ptyMax: 1024, ttyMax: 4, apparmorProfile: '' },
      devices: [{ type: 'nic', nicType: 'macvlan' }],
    });
  });
});

describe('processes', () => {
  const task = (pid: number, lines: string, more = ''): string =>
    `== ${pid} 77\nName:\tx\nState:\tS (sleeping)\nPid:\t${pid}\nPPid:\t1\nUid:\t5\t5\t5\t5\nNSpid:\t${pid}\t${pid - 100}\nNSsid:\t1\t1\nThreads:\t1\nRssAnon:\t4 kB\nstat ${pid} (x) S 1 1 1 0 ${'0 '.repeat(35)}\n${lines}${more}`;
  const spaces = 'ns:mnt mnt:[1]\nns:uts uts:[2]\nns:time time:[3]\nns:time_for_children time:[3]\n';

  it('differ from init in their namespaces', () => {
    const text = `${task(101, spaces)}${task(102, spaces.replace('uts:[2]', 'uts:[9]'))}${task(103, spaces.replace('children time:[3]', 'children time:[9]'))}${task(104, '')}end 4\n`;
    const { facts, incomplete } = derive({}, { 'instance.tasks': text });
    expect(facts.instance?.tasks?.map((each) => each.nestedNamespaces)).toEqual([[], ['uts'], ['time'], []]);
    expect(facts.instance?.tasks?.[0]).toMatchObject({
      pid: 101,
      innerPid: 1,
      name: 'x',
      uid: 5,
      state: 'S',
      tracer: 0,
      isSessionOutside: false,
      isLeaderDead: false,
    });
    expect(facts.instance?.memory?.usedBytes).toBe(4 * 4096);
    expect(incomplete.size).toBe(0);
  });

  it('are not all known when something was denied or cut off', () => {
    const whole = derive({}, { 'instance.tasks': `${task(101, spaces)}${task(102, 'denied ns:mnt\n')}end 2\n` });
    expect(whole.facts.instance?.tasks?.[1]).not.toHaveProperty('nestedNamespaces');
    const cut = derive({}, { 'instance.tasks': { status: 'truncated', text: `${task(101, spaces)}== 10` } });
    expect(cut.facts.instance?.tasks).toHaveLength(1);
    expect([...cut.incomplete]).toEqual(expect.arrayContaining(['instance.tasks', 'instance.descriptors.devices']));
  });

  it('have mounts of their own', () => {
    const mountinfo = '648 640 0:50 / / rw - tmpfs none rw\n';
    const own = 'mount 700 699 0:50 / / rw - tmpfs none rw\nmount 701 700 0:51 / /x rw - ramfs r rw\n';
    const all = (more: string) => {
      const text = `${task(101, spaces)}${task(102, spaces.replace('mnt:[1]', 'mnt:[9]'), more)}end 2\n`;
      return derive({}, { 'instance.tasks': text, 'instance.mountinfo': mountinfo });
    };
    expect(all(own).facts.instance?.mounts).toMatchObject([
      { path: '/', namespacePid: 0, namespaceTask: '' },
      { path: '/x', type: 'ramfs', namespacePid: 102, namespaceTask: 'x (pid 102)' },
    ]);
    expect(all(own).incomplete.size).toBe(0);
    expect([...all('denied mounts\n').incomplete]).toEqual(['instance.mounts']);
    expect([...all('mount nonsense\n').incomplete]).toEqual(['instance.mounts']);
  });

  it('tell of tracers, dead leaders and sessions from outside', () => {
    const dead = task(101, spaces)
      .replace('S (sleeping)', 'Z (zombie)')
      .replace('Threads:\t1', 'Threads:\t2')
      .replace('NSsid:\t1\t1', 'NSsid:\t1\t0');
    const { facts } = derive({}, { 'instance.tasks': `${dead}tracer 150 4242\nend 1\n` });
    expect(facts.instance?.tasks?.[0]).toMatchObject({ tracer: 4242, isLeaderDead: true, isSessionOutside: true });
  });
});
