/** Guarded commands that hang, or whose daemon, CRIU or files are not what they were a moment ago. */

import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';

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
  stateOf,
  statusOf,
  writeTable,
} from './guard-lab.js';
import { isLabUp, labHost, must, onHost, type Ran } from './lab.js';

const hookMs = 120_000;

/** What guard said, in one line: where lines break depends on the length of names. */
const told = ({ stderr }: Ran): string => stderr.replaceAll(/\s+/g, ' ');

/** Runs a script on the host, with the words of a guarded command as its arguments. */
function besides(script: string, argv: readonly string[]): Ran {
  return onHost(labHost, ['bash', '-c', `cd ${folder}\n${script}`, 'bash', ...guardWords(argv)]);
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
    pgrep -f "criu ${task} .*containers/${name}/state" >/dev/null && break
    kill -0 $guard 2>/dev/null || break
  done
  ${command}
  wait $guard`;

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
    const ran = besides(obey, ['--timeout', '2', '--', 'lxc', 'start', seven]);
    expect(ran.status, ran.shown).toBe(1);
    expect(ran.stderr).toMatch(/at work: criu restore \(pid \d+\)/);
    expect(ran.stderr).toMatch(/restore\.log (?:grows|has \d+ MB).* and ends with:\n.*\n?.*Preadv/);
    expect(told(ran)).toContain('[image-file-corrupt]');
    expect(statusOf(seven)).toBe('STOPPED, state saved');
    must('cp', '-p', `${folder}/pages`, pages);
    const retried = guard('--resume', newestGuard(), '--recover', 'retry');
    expect(retried.status, retried.shown).toBe(0);
    expect(isCounting(seven)).toBe(true);
    record('a restore spins (memory image cut short)', seven, ran, before, 'kill -9 as told; retry from the state');
  });

  it('a restore that waits for a lock: says which log is silent, and the state survives', () => {
    const before = countOf(seven);
    const lock = `open F, '>>', '/root/held'; flock F, 2; open R, '>', '/root/ready'; close R; sleep 9999`;
    must('lxc', 'exec', seven, '--', 'sh', '-c', `setsid perl -e "${lock}" </dev/null >/dev/null 2>&1 &`);
    must('sh', '-c', `for i in $(seq 100); do [ -e ${rootfsOf(seven)}/root/ready ] && exit; sleep 0.1; done; exit 1`);
    const stopped = stop();
    expect(stopped.status, stopped.shown).toBe(0);
    const held = `( exec 9>>${rootfsOf(seven)}/root/held; flock 9; exec sleep 200 ) & holder=$!; sleep 0.3
      ${obey.replace('cat said', 'kill $holder; cat said')}`;
    const ran = besides(held, ['--timeout', '5', '--', 'lxc', 'start', seven]);
    expect(ran.status, ran.shown).toBe(1);
    expect(ran.stderr).toMatch(/it waits for a flock on the file \S+ .* that process \d+ holds/);
    expect(statusOf(seven)).toBe('STOPPED, state saved');
    const retried = guard('--resume', newestGuard(), '--recover', 'retry');
    expect(retried.status, retried.shown).toBe(0);
    expect(isCounting(seven)).toBe(true);
    record('a restore waits for a lock held elsewhere', seven, ran, before, 'kill -9 as told; retry from the state');
    must('lxc', 'exec', seven, '--', 'pkill', '-f', 'root/held');
  });

  it.each([
    ['stop', 'the dump'],
    ['start', 'the restore'],
  ])('CRIU is taken away between the check and the %s', (verb, what) => {
    const before = countOf(seven);
    if (verb === 'start') expect(stop().status).toBe(0);
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
    const retried = guard('--resume', newestGuard(), '--recover', 'retry');
    expect(verb === 'start' ? retried.status : stop().status, retried.shown).toBe(0);
    if (verb === 'stop') expect(start().status).toBe(0);
    expect(isCounting(seven)).toBe(true);
    record(`CRIU is gone when ${what} begins`, seven, ran, before, 'it is back; retry');
  });

  it.each([
    ['stop', 'dump'],
    ['start', 'restore'],
  ])('the daemon is killed during a %s', (verb, task) => {
    const before = countOf(seven);
    if (verb === 'start') expect(stop().status).toBe(0);
    const kill = onceCriuRuns(task, seven, 'kill -9 $(cat /run/lxd.pid)');
    const ran = besides(kill, ['--', 'lxc', verb, seven, ...(verb === 'stop' ? ['--stateful'] : [])]);
    must('lxd', 'waitready', '--timeout=60');
    console.log(verb, ran.shown, statusOf(seven));
  });
});
