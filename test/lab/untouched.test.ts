/** A check looks on: it neither stops, signals nor traces the processes that it tells of, and writes to none of them. */

import { describe, expect, it } from 'vitest';

import { isLabUp, must, onHost } from './lab.js';

const calls = [
  'ptrace',
  'kill',
  'tkill',
  'tgkill',
  'rt_sigqueueinfo',
  'rt_tgsigqueueinfo',
  'pidfd_send_signal',
  'process_vm_readv',
  'process_vm_writev',
  'process_madvise',
  'openat',
];

/** System calls of a whole check, those of the programs that it starts included. */
function traceCheck(): readonly string[] {
  const trace = '/tmp/untouched.trace';
  const strace = ['strace', '-f', '-qq', '-e', 'signal=none', '-e', `trace=${calls.join(',')}`, '-o', trace];
  onHost('a', [...strace, 'crdoctor', 'check', 'good', '--format', 'json']);
  const lines = must('cat', trace).split('\n');
  must('rm', trace);
  return lines;
}

function pidsOf(container: string): readonly string[] {
  return must('cat', `/sys/fs/cgroup/freezer/lxc.payload.${container}/cgroup.procs`).split('\n').filter(Boolean);
}

describe.runIf(isLabUp)('check', { timeout: 120_000 }, () => {
  it('leaves the processes of a container alone', () => {
    const pids = pidsOf('good');
    expect(pids.length).toBeGreaterThan(0);
    const lines = traceCheck();
    const isAbout = (line: string): boolean =>
      pids.some((pid) => new RegExp(`\\b${pid}\\b`).test(line.replace(/^\d+ +/, '')));
    const about = lines.filter(isAbout);
    expect(about.length).toBeGreaterThan(10);
    expect(about.filter((line) => !line.includes('openat('))).toEqual([]);
    expect(about.filter((line) => /O_WRONLY|O_RDWR|O_CREAT|O_TRUNC/.test(line))).toEqual([]);
  });
});
