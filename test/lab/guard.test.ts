/** Guarded commands on real containers with real faults: nothing is worse off than with the bare command. */

import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';

import {
  client,
  countOf,
  deleteContainer,
  engine,
  folder,
  guard,
  guardWords,
  hookMs,
  isCounting,
  makeContainer,
  newestGuard,
  record,
  rootfsOf,
  stateOf,
  statusOf,
  store,
  told,
  writeTable,
} from './guard-lab.js';
import { isLabUp, labHost, must, onHost, otherHost, type Ran } from './lab.js';

/** Runs a guarded command in the background and kills crdoctor as soon as the journal names a step. */
function killAt(step: string, name: string, argv: readonly string[]): Ran {
  const script = `
    step=$1 name=$2; shift 2
    before=$(ls ${store}/guards 2>/dev/null | tail -n 1)
    "$@" & guard=$!
    for i in $(seq 20000); do
      id=$(ls ${store}/guards | tail -n 1)
      if [ "$id" != "$before" ] && grep -q "\\"step\\": \\"$step\\"" ${store}/guards/$id/record.json 2>/dev/null; then
        # Written down is the step before it begins; here the command is to run already.
        [ "$step" != run ] || [ -e ${store}/guards/$id/started.json ] || continue
        kill -9 $guard; wait $guard; exit 137
      fi
      kill -0 $guard 2>/dev/null || break
    done
    wait $guard`;
  return onHost(labHost, ['bash', '-c', script, 'bash', step, name, ...guardWords(argv)]);
}

/** A guarded stop whose criu is killed as soon as it has locked the network. */
function killCriu(name: string): Ran {
  const script = `
    name=$1; shift
    init=$(${client} query local:/1.0/instances/$name/state | sed -n 's/.*"pid": \\([0-9]*\\).*/\\1/p')
    "$@" & guard=$!
    while kill -0 $guard 2>/dev/null; do
      nsenter -t $init -n iptables -S 2>/dev/null | grep -q -- '-j CRIU' || continue
      kill -9 $(pgrep -f "criu dump .*containers/$name/state") 2>/dev/null && break
    done
    wait $guard`;
  return onHost(labHost, [
    'bash',
    '-c',
    script,
    'bash',
    name,
    ...guardWords(['--', client, 'stop', name, '--stateful']),
  ]);
}

/** Takes away what the newest guard left; while another CRIU is at work on the host nothing is cleaned. */
function clean(): Ran {
  const id = newestGuard();
  let ran = guard('--resume', id, '--recover', 'clean');
  for (let tries = 0; tries < 3 && ran.stderr.includes('another CRIU is at work'); tries += 1) {
    ran = guard('--resume', id, '--recover', 'clean');
  }
  return ran;
}

/** Waits until the command of a guard has ended, whoever started it. */
function waitForEnd(id: string): void {
  const wait = `for i in $(seq 600); do [ -e ${store}/guards/${id}/ended.json ] && exit 0; sleep 0.1; done; exit 1`;
  must('sh', '-c', wait);
}

