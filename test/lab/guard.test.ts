/** Guarded commands on real containers with real faults: nothing is worse off than with the bare command. */

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import {
  countOf,
  deleteContainer,
  folder,
  guard,
  guardWords,
  isCounting,
  makeContainer,
  newestGuard,
  record,
  rootfsOf,
  startFresh,
  stateOf,
  statusOf,
  store,
  writeTable,
} from './guard-lab.js';
import { isLabUp, must, onHost, type Ran } from './lab.js';

/** Making a container is mostly unpacking, which takes its time on a busy machine. */
const hookMs = 120_000;

/** Runs a guarded command in the background and kills crdoctor as soon as the journal names a step. */
function killAt(step: string, name: string, argv: readonly string[]): Ran {
  const script = `
    step=$1 name=$2; shift 2
    before=$(ls ${store}/guards 2>/dev/null | tail -n 1)
    "$@" & guard=$!
    for i in $(seq 20000); do
      id=$(ls ${store}/guards | tail -n 1)
      if [ "$id" != "$before" ] && grep -q "\\"step\\": \\"$step\\"" ${store}/guards/$id/record.json 2>/dev/null; then
        kill -9 $guard; wait $guard; exit 137
      fi
      kill -0 $guard 2>/dev/null || break
    done
    wait $guard`;
  return onHost('a', ['bash', '-c', script, 'bash', step, name, ...guardWords(argv)]);
}

