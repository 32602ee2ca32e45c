/** Running things on the hosts of the lab, for tests against real engines. */

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { expect } from 'vitest';

const labScript = fileURLToPath(new URL('../../.lab/lab.sh', import.meta.url));

export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** What a person at the terminal sees. */
  readonly shown: string;
}

interface LabState {
  readonly up: boolean;
  readonly reason?: string;
  readonly hosts?: {
    readonly a?: { readonly instances?: readonly { readonly name: string; readonly status: string }[] };
  };
}

function run(argv: readonly string[], input?: string): Ran {
  const { status, stdout, stderr } = spawnSync('bash', [labScript, ...argv], {
    encoding: 'utf8',
    input: input ?? '',
    timeout: 280_000,
    maxBuffer: 64 * 1024 * 1024,
  });
  return { status, stdout, stderr, shown: stdout + stderr };
}

/** The host on which tests make containers of their own: b where a is busy with something else. */
export const labHost = process.env['CRDOCTOR_LAB_HOST'] === 'b' ? 'b' : 'a';
export const otherHost = labHost === 'a' ? 'b' : 'a';

/** Runs a command on a host of the lab. */
export function onHost(host: 'a' | 'b', argv: readonly string[], input?: string): Ran {
  return run(['exec', host, ...argv], input);
}

/** Runs a command that has to succeed, on the host of the tests; gives its standard output. */
export function must(...argv: readonly string[]): string {
  const { status, stdout, shown } = onHost(labHost, argv);
  expect(status, `${argv.join(' ')}: ${shown}`).toBe(0);
  return stdout;
}

/** Begins a command that is to run as a user without any rights. */
export const asNobody: readonly string[] = 'setpriv --reuid 65534 --regid 65534 --clear-groups env HOME=/tmp'.split(
  ' ',
);

/** Begins a command for which the daemon is down: a directory without a socket. */
export const withoutDaemon: readonly string[] = ['env', 'LXD_DIR=/tmp/no-daemon'];

/** Runs the built crdoctor on host a. */
export function crdoctor(...argv: readonly string[]): Ran {
  return onHost('a', ['crdoctor', ...argv]);
}

/** The part of `check --format json` that tests look at. */
export interface CheckReport {
  readonly verdict: string;
  readonly findings: readonly {
    readonly cause: string;
    readonly outcome: string;
    readonly severity: string;
    readonly phase: string;
    readonly message: string;
  }[];
}

/** The part of `triage --format json` that tests look at. */
export interface TriageReport {
  readonly result: string;
  readonly diagnoses: readonly { readonly cause: string; readonly confidence: number }[];
}

/** The output of a crdoctor command as data. */
export function json<Shape>({ stdout, stderr }: Ran): Shape {
  expect(stdout, stderr).toMatch(/^\{/);
  return JSON.parse(stdout) as Shape;
}

function readState(): LabState {
  if (!existsSync(labScript)) return { up: false, reason: 'this package has no lab' };
  const { stdout, stderr } = run(['status']);
  try {
    return JSON.parse(stdout) as LabState;
  } catch {
    return { up: false, reason: stderr.trim() || 'its status cannot be read' };
  }
}

const state = readState();

/** Whether tests on the lab can run; where it is required, they run and fail instead of being skipped. */
export const isLabUp = state.up || process.env['CRDOCTOR_LAB'] === 'required';
if (!isLabUp) console.log(`tests in the lab are skipped: ${state.reason ?? 'it is down; npm run lab:up'}`);

/** Names of the containers on host a. */
export const containerNames = (state.hosts?.a?.instances ?? []).map(({ name }) => name);

/** Makes anew whatever a test has broken. */
export function repair(): void {
  const { status, shown } = run(['up']);
  expect(status, shown).toBe(0);
}

/** The number that the workload of a container counts up. */
export function counterOf(container: string): number {
  const text = must('lxc', 'exec', container, '--', 'cat', '/root/counter');
  const count = Number(text.trim().split(/\s+/).at(-1));
  expect(count, text).toBeGreaterThan(0);
  return count;
}

/** Waits until the counter has moved on; false when it stands still for five seconds. */
export async function isCounting(container: string): Promise<boolean> {
  const before = counterOf(container);
  for (let tries = 0; tries < 50; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    if (counterOf(container) !== before) return true;
  }
  return false;
}