describe.runIf(isLabUp)('guard', { timeout: 300_000 }, () => {
  let one = '';
  beforeAll(() => {
    must('mkdir', '-p', folder);
    one = makeContainer('one');
  }, hookMs);
  afterAll(() => {
    deleteContainer(one);
    onHost(labHost, ['rm', '-rf', folder]);
    writeTable();
  }, hookMs);

  // One fault that went otherwise than it should must not spoil the others.
  beforeEach(() => {
    if (statusOf(one) === 'RUNNING') return;
    deleteContainer(one);
    one = makeContainer('one');
  }, hookMs);

  const stop = (...options: readonly string[]): Ran => guard(...options, '--', client, 'stop', one, '--stateful');
  const start = (...options: readonly string[]): Ran => guard(...options, '--', client, 'start', one);

  it('stops and starts, and the counter goes on', () => {
    const before = countOf(one);
    const stopped = stop();
    expect(stopped.status, stopped.shown).toBe(0);
    expect(told(stopped)).toContain('its state is saved');
    expect(statusOf(one)).toBe('STOPPED, state saved');
    const started = start('--status-file', `${folder}/status.json`, '--probe', 'true');
    expect(started.status, started.shown).toBe(0);
    expect(isCounting(one)).toBe(true);
    const status = JSON.parse(must('cat', `${folder}/status.json`)) as { outcome: string; checks: { what: string }[] };
    expect(status.outcome).toBe('done');
    expect(status.checks.map(({ what }) => what)).toEqual(
      expect.arrayContaining(['goal', 'tasks free', 'not cut off', 'tasks as before', 'deaths', 'probe']),
    );
    record('none: stop, start', one, started, before, 'nothing to recover');
  });

  it('says no with status 123 when the probe does', () => {
    const before = countOf(one);
    expect(stop().status).toBe(0);
    const ran = start('--probe', 'echo not well >&2; false');
    expect(ran.status, ran.shown).toBe(123);
    expect(told(ran)).toContain('not well');
    expect(isCounting(one)).toBe(true);
    record('the command says success, the probe says no', one, ran, before, 'nothing was lost');
  });

  it('refuses what would throw a state away', () => {
    const before = countOf(one);
    expect(stop().status).toBe(0);
    const stateless = guard('--', client, 'start', one, '--stateless');
    expect(stateless.status, stateless.shown).toBe(125);
    expect(told(stateless)).toContain('discarded-state');
    expect(statusOf(one)).toBe('STOPPED, state saved');
    record('start --stateless of a saved state', one, stateless, before, 'refused, the state is untouched');
    must(...engine.sql, `UPDATE instances SET stateful=0 WHERE name='${one}'`);
    const forgotten = start();
    expect(forgotten.status, forgotten.shown).toBe(125);
    expect(told(forgotten)).toContain('forgotten-state');
    must(...engine.sql, `UPDATE instances SET stateful=1 WHERE name='${one}'`);
    record('start of a state that the engine forgot', one, forgotten, before, 'refused, the state is untouched');
    expect(start().status).toBe(0);
    expect(isCounting(one)).toBe(true);
  });

  it('is one at a time on an instance', () => {
    const script = '"$@" & sleep 0.7; "$@"; second=$?; wait $!; echo "$? $second"';
    const ran = onHost(labHost, [
      'bash',
      '-c',
      script,
      'bash',
      ...guardWords(['--', client, 'stop', one, '--stateful']),
    ]);
    expect(told(ran)).toContain('another guard works on');
    expect(ran.stdout).toContain('0 125');
    expect(start().status).toBe(0);
  });

  it('needs room for the copy before it runs anything', () => {
    const before = countOf(one);
    expect(stop().status).toBe(0);
    must('mkdir', '-p', `${folder}/tiny`);
    must('mount', '-t', 'tmpfs', '-o', 'size=1m,mode=700', 'tmpfs', `${folder}/tiny`);
    try {
      const ran = onHost(labHost, guardWords(['--', client, 'start', one], `${folder}/tiny`));
      expect(ran.status, ran.shown).toBe(125);
      expect(told(ran)).toContain('no room for a copy of the state');
      expect(must('ls', `${folder}/tiny/guards`)).toBe('');
      record('disk full during insurance', one, ran, before, 'nothing was run, the state is untouched');
    } finally {
      must('umount', `${folder}/tiny`);
    }
    expect(start().status).toBe(0);
    expect(isCounting(one)).toBe(true);
  });

  it('notices that somebody changes the state meanwhile', () => {
    const before = countOf(one);
    expect(stop().status).toBe(0);
    const script = `while :; do touch ${stateOf(one)}/stats-dump; done & writer=$!; "$@"; status=$?; kill $writer; exit $status`;
    const ran = onHost(labHost, ['bash', '-c', script, 'bash', ...guardWords(['--', client, 'start', one])]);
    expect(ran.status, ran.shown).toBe(125);
    expect(told(ran)).toContain('changed while it was copied');
    record('the state directory changes under us', one, ran, before, 'nothing was run');
    expect(start().status).toBe(0);
    expect(isCounting(one)).toBe(true);
  });

  it('blocks a dump that must fail; forced, it fails and the container runs on', () => {
    const before = countOf(one);
    must(client, 'exec', one, '--', 'sh', '-c', 'mkdir -p /run/odd && mount -t ramfs ramfs /run/odd');
    onTestFinished(() => void onHost(labHost, [client, 'exec', one, '--', 'umount', '/run/odd']));
    const blocked = stop();
    expect(blocked.status, blocked.shown).toBe(125);
    expect(told(blocked)).toContain('mount-unsupported-fs');
    record('dump must fail (ramfs inside)', one, blocked, before, 'blocked by the check');
    const forced = stop('--force', 'mount-unsupported-fs', '--reason', 'to see it fail');
    expect(forced.status, forced.shown).toBe(1);
    expect(told(forced)).toContain('everything is as it was before');
    expect(told(forced)).toContain('[mount-unsupported-fs]. The check had said so.');
    const last = forced.stderr.trimEnd().split('\n').at(-1) ?? '';
    const report = / is in (\/.*\.tar\.gz)$/.exec(last)?.[1] ?? '';
    expect(must('tar', 'tzf', report)).toMatch(/\/action\/guard\.txt\n[\s\S]*\/source\/instance\.log\/snapshot_dump_/);
    expect(must('tar', 'xzOf', report, '--wildcards', '*/action/guard.txt')).toContain('to see it fail');
    expect(must('tar', 'tzf', report)).not.toMatch(/pages-|core-/);
    record('the same, forced', one, forced, before, 'the source runs on, verified');
    must(client, 'exec', one, '--', 'umount', '/run/odd');
    expect(isCounting(one)).toBe(true);
  });

  it.each([
    ['is missing', 'mv "$1" "$1.away"'],
    ['has changed', 'cp -p "$1" "$1.away"; echo "# more" >> "$1"'],
  ])('keeps the state of a restore that fails because a file %s, and a retry brings it back', (fault, script) => {
    const before = countOf(one);
    expect(stop().status).toBe(0);
    const file = `${rootfsOf(one)}/usr/bin/perl`;
    must('sh', '-c', script, 'sh', file);
    const ran = start();
    expect(ran.status, ran.shown).toBe(1);
    expect(told(ran)).toContain('The state is still there');
    expect(statusOf(one)).toBe('STOPPED, state saved');
    must('mv', `${file}.away`, file);
    const retried = guard('--resume', newestGuard(), '--recover', 'retry');
    expect(retried.status, retried.shown).toBe(0);
    expect(isCounting(one)).toBe(true);
    record(`restore fails: a file ${fault}`, one, ran, before, 'retry from the kept state');
  });

  it.runIf(engine.name === 'lxd')('brings a state back that LXD has deleted (disk device)', () => {
    const before = countOf(one);
    must('mkdir', '-p', `${folder}/disk`);
    must(client, 'config', 'device', 'add', '-q', one, 'data', 'disk', `source=${folder}/disk`, 'path=/srv/data');
    const force = ['--force', 'engine-fails-after-restore', '--reason', 'to see it fail'];
    expect(stop(...force).status).toBe(0);
    const ran = start(...force);
    expect(ran.status, ran.shown).toBe(1);
    expect(told(ran)).toContain('The engine has lost the state, the copy of guard is whole');
    expect(statusOf(one)).toBe('STOPPED');
    must(client, 'config', 'device', 'remove', '-q', one, 'data');
    const retried = guard('--resume', newestGuard(), '--recover', 'retry');
    expect(retried.status, retried.shown).toBe(0);
    expect(isCounting(one)).toBe(true);
    record(
      'restore fails: LXD deletes the state (disk device)',
      one,
      ran,
      before,
      'the copy, put back by --recover retry',
    );
  });

  it.each(['check', 'insure', 'mark'])('killed at the step %s has run nothing', (step) => {
    const before = countOf(one);
    expect(stop().status).toBe(0);
    const ran = killAt(step, one, ['--', client, 'start', one]);
    expect(ran.status, ran.shown).toBe(137);
    expect(statusOf(one)).toBe('STOPPED, state saved');
    const resumed = guard('--resume', newestGuard());
    expect(told(resumed)).toContain('never ran its command');
    const again = start();
    expect(again.status, again.shown).toBe(0);
    expect(isCounting(one)).toBe(true);
    record(`SIGKILL of crdoctor: ${step}`, one, resumed, before, 'a second guard started it');
  });

  it.each(['run', 'verify'])('killed at the step %s, the command ends and --resume judges it', (step) => {
    const before = countOf(one);
    expect(stop().status).toBe(0);
    const ran = killAt(step, one, ['--', client, 'start', one]);
    expect(ran.status, ran.shown).toBe(137);
    const id = newestGuard();
    const resumed = guard('--resume', id);
    expect(resumed.status, resumed.shown).toBe(0);
    expect(told(resumed)).toContain('verified, it is running');
    expect(isCounting(one)).toBe(true);
    record(`SIGKILL of crdoctor: ${step}`, one, resumed, before, '--resume finished it');
  });

  it('killed at the step capture, --resume writes the report', () => {
    const before = countOf(one);
    expect(stop().status).toBe(0);
    const file = `${rootfsOf(one)}/usr/bin/perl`;
    must('mv', file, `${file}.away`);
    const ran = killAt('capture', one, ['--', client, 'start', one]);
    expect(ran.status, ran.shown).toBe(137);
    const resumed = guard('--resume', newestGuard());
    expect(resumed.status, resumed.shown).toBe(1);
    expect(resumed.stderr).toMatch(/everything that a bug report needs is in .*\.tar\.gz\n$/);
    must('mv', `${file}.away`, file);
    expect(start().status).toBe(0);
    expect(isCounting(one)).toBe(true);
    record('SIGKILL of crdoctor: capture', one, resumed, before, '--resume reported it; then started');
  });

  it('a closed terminal does not reach the command', () => {
    const before = countOf(one);
    const script = `
      script -qfc "$1" /dev/null >/dev/null 2>&1 </dev/null & terminal=$!
      for i in $(seq 20000); do
        id=$(ls ${store}/guards | tail -n 1)
        [ "$id" != "$2" ] && [ -e ${store}/guards/$id/started.json ] && break
      done
      kill -9 $terminal; wait $terminal; true`;
    const words = guardWords(['--', client, 'stop', one, '--stateful']);
    const earlier = newestGuard();
    must('bash', '-c', script, 'bash', words.join(' '), earlier);
    const id = newestGuard();
    expect(id).not.toBe(earlier);
    waitForEnd(id);
    const resumed = guard('--resume', id);
    expect(resumed.status, resumed.shown).toBe(0);
    expect(statusOf(one)).toBe('STOPPED, state saved');
    expect(start().status).toBe(0);
    expect(isCounting(one)).toBe(true);
    record('the terminal is closed during a stop', one, resumed, before, '--resume finished it; then started');
  });

  it('judges by what it sees when its supervisor is killed as well', () => {
    const before = countOf(one);
    expect(stop().status).toBe(0);
    const script = `
      "$@" & guard=$!
      for i in $(seq 20000); do
        id=$(ls ${store}/guards | tail -n 1)
        [ -e ${store}/guards/$id/started.json ] && [ ! -e ${store}/guards/$id/ended.json ] && break
      done
      kill -9 $(sed 's/.*"supervisor":{"pid":\\([0-9]*\\).*/\\1/' ${store}/guards/$id/started.json)
      wait $guard`;
    const ran = onHost(labHost, ['bash', '-c', script, 'bash', ...guardWords(['--', client, 'start', one])]);
    expect(ran.status, ran.shown).toBe(1);
    expect(told(ran)).toContain('a status that nobody saw');
    expect(statusOf(one)).toBe('RUNNING');
    expect(isCounting(one)).toBe(true);
    record('SIGKILL of the supervisor during a start', one, ran, before, 'nothing was lost');
  });

  it('finds what a killed criu leaves, and takes it away', () => {
    // Whether the container survives that depends on the moment, so it may take more than one.
    let [before, ran] = [countOf(one), killCriu(one)];
    for (let tries = 0; tries < 4 && (ran.status === 0 || statusOf(one) !== 'RUNNING'); tries += 1) {
      deleteContainer(one);
      one = makeContainer('one');
      [before, ran] = [countOf(one), killCriu(one)];
    }
    expect(ran.status, ran.shown).toBe(1);
    expect(told(ran)).toMatch(/still locked|are frozen/);
    const cleaned = clean();
    expect(cleaned.status, cleaned.shown).toBe(0);
    const init = /"pid": (\d+)/.exec(must(client, 'query', `local:/1.0/instances/${one}/state`))?.[1] ?? '';
    expect(must('nsenter', '-t', init, '-n', 'iptables', '-S')).not.toContain('CRIU');
    expect(isCounting(one)).toBe(true);
    record('SIGKILL of criu during the dump', one, ran, before, 'network lock and freezer, by --recover clean');
  });
});

