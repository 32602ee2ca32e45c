/** Guarded commands that hang, or whose daemon, CRIU or files are not what they were a moment ago. */

import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';

import {
  countOf,
  deleteContainer,
  folder,
  guard,
  guardWords,
  hookMs,
  isCounting,
  makeContainer,
  newestGuard,
  record,
  recordLoss,
  rootfsOf,
  stateOf,
  statusOf,
  told,
  writeTable,
} from './guard-lab.js';
import { isLabUp, labHost, must, onHost, type Ran } from './lab.js';

/** Runs a script on the host, with the words of a guarded command as its arguments. */
function besides(script: string, argv: readonly string[]): Ran {
  return onHost(labHost, ['bash', '-c', `cd ${folder}\n${script}`, 'bash', ...guardWords(argv)]);
}

/** It did what it was told to. */
function works({ status, shown }: Ran): void {
  expect(status, shown).toBe(0);
}

/** Does what guard says of a command that hangs: ends that CRIU. */
const obey = `
  "$@" >said 2>&1 & guard=$!
  for i in $(seq 300); do
    pid=$(sed -n 's/.*kill -9 \\([0-9]*\\) ends.*/\\1/p' said | head -n 1)
    [ -n "$pid" ] && break
    kill -0 $guard || break
    sleep 0.1
  done
  [ -z "$pid" ] || kill -9 $pid
  wait $guard; status=$?
  cat said >&2; exit $status`;

/** Runs a command as soon as a CRIU works on the container. */
const onceCriuRuns = (task: string, name: string, command: string): string => `
  "$@" & guard=$!
  for i in $(seq 3000); do
    pgrep -f "[c]riu ${task} .*containers/${name}/state" >/dev/null && break
    kill -0 $guard 2>/dev/null || break
  done
  ${command}
  wait $guard`;

const killDaemon = 'kill -9 $(cat /run/lxd.pid)';