/** A guarded stop whose criu is killed as soon as it has locked the network. */
function killCriu(name: string): Ran {
  const script = `
    name=$1; shift
    init=$(lxc query local:/1.0/instances/$name/state | sed -n 's/.*"pid": \\([0-9]*\\).*/\\1/p')
    "$@" & guard=$!
    while kill -0 $guard 2>/dev/null; do
      nsenter -t $init -n iptables -S 2>/dev/null | grep -q -- '-j CRIU' || continue
      kill -9 $(pgrep -f "criu dump .*containers/$name/state") 2>/dev/null && break
    done
    wait $guard`;
  return onHost('a', ['bash', '-c', script, 'bash', name, ...guardWords(['--', 'lxc', 'stop', name, '--stateful'])]);
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
    onHost('a', ['rm', '-rf', folder]);
    writeTable();
  }, hookMs);

  // One fault that went otherwise than it should must not spoil the others.
  beforeEach(() => {
    if (statusOf(one) === 'RUNNING') return;
    deleteContainer(one);
    one = makeContainer('one');
  }, hookMs);

  const stop = (...options: readonly string[]): Ran => guard(...options, '--', 'lxc', 'stop', one, '--stateful');
  const start = (...options: readonly string[]): Ran => guard(...options, '--', 'lxc', 'start', one);

  it('stops and starts, and the counter goes on', () => {
    const before = countOf(one);
    const stopped = stop();
    expect(stopped.status, stopped.shown).toBe(0);
    expect(stopped.stderr).toContain('its state is saved');
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
    expect(ran.stderr).toContain('not well');
    expect(isCounting(one)).toBe(true);
    record('the command says success, the probe says no', one, ran, before, 'nothing was lost');
  });

  it('refuses what would throw a state away', () => {
    const before = countOf(one);
    expect(stop().status).toBe(0);
    const stateless = guard('--', 'lxc', 'start', one, '--stateless');
    expect(stateless.status, stateless.shown).toBe(125);
    expect(stateless.stderr).toContain('discarded-state');
    expect(statusOf(one)).toBe('STOPPED, state saved');
    record('start --stateless of a saved state', one, stateless, before, 'refused, the state is untouched');
    must('lxd', 'sql', 'global', `UPDATE instances SET stateful=0 WHERE name='${one}'`);
    const forgotten = start();
    expect(forgotten.status, forgotten.shown).toBe(125);
    expect(forgotten.stderr).toContain('forgotten-state');
    must('lxd', 'sql', 'global', `UPDATE instances SET stateful=1 WHERE name='${one}'`);
    record('start of a state that the engine forgot', one, forgotten, before, 'refused, the state is untouched');
    expect(start().status).toBe(0);
    expect(isCounting(one)).toBe(true);
  });

  it('is one at a time on an instance', () => {
    const script = '"$@" & sleep 0.7; "$@"; second=$?; wait $!; echo "$? $second"';
    const ran = onHost('a', ['bash', '-c', script, 'bash', ...guardWords(['--', 'lxc', 'stop', one, '--stateful'])]);
    expect(ran.stderr).toContain('another guard works on');
    expect(ran.stdout).toContain('0 125');
    expect(start().status).toBe(0);
  });

  it('needs room for the copy before it runs anything', () => {
    const before = countOf(one);
    expect(stop().status).toBe(0);
    must('mkdir', '-p', `${folder}/tiny`);
    must('mount', '-t', 'tmpfs', '-o', 'size=1m,mode=700', 'tmpfs', `${folder}/tiny`);
    try {
      const ran = onHost('a', guardWords(['--', 'lxc', 'start', one], `${folder}/tiny`));
      expect(ran.status, ran.shown).toBe(125);
      expect(ran.stderr).toContain('no room for a copy of the state');
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
    const ran = onHost('a', ['bash', '-c', script, 'bash', ...guardWords(['--', 'lxc', 'start', one])]);
    expect(ran.status, ran.shown).toBe(125);
    expect(ran.stderr).toContain('changed while it was copied');
    record('the state directory changes under us', one, ran, before, 'nothing was run');
    expect(start().status).toBe(0);
    expect(isCounting(one)).toBe(true);
  });

  it('blocks a dump that must fail; forced, it fails and the container runs on', () => {
    const before = countOf(one);
    must('lxc', 'exec', one, '--', 'sh', '-c', 'mkdir -p /run/odd && mount -t ramfs ramfs /run/odd');
    const blocked = stop();
    expect(blocked.status, blocked.shown).toBe(125);
    expect(blocked.stderr).toContain('mount-unsupported-fs');
    record('dump must fail (ramfs inside)', one, blocked, before, 'blocked by the check');
    const forced = stop('--force', 'mount-unsupported-fs', '--reason', 'to see it fail');
    expect(forced.status, forced.shown).toBe(1);
    expect(forced.stderr).toContain('everything is as it was before');
    expect(forced.stderr).toContain('[mount-unsupported-fs]. The check had said so.');
    const last = forced.stderr.trimEnd().split('\n').at(-1) ?? '';
    const report = / is in (\/.*\.tar\.gz)$/.exec(last)?.[1] ?? '';
    expect(must('tar', 'tzf', report)).toMatch(/\/action\/guard\.txt\n[\s\S]*\/source\/instance\.log\/snapshot_dump_/);
    expect(must('tar', 'xzOf', report, '--wildcards', '*/action/guard.txt')).toContain('to see it fail');
    expect(must('tar', 'tzf', report)).not.toMatch(/pages-|core-/);
    record('the same, forced', one, forced, before, 'the source runs on, verified');
    must('lxc', 'exec', one, '--', 'umount', '/run/odd');
    expect(isCounting(one)).toBe(true);
  });

  it('keeps the state of a restore that fails for a missing file, and a retry brings it back', () => {
    const before = countOf(one);
    expect(stop().status).toBe(0);
    const file = `${rootfsOf(one)}/usr/local/bin/counter`;
    must('mv', file, `${file}.away`);
    const ran = start();
    expect(ran.status, ran.shown).toBe(1);
    expect(ran.stderr).toContain('The state is still there');
    expect(statusOf(one)).toBe('STOPPED, state saved');
    must('mv', `${file}.away`, file);
    const retried = guard('--resume', newestGuard(), '--recover', 'retry');
    expect(retried.status, retried.shown).toBe(0);
    expect(isCounting(one)).toBe(true);
    record('restore fails: a file is missing', one, ran, before, 'retry from the kept state');
  });

  it('brings a state back that LXD has deleted (disk device)', () => {
    const before = countOf(one);
    must('mkdir', '-p', `${folder}/disk`);
    must('lxc', 'config', 'device', 'add', '-q', one, 'data', 'disk', `source=${folder}/disk`, 'path=/srv/data');
    const force = ['--force', 'engine-fails-after-restore', '--reason', 'to see it fail'];
    expect(stop(...force).status).toBe(0);
    const ran = start(...force);
    expect(ran.status, ran.shown).toBe(1);
    expect(ran.stderr).toContain('The engine has lost the state, the copy of guard is whole');
    expect(statusOf(one)).toBe('STOPPED');
    must('lxc', 'config', 'device', 'remove', '-q', one, 'data');
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
    const ran = killAt(step, one, ['--', 'lxc', 'start', one]);
    expect(ran.status, ran.shown).toBe(137);
    expect(statusOf(one)).toBe('STOPPED, state saved');
    const resumed = guard('--resume', newestGuard());
    expect(resumed.stderr).toContain('never ran its command');
    const again = start();
    expect(again.status, again.shown).toBe(0);
    expect(isCounting(one)).toBe(true);
    record(`SIGKILL of crdoctor: ${step}`, one, resumed, before, 'a second guard started it');
  });

  it.each(['run', 'verify'])('killed at the step %s, the command ends and --resume judges it', (step) => {
    const before = countOf(one);
    expect(stop().status).toBe(0);
    const ran = killAt(step, one, ['--', 'lxc', 'start', one]);
    expect(ran.status, ran.shown).toBe(137);
    const id = newestGuard();
    const resumed = guard('--resume', id);
    expect(resumed.status, resumed.shown).toBe(0);
    expect(resumed.stderr).toContain('verified, it is running');
    expect(isCounting(one)).toBe(true);
    record(`SIGKILL of crdoctor: ${step}`, one, resumed, before, '--resume finished it');
  });

  it('killed at the step capture, --resume writes the report', () => {
    const before = countOf(one);
    expect(stop().status).toBe(0);
    const file = `${rootfsOf(one)}/usr/local/bin/counter`;
    must('mv', file, `${file}.away`);
    const ran = killAt('capture', one, ['--', 'lxc', 'start', one]);
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
      for i in $(seq 2000); do
        id=$(ls ${store}/guards | tail -n 1)
        grep -q '"step": "run"' ${store}/guards/$id/record.json 2>/dev/null && break
      done
      kill -9 $terminal; wait $terminal; true`;
    const words = guardWords(['--', 'lxc', 'stop', one, '--stateful']);
    const earlier = newestGuard();
    must('bash', '-c', script, 'bash', `sleep 1; ${words.join(' ')}`);
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
    const ran = onHost('a', ['bash', '-c', script, 'bash', ...guardWords(['--', 'lxc', 'start', one])]);
    expect(ran.status, ran.shown).toBe(1);
    expect(ran.stderr).toContain('a status that nobody saw');
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
    expect(ran.stderr).toMatch(/still locked|are frozen/);
    const cleaned = guard('--resume', newestGuard(), '--recover', 'clean');
    expect(cleaned.status, cleaned.shown).toBe(0);
    const init = /"pid": (\d+)/.exec(must('lxc', 'query', `local:/1.0/instances/${one}/state`))?.[1] ?? '';
    expect(must('nsenter', '-t', init, '-n', 'iptables', '-S')).not.toContain('CRIU');
    expect(isCounting(one)).toBe(true);
    record('SIGKILL of criu during the dump', one, ran, before, 'network lock and freezer, by --recover clean');
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
    onHost('a', ['rm', '-rf', folder]);
    writeTable();
  }, hookMs);

  it('takes one and restores it, keeping the present files', () => {
    const taken = guard('--', 'lxc', 'snapshot', two, 's1', '--stateful');
    expect(taken.status, taken.shown).toBe(0);
    expect(taken.stderr).toContain('the snapshot s1 holds the state');
    const before = countOf(two);
    const restored = guard('--', 'lxc', 'restore', two, 's1', '--stateful');
    expect(restored.status, restored.shown).toBe(0);
    expect(restored.stderr).toMatch(/the present files are kept in a snapshot named crdoctor-\d{8}t\d{6}z/);
    expect(isCounting(two)).toBe(true);
    expect(before).toBeGreaterThan(0);
  });

  it('refuses a restore that would silently leave the state out', () => {
    const before = countOf(two);
    const ran = guard('--', 'lxc', 'restore', two, 's1');
    expect(ran.status, ran.shown).toBe(125);
    expect(ran.stderr).toContain('disk-only-restore');
    expect(isCounting(two)).toBe(true);
    record('restore of a stateful snapshot without --stateful', two, ran, before, 'refused, it runs on');
  });

  it('foresees that LXD will say In use, and when forced, says what is left', () => {
    const before = countOf(two);
    expect(guard('--', 'lxc', 'stop', two, '--stateful').status).toBe(0);
    expect(guard('--', 'lxc', 'start', two).status).toBe(0);
    const refused = guard('--', 'lxc', 'restore', two, 's1', '--stateful');
    expect(refused.status, refused.shown).toBe(125);
    expect(refused.stderr).toContain('mount-reference');
    expect(isCounting(two)).toBe(true);
    record('restore after a start from state (LXD: In use)', two, refused, before, 'refused, it runs on');
    const forced = guard(
      '--force',
      'mount-reference',
      '--reason',
      'to see it',
      '--',
      'lxc',
      'restore',
      two,
      's1',
      '--stateful',
    );
    expect(forced.status, forced.shown).toBe(1);
    expect(forced.stderr).toContain('Boot it with the files');
    expect(statusOf(two)).toBe('STOPPED');
    const fresh = guard('--resume', newestGuard(), '--recover', 'fresh');
    expect(fresh.status, fresh.shown).toBe(0);
    expect(statusOf(two)).toBe('RUNNING');
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
    onHost('a', ['rm', '-rf', folder]);
    writeTable();
  }, hookMs);

  const processes = (): number => Number(must('sh', '-c', 'ls -d /proc/[0-9]* | wc -l'));
  const litter = (): string => must('sh', '-c', 'ls -A /tmp | grep -E "criu|cr-tmpfs|lxd_" || true');

  it(`${cycles} of them leave nothing behind, and the counter never goes back`, () => {
    const [first, littered] = [countOf(three), litter()];
    let last = first;
    let ran = guard('--', 'lxc', 'stop', three, '--stateful');
    expect(ran.status, ran.shown).toBe(0);
    ran = guard('--', 'lxc', 'start', three);
    const [before, tasks] = [processes(), must('lxc', 'exec', three, '--', 'ps', '-eo', 'comm')];
    for (let cycle = 1; cycle < cycles; cycle += 1) {
      for (const command of [
        ['stop', three, '--stateful'],
        ['start', three],
      ]) {
        ran = guard('--', 'lxc', ...command);
        expect(ran.status, ran.shown).toBe(0);
      }
      const count = countOf(three);
      expect(count, `cycle ${cycle}`).toBeGreaterThanOrEqual(last);
      last = count;
    }
    expect(isCounting(three)).toBe(true);
    expect(litter()).toBe(littered);
    expect(must('lxc', 'exec', three, '--', 'ps', '-eo', 'comm')).toBe(tasks);
    expect(Math.abs(processes() - before)).toBeLessThan(40);
    expect(must('sh', '-c', `ls ${store}/locks`)).toBe('');
    expect(guard('--forget', 'done').status).toBe(0);
    expect(must('sh', '-c', `ls ${store}/guards`)).toBe('');
    record(`${cycles} stop and start in a row`, three, ran, first, 'nothing to recover');
  });
});