describe.runIf(isLabUp)('guard on a full disk', { timeout: 300_000 }, () => {
  const pool = `guard${folder.replace(/^.*-/, '')}`;
  let four = '';
  beforeAll(() => {
    must('mkdir', '-p', `${folder}/pool`);
    must('mount', '-t', 'tmpfs', '-o', 'size=128m', 'tmpfs', `${folder}/pool`);
    must(client, 'storage', 'create', '-q', pool, 'dir', `source=${folder}/pool`);
    four = makeContainer('four', '-s', pool);
  }, hookMs);
  afterAll(() => {
    deleteContainer(four);
    onHost(labHost, [client, 'storage', 'delete', '-q', pool]);
    onHost(labHost, ['umount', `${folder}/pool`]);
    onHost(labHost, ['rm', '-rf', folder]);
    writeTable();
  }, hookMs);

  it('a dump without room fails, and the container runs on', () => {
    const before = countOf(four);
    onHost(labHost, ['dd', 'if=/dev/zero', `of=${folder}/pool/filler`, 'bs=64k', 'count=2000']);
    must('truncate', '-s', '-512K', `${folder}/pool/filler`);
    const ran = guard('--force', 'disk-full', '--reason', 'to see it', '--', client, 'stop', four, '--stateful');
    expect(ran.status, ran.shown).toBe(1);
    expect(told(ran)).toContain('everything is as it was before');
    expect(told(ran)).toContain('[disk-full]');
    must('rm', `${folder}/pool/filler`);
    expect(isCounting(four)).toBe(true);
    const again = guard('--', client, 'stop', four, '--stateful');
    expect(again.status, again.shown).toBe(0);
    record('disk full during the dump', four, ran, before, 'it ran on; with room again it was stopped');
  });
});

