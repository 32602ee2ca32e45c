/** Containers that move between hosts a and b, for tests of moves. */

import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';

import { expect } from 'vitest';

import { onHost, type CheckReport, type Ran } from './lab.js';

export type Host = 'a' | 'b';

export const program = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
export const run = randomUUID().slice(0, 8);
/** Directory on each host with everything that these tests make there. */
export const folder = `/var/lib/crdoctor-two-${run}`;

/** Nothing here takes longer; what hangs is told as such. */
const limitS = 120;

/** Runs a command on a host; one that hangs ends with status 124. */
export function on(host: Host, ...argv: readonly string[]): Ran {
  return onHost(host, ['timeout', String(limitS), ...argv]);
}

/** Runs a command that has to succeed; gives its standard output. */
export function mustOn(host: Host, ...argv: readonly string[]): string {
  const { status, stdout, shown } = on(host, ...argv);
  expect(status, `${argv.join(' ')}: ${shown}`).toBe(0);
  return stdout;
}

export const crdoctorOn = (host: Host, ...argv: readonly string[]): Ran => on(host, 'node', program, ...argv);

/** Makes a running container on host a that survives a checkpoint; the name gets an ending of its own. */
export function makeMovable(kind: string, ...options: readonly string[]): string {
  const name = `two-${kind}-${run}`;
  const raw = 'raw.lxc=lxc.pty.max = 1\nlxc.apparmor.profile =\n';
  mustOn('a', 'lxc', 'init', '-q', 'mini', name, '-c', 'security.privileged=true', '-c', raw, ...options);
  mustOn('a', 'lxc', 'start', '-q', name);
  const ready = 'for i in $(seq 100); do lxc exec "$1" -- test -s /root/counter && exit 0; sleep 0.1; done; exit 1';
  mustOn('a', 'sh', '-c', ready, 'sh', name);
  return name;
}

/** Gone from both hosts, with the logs of failed receives; what a move left behind cannot be deleted for some seconds. */
export function deleteEverywhere(name: string): void {
  const script =
    'for i in $(seq 20); do lxc info "$1" >/dev/null 2>&1 || exit 0; lxc delete -q -f "$1"; sleep 0.5; done';
  for (const host of ['a', 'b'] as const) {
    on(host, 'sh', '-c', script, 'sh', name);
    on(host, 'rm', '-rf', '--one-file-system', `/var/log/lxd/${name}`);
  }
}

/** What its workload has counted up to. */
export function countOn(host: Host, name: string): number {
  return Number(mustOn(host, 'lxc', 'exec', name, '--', 'cat', '/root/counter').trim().split(/\s+/).at(-1));
}

/** `RUNNING` and the like; empty when the host has none of that name. */
export function stateOn(host: Host, name: string): string {
  return on(host, 'lxc', 'list', '-f', 'csv', '-c', 's', `^${name}$`).stdout.trim();
}

interface TwoSidedReport extends CheckReport {
  readonly subject: {
    readonly target?: { readonly where: string; readonly hostname?: string; readonly criu?: string };
  };
}

/** What a check of a move says, and which causes block it. */
export function checkMove(
  name: string,
  to: string,
  env: readonly string[] = [],
): TwoSidedReport & { readonly blockers: readonly string[]; readonly status: number | null } {
  const ran = on('a', 'env', ...env, 'node', program, 'check', name, '--to', to, '--format', 'json');
  expect(ran.stdout, ran.shown).toMatch(/^\{/);
  const report = JSON.parse(ran.stdout) as TwoSidedReport;
  const blockers = report.findings.filter(({ outcome, severity }) => outcome === 'fires' && severity === 'blocker');
  return { ...report, blockers: [...new Set(blockers.map(({ cause }) => cause))], status: ran.status };
}

/** The outcome of a guarded move as its status file tells. */
export interface MoveOutcome {
  readonly outcome: string;
  readonly move: { readonly state: string; readonly there: string };
  readonly checks: readonly { readonly what: string; readonly result: string; readonly detail: string }[];
  readonly report: string | null;
}

/** Moves a container under guard. */
export function guardedMove(
  from: Host,
  to: Host,
  name: string,
  options: readonly string[] = [],
): MoveOutcome & { readonly ran: Ran } {
  mustOn(from, 'mkdir', '-p', folder);
  const file = `${folder}/status-${randomUUID()}.json`;
  const words = ['--status-file', file, ...options, '--', 'lxc', 'move', '-q', name, `${to}:`];
  const ran = on(
    from,
    'env',
    `--chdir=${folder}`,
    `CRDOCTOR_STATE=${folder}/state`,
    'node',
    program,
    'guard',
    ...words,
  );
  return { ...(JSON.parse(mustOn(from, 'cat', file)) as MoveOutcome), ran };
}
