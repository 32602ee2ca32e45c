/** Tries processes inside of one container of LXD, one thing after another. */

import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

import type { ContainerCase } from './cases/containers.js';
import { causeInLog, judge } from './judgement.js';
import { sleep } from './process-tree.js';
import { decisiveLine, run, type Ran } from './real-dump.js';
import type { Result } from './result.js';

const NAME = 'accuracy';
const LOGS = `/var/log/lxd/${NAME}`;
const LIMIT_MS = 60_000;

/** What it takes to be restored here, see docs/lab.md. */
const SETTINGS = ['-c', 'security.privileged=true', '-c', 'raw.lxc=lxc.pty.max = 1\nlxc.apparmor.profile =\n'];

export interface Tools {
  readonly crdoctor: string;
  readonly programs: string;
  readonly env: NodeJS.ProcessEnv;
}

const lxc = ({ env }: Tools, ...argv: readonly string[]): Promise<Ran> => run(['lxc', ...argv], env, LIMIT_MS);

async function mustLxc(tools: Tools, ...argv: readonly string[]): Promise<void> {
  const { status, stderr } = await lxc(tools, ...argv);
  if (status !== 0) throw new Error(`lxc ${argv.join(' ')}: ${stderr}`);
}

async function makeContainer(tools: Tools): Promise<void> {
  await lxc(tools, 'delete', '-q', '-f', NAME);
  await mustLxc(tools, 'init', '-q', 'mini', NAME, ...SETTINGS);
  await mustLxc(tools, 'start', '-q', NAME);
  const names = ['anonymous', 'inet', 'files', 'memory', 'tasks', 'terminals', 'watches'];
  await mustLxc(tools, 'file', 'push', '-q', ...names.map((name) => join(tools.programs, name)), `${NAME}/opt/`);
}

/** Ends everything but init and what it has started itself. */
async function endAll(tools: Tools): Promise<void> {
  const others = 'for p in /proc/[0-9]*; do grep -q ACCURACY_CASE "$p/environ" && kill -9 "${p#/proc/}"; done';
  await lxc(tools, 'exec', NAME, '--', 'sh', '-c', `${others} 2>/dev/null; true`);
}

function startInside(tools: Tools, script: string): ReturnType<typeof spawn> {
  return spawn(
    'lxc',
    ['exec', NAME, '--env', 'ACCURACY_CASE=1', '--env', 'READY=/tmp/ready', '--', 'sh', '-c', script],
    {
      env: tools.env,
      stdio: 'ignore',
      detached: true,
    },
  );
}

function newestLog(): string {
  const logs = readdirSync(LOGS).filter((name) => name.includes('_dump_'));
  const byAge = logs
    .map((name) => join(LOGS, name))
    .toSorted((left, right) => statSync(left).mtimeMs - statSync(right).mtimeMs);
  return byAge.at(-1) ?? '';
}

async function tryCase({ name, script, session }: ContainerCase, tools: Tools): Promise<Result> {
  const daemon = startInside(tools, `setsid sh -c '${script}' </dev/null >/dev/null 2>&1 &`);
  const client = session === '' ? undefined : startInside(tools, session);
  try {
    await sleep(1000);
    const judgement = await judge(tools.crdoctor, [NAME, '--for', 'snapshot'], tools.env);
    for (const old of readdirSync(LOGS).filter((file) => file.includes('_dump_'))) rmSync(join(LOGS, old));
    const { status } = await lxc(tools, 'snapshot', NAME, 'now', '--stateful');
    if (status === 0) await lxc(tools, 'delete', `${NAME}/now`);
    const log = newestLog();
    const outcome = status === 0 ? 'dumps' : 'fails';
    const isRead = outcome === 'fails' && log !== '';
    const decisive = isRead ? decisiveLine(readFileSync(log, 'latin1')) : '';
    const logCause = isRead ? await causeInLog(tools.crdoctor, log, tools.env) : '';
    return { status: 'measured', name, criu: 'current', judgement, outcome, decisive, logCause };
  } finally {
    await endAll(tools);
    daemon.kill('SIGKILL');
    client?.kill('SIGKILL');
  }
}

export async function tryContainers(cases: readonly ContainerCase[], tools: Tools): Promise<readonly Result[]> {
  if (cases.length === 0) return [];
  const results: Result[] = [];
  try {
    await makeContainer(tools);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return cases.map(({ name }) => ({ status: 'impossible', name, criu: 'current', reason }));
  }
  try {
    for (const each of cases) results.push(await tryCase(each, tools));
  } finally {
    await lxc(tools, 'delete', '-q', '-f', NAME);
  }
  return results;
}