describe.runIf(isLabUp)('guard of snapshots', { timeout: 300_000 }, () => {
  let two = '';
  beforeAll(() => {
    must('mkdir', '-p', folder);
    two = makeContainer('two');
  }, hookMs);
  afterAll(() => {
    deleteContainer(two);
    onHost(labHost, ['rm', '-rf', folder]);
    writeTable();
  }, hookMs);

  it('takes one and restores it, keeping the present files', () => {
    const taken = guard('--', ...engine.snapshot, two, 's1', '--stateful');
    expect(taken.status, taken.shown).toBe(0);
    expect(told(taken)).toContain('the snapshot s1 holds the state');
    const before = countOf(two);
    const restored = guard('--', ...engine.restore, two, 's1', '--stateful');
    expect(restored.status, restored.shown).toBe(0);
    expect(told(restored)).toMatch(/the present files are kept in a snapshot named crdoctor-\d{8}t\d{6}z/);
    expect(isCounting(two)).toBe(true);
    expect(before).toBeGreaterThan(0);
  });

  it('refuses a restore that would silently leave the state out', () => {
    const before = countOf(two);
    const ran = guard('--', ...engine.restore, two, 's1');
    expect(ran.status, ran.shown).toBe(125);
    expect(told(ran)).toContain('disk-only-restore');
    expect(isCounting(two)).toBe(true);
    record('restore of a stateful snapshot without --stateful', two, ran, before, 'refused, it runs on');
  });

  it.runIf(engine.name === 'lxd')('foresees that LXD will say In use, and when forced, says what is left', () => {
    const before = countOf(two);
    expect(guard('--', client, 'stop', two, '--stateful').status).toBe(0);
    expect(guard('--', client, 'start', two).status).toBe(0);
    const refused = guard('--', ...engine.restore, two, 's1', '--stateful');
    expect(refused.status, refused.shown).toBe(125);
    expect(told(refused)).toContain('mount-reference');
    expect(isCounting(two)).toBe(true);
    record('restore after a start from state (LXD: In use)', two, refused, before, 'refused, it runs on');
    const forced = guard(
      '--force',
      'mount-reference',
      '--reason',
      'to see it',
      '--',
      ...engine.restore,
      two,
      's1',
      '--stateful',
    );
    expect(forced.status, forced.shown).toBe(1);
    expect(told(forced)).toContain('Boot it with the files');
    expect(statusOf(two)).toBe('STOPPED');
    const fresh = guard('--resume', newestGuard(), '--recover', 'fresh');
    expect(fresh.status, fresh.shown).toBe(0);
    expect(statusOf(two)).toBe('RUNNING');
  });
});

