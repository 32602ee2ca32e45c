/** Tries processes inside of containers of LXD, one of each image, one thing after another. */

import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { ContainerCase } from './cases/containers.js';
import { aboutDump, causesInLog, judge } from './judgement.js';
import { sleep } from './process-tree.js';
import { decisiveLine, run, type Ran } from './real-dump.js';
import type { Result } from './result.js';

const NAME = 'accuracy';
const LOGS = `/var/log/lxd/${NAME}`;
const LIMIT_MS = 60_000;

/** What it takes to be restored here, see docs/lab.md. */
const SETTINGS = ['-c', 'raw.lxc=lxc.pty.max = 1\nlxc.apparmor.profile =\n'];

/** With privileges systemd attaches programs of eBPF, and nothing else counts. */
const PRIVILEGES = { mini: ['-c', 'security.privileged=true'], 'accuracy-guest': [] } as const;

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

async function makeContainer(image: ContainerCase['image'], tools: Tools): Promise<void> {
  await lxc(tools, 'delete', '-q', '-f', NAME);
  await mustLxc(tools, 'init', '-q', image, NAME, ...SETTINGS, ...PRIVILEGES[image]);
  await mustLxc(tools, 'start', '-q', NAME);
  if (image !== 'mini') return;
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

/** A dump that hangs cannot even be killed before what it froze is thawed. */
async function endDump(): Promise<void> {
  const dumps = readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && isDump(pid));
  const freezer = `/sys/fs/cgroup/freezer/lxc.payload.${NAME}/freezer.state`;
  if (existsSync(freezer)) writeFileSync(freezer, 'THAWED');
  for (const pid of dumps) {
    try {
      process.kill(Number(pid), 'SIGKILL');
    } catch {
      // Thawed, it came to its end.
    }
  }
  await sleep(1000);
}

/** A criu that writes a log of this container. */
function isDump(pid: string): boolean {
  try {
    const [program = '', ...rest] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    const isCriu = [program, ...rest.slice(0, 4)].some((word) => word.endsWith('/criu') || word === 'criu');
    return isCriu && rest.some((word) => word.startsWith(`${LOGS}/`));
  } catch {
    return false;
  }
}

/** In the first moments systemd does not answer; degraded = some service could not be started, as here some cannot. */
const UNTIL_STARTED =
  'for i in $(seq 100); do case $(systemctl is-system-running --wait) in running|degraded) exit ;; esac; sleep 0.1; done';

/** What one case did to systemd is not to be seen in the next. */
async function startAnew(tools: Tools): Promise<void> {
  await mustLxc(tools, 'restart', '-q', '-f', NAME);
  await lxc(tools, 'exec', NAME, '--', 'sh', '-c', UNTIL_STARTED);
}

async function tryCase({ name, image, script, session }: ContainerCase, tools: Tools): Promise<Result> {
  if (image !== 'mini') await startAnew(tools);
  const daemon =
    image === 'mini' ? startInside(tools, `setsid sh -c '${script}' </dev/null >/dev/null 2>&1 &`) : undefined;
  if (image !== 'mini') await lxc(tools, 'exec', NAME, '--', 'sh', '-c', script);
  const client = session === '' ? undefined : startInside(tools, session);
  try {
    await sleep(1000);
    const judgement = aboutDump(await judge(tools.crdoctor, [NAME, '--for', 'snapshot'], tools.env));
    for (const old of readdirSync(LOGS).filter((file) => file.includes('_dump_'))) rmSync(join(LOGS, old));
    const { status } = await lxc(tools, 'snapshot', NAME, 'now', '--stateful');
    if (status === -1) await endDump();
    if (status === 0) await lxc(tools, 'delete', `${NAME}/now`);
    const log = newestLog();
    const outcome = status === 0 ? 'dumps' : 'fails';
    const isRead = outcome === 'fails' && log !== '';
    const said = isRead ? decisiveLine(readFileSync(log, 'latin1')) : '';
    const decisive = status === -1 ? `hangs: ${said}` : said;
    const logCauses = isRead ? await causesInLog(tools.crdoctor, log, tools.env) : [];
    return { status: 'measured', name, criu: 'current', judgement, outcome, decisive, logCauses };
  } finally {
    await endAll(tools);
    daemon?.kill('SIGKILL');
    client?.kill('SIGKILL');
  }
}

export async function tryContainers(cases: readonly ContainerCase[], tools: Tools): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (const image of ['mini', 'accuracy-guest'] as const) {
    const own = cases.filter((each) => each.image === image);
    results.push(...(await tryImage(image, own, tools)));
  }
  return results;
}

async function tryImage(
  image: ContainerCase['image'],
  cases: readonly ContainerCase[],
  tools: Tools,
): Promise<readonly Result[]> {
  if (cases.length === 0) return [];
  const results: Result[] = [];
  try {
    await makeContainer(image, tools);
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
