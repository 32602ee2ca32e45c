/** What stands against a move is predicted by both of its ends, and the bare command then fails for just that. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { isLabUp } from './lab.js';
import {
  checkMove,
  countOn,
  crdoctorOn,
  deleteEverywhere,
  folder,
  guardedMove,
  makeMovable,
  mustOn,
  on,
  program,
  run,
  stateOn,
  type Host,
} from './two-hosts.js';

interface Blocker {
  readonly what: string;
  readonly cause: string;
  /** What the bare command says. */
  readonly said: RegExp;
  readonly make: (name: string) => void;
  readonly undo: (name: string) => void;
}

const own = `two-${run}`;
const bridge = `two${run.slice(0, 6)}`;

const blockers: readonly Blocker[] = [
  {
    what: 'a profile that the target does not have',
    cause: 'profile-missing-on-target',
    said: /Requested profile .* doesn't exist/,
    make: (name) => {
      mustOn('a', 'lxc', 'profile', 'create', '-q', own);
      mustOn('a', 'lxc', 'profile', 'add', '-q', name, own);
    },
    undo: (name) => {
      on('a', 'lxc', 'profile', 'remove', '-q', name, own);
      on('a', 'lxc', 'profile', 'delete', '-q', own);
    },
  },
  {
    what: 'a network that the target does not have',
    cause: 'network-missing-on-target',
    said: /Network not found/,
    make: (name) => {
      const options = ['ipv4.address=10.79.0.1/24', 'ipv4.nat=false', 'ipv6.address=none'];
      mustOn('a', 'lxc', 'network', 'create', '-q', bridge, ...options);
      mustOn('a', 'lxc', 'config', 'device', 'add', '-q', name, 'eth9', 'nic', `network=${bridge}`);
    },
    undo: (name) => {
      on('a', 'lxc', 'config', 'device', 'remove', '-q', name, 'eth9');
      on('a', 'lxc', 'network', 'delete', '-q', bridge);
    },
  },
  {
    what: 'a directory of the host that the target does not have',
    cause: 'mount-source-missing-on-restore',
    said: /Missing source path/,
    make: (name) => {
      mustOn('a', 'mkdir', '-p', `${folder}/shown`);
      mustOn('a', 'lxc', 'config', 'device', 'add', '-q', name, 'shown', 'disk', `source=${folder}/shown`, 'path=/mnt');
    },
    undo: (name) => void on('a', 'lxc', 'config', 'device', 'remove', '-q', name, 'shown'),
  },
  {
    what: 'an instance of that name on the target',
    cause: 'engine-name-in-use',
    said: /already exists/,
    make: (name) => void mustOn('b', 'lxc', 'init', '-q', 'mini', name),
    undo: (name) => void on('b', 'lxc', 'delete', '-q', name),
  },
];

/** Items that every bug report about a checkpoint is asked for, of whichever host. */
const starred = [
  'engine.info',
  'engine.info.instance',
  'engine.config.expanded',
  'host.dmesg',
  'proc.self.mountinfo',
  'instance.mountinfo',
  'host.uname',
  'engine.log',
  'host.lxd-bridge',
  'instance.logs',
  'criu.version',
  'criu.check.all',
  'engine.show-log',
  'kernel.config',
  'host.packages',
];

interface Manifest {
  readonly target?: { readonly where: string; readonly hostname?: string; readonly problem?: string };
  readonly artifacts: readonly {
    readonly id: string;
    readonly side: string;
    readonly status: string;
    readonly reason?: string;
    readonly path?: string;
  }[];
}

function manifestOf(path: string): Manifest {
  return JSON.parse(mustOn('a', 'tar', 'xzOf', path, '--wildcards', '*/manifest.json')) as Manifest;
}