describe.runIf(isLabUp)('guard of moves', { timeout: 300_000 }, () => {
  let five = '';
  beforeAll(() => {
    must('mkdir', '-p', folder);
    five = makeContainer('five');
  }, hookMs);
  afterAll(() => {
    deleteContainer(five);
    onHost(otherHost, [client, 'delete', '-q', '-f', five]);
    onHost(labHost, ['rm', '-rf', folder]);
    writeTable();
  }, hookMs);

  it.runIf(engine.name === 'lxd')('sees through a move that fails on its target and leaves the source held', () => {
    const before = countOf(five);
    const raw = must(client, 'config', 'get', five, 'raw.lxc');
    must(client, 'config', 'set', five, 'raw.lxc=lxc.apparmor.profile =');
    const ran = guard(
      '--force',
      'console-not-restorable',
      '--reason',
      'to see it',
      '--',
      client,
      'move',
      five,
      `${otherHost}:`,
    );
    expect(ran.status, ran.shown).toBe(1);
    expect(statusOf(five)).toBe('RUNNING');
    expect(isCounting(five)).toBe(false);
    expect(told(ran)).toMatch(/is traced by process \d+/);
    expect(told(ran)).toMatch(/ kill \d+ /);
    const cleaned = clean();
    expect(cleaned.status, cleaned.shown).toBe(0);
    expect(isCounting(five)).toBe(true);
    must(client, 'config', 'set', five, `raw.lxc=${raw}`);
    record('move: the restore on the target fails', five, ran, before, 'the held source, by --recover clean');
  });

  it('knows a good move by what both servers say, not by its status', () => {
    const before = countOf(five);
    const ran = guard('--', client, 'move', five, `${otherHost}:`);
    expect(told(ran)).toContain(`it is running on ${otherHost} and`);
    const text = onHost(otherHost, [client, 'exec', five, '--', 'cat', '/root/counter']).stdout;
    const counter = Number(text.trim().split(/\s+/).at(-1));
    expect(counter).toBeGreaterThanOrEqual(before);
    const how = engine.name === 'lxd' ? 'move (LXD ends it with status 1)' : 'move';
    record(`none: ${how}`, five, ran, before, 'nothing to recover', counter);
  });
});