describe.runIf(isLabUp)('guard of what hangs or changes in between', { timeout: 300_000 }, () => {
  let seven = '';
  beforeAll(() => {
    must('mkdir', '-p', folder);
    seven = makeContainer('seven');
  }, hookMs);
  afterAll(() => {
    deleteContainer(seven);
    onHost(labHost, ['rm', '-rf', folder]);
    writeTable();
  }, hookMs);
  beforeEach(() => {
    if (statusOf(seven) === 'RUNNING') return;
    deleteContainer(seven);
    seven = makeContainer('seven');
  }, hookMs);

  const stop = (...options: readonly string[]): Ran => guard(...options, '--', 'lxc', 'stop', seven, '--stateful');
  const start = (...options: readonly string[]): Ran => guard(...options, '--', 'lxc', 'start', seven);

  it('a restore that goes round in circles: says so, and reports it once it is ended', () => {
    const before = countOf(seven);
    expect(stop().status).toBe(0);
    const pages = `${stateOf(seven)}/pages-1.img`;
    must('cp', '-p', pages, `${folder}/pages`);
    must('truncate', '-s', '-8192', pages);
    const ran = besides(obey, ['--timeout', '4', '--', 'lxc', 'start', seven]);
    expect(ran.status, ran.shown).toBe(1);
    expect(ran.stderr).toMatch(/at work: criu restore \(pid \d+\)/);
    expect(ran.stderr).toMatch(/restore\.log (?:grows|has \d+ MB).* and ends with:/);
    expect(told(ran)).toContain('[image-file-corrupt]');
    expect(statusOf(seven)).toBe('STOPPED, state saved');
    must('cp', '-p', `${folder}/pages`, pages);
    const retried = guard('--resume', newestGuard(), '--recover', 'retry');
    expect(retried.status, retried.shown).toBe(0);
    expect(isCounting(seven)).toBe(true);
    record('a restore spins (memory image cut short)', seven, ran, before, 'kill -9 as told; retry from the state');
  });

  describe('that waits for a lock', () => {
    /** A process inside that holds a lock, which somebody outside has when it is to be restored. */
    function stopHolding(): void {
      must('rm', '-f', `${rootfsOf(seven)}/root/ready`);
      const lock = `open F, '>>', '/root/held'; flock F, 2; open R, '>', '/root/ready'; close R; sleep 9999`;
      must('lxc', 'exec', seven, '--', 'sh', '-c', `setsid perl -e "${lock}" </dev/null >/dev/null 2>&1 &`);
      must('sh', '-c', `for i in $(seq 100); do [ -e ${rootfsOf(seven)}/root/ready ] && exit; sleep 0.1; done; exit 1`);
      const stopped = stop();
      expect(stopped.status, stopped.shown).toBe(0);
    }
    const whileHeld = (script: string): string =>
      `perl -e 'open F, ">>", shift; flock F, 2; sleep 200' ${rootfsOf(seven)}/root/held & holder=$!; sleep 0.3
       ${script.replace('cat said', 'kill $holder; cat said')}`;
    const words = (): readonly string[] => ['--timeout', '3', '--', 'lxc', 'start', seven];

    it('says for which, and as it is told to be ended nothing is lost', () => {
      const before = countOf(seven);
      stopHolding();
      const ran = besides(whileHeld(obey), words());
      expect(ran.status, ran.shown).toBe(1);
      expect(told(ran)).toMatch(/it waits for a flock on the file \S+ \(device and inode\) that process \d+ holds/);
      expect(told(ran)).toContain('everything is as it was before');
      expect(statusOf(seven)).toBe('STOPPED, state saved');
      const retried = guard('--resume', newestGuard(), '--recover', 'retry');
      expect(retried.status, retried.shown).toBe(0);
      expect(isCounting(seven)).toBe(true);
      record('a restore waits for a lock held elsewhere', seven, ran, before, 'ended as told; retry from the state');
      onHost(labHost, ['lxc', 'exec', seven, '--', 'pkill', '-f', 'open F']);
    });

    it('finds the processes that live on when the CRIU above them is killed, and ends them', () => {
      const before = countOf(seven);
      stopHolding();
      const first = `$(pgrep -f 'criu [r]estore.*containers/${seven}/state' | head -n 1)`;
      const ran = besides(whileHeld(obey.replace('kill -9 $pid', `kill -9 ${first}`)), words());
      expect(ran.status, ran.shown).toBe(1);
      expect(told(ran)).toContain('NO: alone: Processes of a restore that was cut short run on');
      expect(statusOf(seven)).toBe('STOPPED, state saved');
      const cleaned = guard('--resume', newestGuard(), '--recover', 'clean');
      expect(cleaned.status, cleaned.shown).toBe(0);
      const left = onHost(labHost, ['pgrep', '-f', `containers/${seven}/state`]);
      expect(left.stdout).toBe('');
      const retried = guard('--resume', newestGuard(), '--recover', 'retry');
      expect(retried.status, retried.shown).toBe(0);
      expect(isCounting(seven)).toBe(true);
      record('SIGKILL of criu during the restore', seven, ran, before, 'its processes, by --recover clean; then retry');
    });
  });

  it.each([
    ['stop', 'the dump'],
    ['start', 'the restore'],
  ])('CRIU is taken away between the check and the %s', (verb, what) => {
    const before = countOf(seven);
    if (verb === 'start') works(stop());
    const client = `#!/bin/sh\nmv /usr/sbin/criu /usr/sbin/criu.away\nexec /usr/bin/lxc "$@"\n`;
    must('sh', '-c', `printf '%s' "$1" >${folder}/lxc; chmod 755 ${folder}/lxc`, 'sh', client);
    onTestFinished(
      () => void onHost(labHost, ['sh', '-c', '[ ! -e /usr/sbin/criu.away ] || mv /usr/sbin/criu.away /usr/sbin/criu']),
    );
    const ran = guard('--', `${folder}/lxc`, verb, seven, ...(verb === 'stop' ? ['--stateful'] : []));
    must('mv', '/usr/sbin/criu.away', '/usr/sbin/criu');
    expect(ran.status, ran.shown).toBe(1);
    expect(told(ran)).toContain('everything is as it was before');
    expect(statusOf(seven)).toBe(verb === 'stop' ? 'RUNNING' : 'STOPPED, state saved');
    const again = verb === 'stop' ? stop() : guard('--resume', newestGuard(), '--recover', 'retry');
    expect(again.status, again.shown).toBe(0);
    if (verb === 'stop') works(start());
    expect(isCounting(seven)).toBe(true);
    record(`CRIU is gone when ${what} begins`, seven, ran, before, 'it is back; retry');
  });

  it('says when the files have moved on since the state was saved', () => {
    const before = countOf(seven);
    expect(stop().status).toBe(0);
    must('sh', '-c', `echo more >>${rootfsOf(seven)}/usr/local/bin/counter; echo new >${rootfsOf(seven)}/root/new`);
    const ran = start();
    expect(told(ran)).toMatch(/its files have moved on since the state was saved, .*(?:\/root\/new|\/counter)/);
    const away = `sed -i '$d' ${rootfsOf(seven)}/usr/local/bin/counter`;
    if (statusOf(seven).startsWith('STOPPED')) must('sh', '-c', away);
    if (statusOf(seven).startsWith('STOPPED')) guard('--resume', newestGuard(), '--recover', 'retry');
    expect(isCounting(seven)).toBe(true);
    record('files change between a stop and its start', seven, ran, before, 'it is said before');
  });

  it('the daemon is killed during a start: waits for it, and judges by what it then says', () => {
    const before = countOf(seven);
    expect(stop().status).toBe(0);
    const ran = besides(onceCriuRuns('restore', seven, killDaemon), ['--', 'lxc', 'start', seven]);
    expect(told(ran)).toMatch(/it is running|it is stopped/);
    // Which of both depends on the moment.
    const isStopped = statusOf(seven).startsWith('STOPPED');
    expect(told(ran)).toContain(isStopped ? 'The state is still there' : 'the engine keeps the state it came from');
    if (isStopped) works(guard('--resume', newestGuard(), '--recover', 'retry'));
    expect(isCounting(seven)).toBe(true);
    record('the daemon is killed during a start', seven, ran, before, 'nothing was lost');
  });

  it('the daemon is killed during a stop: says what it did when it came back', () => {
    const before = countOf(seven);
    const ran = besides(onceCriuRuns('dump', seven, killDaemon), ['--', 'lxc', 'stop', seven, '--stateful']);
    expect(ran.status, ran.shown).toBe(1);
    // LXD boots what ran when it went away, and takes no notice of a state that nobody told it of.
    expect(told(ran)).toMatch(/NO: same init: its init was \d+ and is \d+ now|everything is as it was before/);
    expect(isCounting(seven)).toBe(true);
    recordLoss('the daemon is killed during a stop', seven, ran, before, 'LXD boots it fresh when it comes back');
  });
});
