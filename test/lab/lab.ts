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

/** `a` and `b` are a pair with LXD, `c` and `d` one with Incus. */
export type LabHost = 'a' | 'b' | 'c' | 'd';

interface HostState {
  readonly up: boolean;
  readonly instances?: readonly { readonly name: string; readonly status: string }[];
}

interface LabState {
  readonly reason?: string;
  readonly hosts?: Readonly<Partial<Record<LabHost, HostState>>>;
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

const peers: Readonly<Record<LabHost, LabHost>> = { a: 'b', b: 'a', c: 'd', d: 'c' };

/** The host on which tests make containers of their own: b where a is busy with something else, c for Incus. */
export const labHost = hostOf(process.env['CRDOCTOR_LAB_HOST']);
export const otherHost = peers[labHost];

function hostOf(name: string | undefined): LabHost {
  return name === 'b' || name === 'c' || name === 'd' ? name : 'a';
}

/** Runs a command on a host of the lab. */
export function onHost(host: LabHost, argv: readonly string[], input?: string): Ran {
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
  if (!existsSync(labScript)) return { reason: 'this package has no lab' };
  const { stdout, stderr } = run(['status']);
  try {
    return JSON.parse(stdout) as LabState;
  } catch {
    return { reason: stderr.trim() || 'its status cannot be read' };
  }
}

const state = readState();

/** Whether tests on a pair of hosts can run; where the lab is required, they run and fail instead of being skipped. */
export function isUp(host: LabHost): boolean {
  const isThere = [host, peers[host]].every((each) => state.hosts?.[each]?.up === true);
  if (isThere || process.env['CRDOCTOR_LAB'] === 'required') return true;
  console.log(`tests on host ${host} of the lab are skipped: ${state.reason ?? 'it is down; npm run lab:up'}`);
  return false;
}

/** The same for the hosts that tests use where they name no other. */
export const isLabUp = isUp(labHost);

/** Names of the containers on host a. */
export const containerNames = (state.hosts?.a?.instances ?? []).map(({ name }) => name);

/** Makes anew whatever a test has broken on a pair of hosts. */
export function repair(host: LabHost = labHost): void {
  const { status, shown } = run(['up', host]);
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
