import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { runCommand, type RunOptions } from '../../src/process/run.js';

const limits: RunOptions = { timeoutMs: 5_000, maxBytes: 1_000, keep: 'head', env: process.env };
const sh = (script: string): [string, ...string[]] => ['sh', '-c', script];

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('runCommand', () => {
  it('gives both outputs as bytes, and the exit status', async () => {
    const result = await runCommand(sh(String.raw`printf 'a\377'; echo oops >&2; exit 3`), limits);
    expect(result).toMatchObject({ status: 'failed', exitStatus: 3, truncated: false });
    expect([...result.stdout]).toEqual([0x61, 0xff]);
    expect(result.stderr.toString()).toBe('oops\n');
  });

  it.each([
    [['crdoctor-no-such-program'], 'absent'],
    [['/etc/passwd'], 'denied'],
    [['true'], 'ok'],
  ] as const)('%j: %s', async (argv, status) => {
    expect((await runCommand(argv, limits)).status).toBe(status);
  });

  it('never uses a shell', async () => {
    const result = await runCommand(['echo', '$HOME; `id` > /tmp/x'], limits);
    expect(result.stdout.toString()).toBe('$HOME; `id` > /tmp/x\n');
  });

  it('asks for the C locale', async () => {
    const result = await runCommand(sh('echo $LC_ALL'), { ...limits, env: { ...process.env, LC_ALL: 'de_DE.UTF-8' } });
    expect(result.stdout.toString()).toBe('C\n');
  });

  it('ends a program that prints for ever once the head is full', async () => {
    const result = await runCommand(['yes'], limits);
    expect(result).toMatchObject({ status: 'ok', truncated: true });
    expect(result.stdout).toHaveLength(1_000);
    expect(result.durationMs).toBeLessThan(3_000);
  });

  it('keeps the tail of a long output without holding the rest', async () => {
    const result = await runCommand(sh('yes | head -c 50000000; echo end'), {
      ...limits,
      keep: 'tail',
      timeoutMs: 20_000,
    });
    expect(result).toMatchObject({ status: 'ok', exitStatus: 0, truncated: true });
    expect(result.stdout).toHaveLength(1_000);
    expect(result.stdout.toString()).toMatch(/y\nend\n$/);
  });

  it('ends the whole process group on timeout, even one that ignores SIGTERM', async () => {
    const script = 'trap "" TERM; sleep 100 & echo $!; while :; do sleep 0.1; done';
    const result = await runCommand(sh(script), { ...limits, timeoutMs: 300 });
    expect(result).toMatchObject({ status: 'timed-out', signal: 'SIGKILL' });
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(isRunning(Number(result.stdout.toString()))).toBe(false);
  });

  it('does not wait for a process left behind that keeps the output open', async () => {
    const result = await runCommand(sh('sleep 100 & echo hi'), limits);
    expect(result).toMatchObject({ status: 'ok', exitStatus: 0 });
    expect(result.stdout.toString()).toBe('hi\n');
    expect(result.durationMs).toBeLessThan(3_000);
  });

  it('ends on abort', async () => {
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 50);
    const result = await runCommand(['sleep', '100'], { ...limits, signal: abort.signal });
    expect(result.status).toBe('timed-out');
    expect(result.durationMs).toBeLessThan(3_000);
  });
});

/** A zombie that nobody has reaped yet does not run. */
function isRunning(pid: number): boolean {
  return isAlive(pid) && !/^State:\tZ/m.test(readStatus(pid));
}

function readStatus(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return 'State:\tZ';
  }
}