/** As many as are asked for; a hundred take a quarter of an hour. */
const cycles = Number(process.env['CRDOCTOR_CYCLES'] ?? 3);

describe.runIf(isLabUp)('guarded cycles of stop and start', { timeout: 3_600_000 }, () => {
  let three = '';
  beforeAll(() => {
    must('mkdir', '-p', folder);
    three = makeContainer('three');
  }, hookMs);
  afterAll(() => {
    deleteContainer(three);
    onHost(labHost, ['rm', '-rf', folder]);
    writeTable();
  }, hookMs);

  const processes = (): number => Number(must('sh', '-c', 'ls -d /proc/[0-9]* | wc -l'));
  const litter = (): string => must('sh', '-c', 'ls -A /tmp | grep -E "criu|cr-tmpfs|${engine.name}_" || true');

  it(`${cycles} of them leave nothing behind, and the counter never goes back`, () => {
    const [first, littered] = [countOf(three), litter()];
    let last = first;
    let ran = guard('--', client, 'stop', three, '--stateful');
    expect(ran.status, ran.shown).toBe(0);
    ran = guard('--', client, 'start', three);
    const [before, tasks] = [processes(), must(client, 'exec', three, '--', 'ps', '-eo', 'comm')];
    for (let cycle = 1; cycle < cycles; cycle += 1) {
      for (const command of [
        ['stop', three, '--stateful'],
        ['start', three],
      ]) {
        ran = guard('--', client, ...command);
        expect(ran.status, ran.shown).toBe(0);
      }
      const count = countOf(three);
      expect(count, `cycle ${cycle}`).toBeGreaterThanOrEqual(last);
      last = count;
    }
    expect(isCounting(three)).toBe(true);
    expect(litter()).toBe(littered);
    expect(must(client, 'exec', three, '--', 'ps', '-eo', 'comm')).toBe(tasks);
    expect(Math.abs(processes() - before)).toBeLessThan(40);
    expect(guard('--forget', 'done').status).toBe(0);
    expect(must('sh', '-c', `ls ${store}/guards`)).toBe('');
    record(`${cycles} stop and start in a row`, three, ran, first, 'nothing to recover');
  });
});