describe.runIf(isLabUp)('two hosts', { timeout: 300_000 }, () => {
  let one = '';
  beforeAll(() => {
    for (const host of ['a', 'b'] as const) mustOn(host, 'mkdir', '-p', folder);
    one = makeMovable('one');
  }, 120_000);
  afterAll(() => {
    deleteEverywhere(one);
    for (const host of ['a', 'b'] as const) on(host, 'rm', '-rf', folder);
  }, 120_000);

  it.each(['ssh:b', 'b:'])('are judged together: --to %s', (to) => {
    const { verdict, blockers: found, subject, status } = checkMove(one, to);
    expect(['ready', 'at-risk']).toContain(verdict);
    expect({ found, status }).toEqual({ found: [], status: 0 });
    expect(subject.target).toMatchObject({ where: to, hostname: 'b' });
    expect(subject.target?.criu).toMatch(/^\d/);
  });

  it.each(blockers)('$what: predicted, and really so', ({ cause, said, make, undo }) => {
    try {
      make(one);
      const { verdict, blockers: found, status } = checkMove(one, 'b:');
      expect({ verdict, status }).toEqual({ verdict: 'blocked', status: 3 });
      expect(found).toContain(cause);
      const bare = on('a', 'lxc', 'move', '-q', one, 'b:');
      expect(bare.status, bare.shown).not.toBe(0);
      expect(bare.shown).toMatch(said);
      expect(stateOn('a', one)).toBe('RUNNING');
    } finally {
      undo(one);
    }
  });

  it('a target that does not answer: predicted, and really so', () => {
    // The configuration of the client with one more remote, at an address where nobody is.
    const config = `${folder}/client`;
    const remote = ['  gone:', '    addr: https://10.99.0.99:8443', '    auth_type: tls', '    protocol: lxd'].join(
      '\n',
    );
    const script = 'cp -r "$HOME/.config/lxc" "$1" && sed -i "s|^remotes:|remotes:\\n$2|" "$1/config.yml"';
    mustOn('a', 'sh', '-c', script, 'sh', config, remote.replaceAll('\n', String.raw`\n`));
    const env = [`LXD_CONF=${config}`];
    const { verdict, blockers: found } = checkMove(one, 'gone:', env);
    expect({ verdict, found }).toEqual({ verdict: 'blocked', found: ['target-unreachable'] });
    const bare = on('a', 'env', ...env, 'lxc', 'move', '-q', one, 'gone:');
    expect(bare.status, bare.shown).not.toBe(0);
    expect(stateOn('a', one)).toBe('RUNNING');
  });

  it('judges the rest where ssh does not get through, and says what it could not tell', () => {
    const ran = crdoctorOn('a', 'check', one, '--to', 'ssh:10.99.0.99');
    expect(ran.status, ran.shown).toBe(5);
    expect(ran.stderr).toMatch(/ssh:10\.99\.0\.99/);
    expect(ran.stdout).toContain('could not be told whether the restore will work');
    // Where lines break depends on the length of names.
    expect(ran.stdout.replaceAll(/\s+/g, ' ')).toContain('that host could not be reached');
  });

  it('compares two hosts anywhere by what was recorded on each', () => {
    for (const host of ['a', 'b'] as const) {
      const ran = crdoctorOn(host, 'report', ...(host === 'a' ? [one] : []), '-o', `${folder}/${host}.tar.gz`);
      expect(ran.status, ran.shown).toBe(0);
    }
    mustOn('a', 'scp', '-q', `b:${folder}/b.tar.gz`, `${folder}/`);
    const argv = ['check', '--on', `${folder}/a.tar.gz`, '--to', `${folder}/b.tar.gz`, '--format', 'json'];
    const { stdout, shown } = on('a', 'unshare', '--net', 'node', program, ...argv);
    const { subject } = JSON.parse(stdout || '{}') as ReturnType<typeof checkMove>;
    expect(subject.target, shown).toMatchObject({ where: `${folder}/b.tar.gz`, hostname: 'b' });
  });

  it('reports both of them, item by item', () => {
    const path = `${folder}/both.tar.gz`;
    const ran = crdoctorOn('a', 'report', one, '--to', 'b:', '-o', path);
    expect(ran.status, ran.shown).toBe(0);
    const { artifacts, target } = manifestOf(path);
    expect(target).toEqual({ where: 'b:', hostname: 'b' });
    for (const side of ['source', 'target']) {
      for (const id of starred) {
        const found = artifacts.find((each) => each.id === id && each.side === side);
        expect(found?.status === 'ok' ? 'ok' : found?.reason, `${side} ${id}`).toBeDefined();
      }
    }
    const again = on('a', 'node', program, 'check', '--on', path, '--to', path, '--format', 'json');
    expect(JSON.parse(again.stdout), again.shown).toMatchObject({ subject: { target: { hostname: 'b' } } });
  });

  it('reports the source when the target cannot be reached, and says why', () => {
    const path = `${folder}/alone.tar.gz`;
    const ran = crdoctorOn('a', 'report', one, '--to', 'ssh:10.99.0.99', '-o', path);
    expect(ran.status, ran.shown).toBe(0);
    const { artifacts, target } = manifestOf(path);
    expect(target?.problem).toContain('10.99.0.99');
    for (const id of starred) {
      const found = artifacts.find((each) => each.id === id && each.side === 'target');
      expect(found?.reason, id).toBeDefined();
    }
    expect(mustOn('a', 'tar', 'xzOf', path, '--wildcards', '*/README.md')).toContain(
      'The target could not be looked at',
    );
  });

  it.each<readonly [Host, Host]>([
    ['a', 'b'],
    ['b', 'a'],
  ])('moves live from %s to %s, verified on both', (from, to) => {
    const before = countOn(from, one);
    const { outcome, move, checks, ran } = guardedMove(from, to, one);
    expect({ outcome, move }, ran.shown).toEqual({ outcome: 'done', move: { state: 'moved', there: 'running' } });
    expect(checks.filter(({ result }) => result !== 'ok')).toEqual([]);
    expect(checks.map(({ what }) => what)).toEqual(expect.arrayContaining(['goal', 'tasks free there', 'tasks there']));
    const after = countOn(to, one);
    expect(after).toBeGreaterThanOrEqual(before);
    expect(countOn(to, one)).toBeGreaterThan(0);
    // What stays behind would be in the way of the way back.
    on(
      from,
      'sh',
      '-c',
      'for i in $(seq 20); do lxc info "$1" >/dev/null 2>&1 || exit 0; lxc delete -q "$1"; sleep 0.5; done',
      'sh',
      one,
    );
  });
});
