/** Containers of their own and guarded commands on a host of the lab, and the table of what came of the faults. */

import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { expect } from 'vitest';

import { labHost, must, onHost, type Ran } from './lab.js';

/** The built program. */
export const program = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const page = fileURLToPath(new URL('../../docs/guard.md', import.meta.url));
const run = randomUUID().slice(0, 8);

/** What differs between the engines, as far as these tests say it. */
interface LabEngine {
  readonly name: 'lxd' | 'incus';
  readonly client: string;
  readonly snapshot: readonly string[];
  readonly restore: readonly string[];
  /** Begins a change in the engine's own tables. */
  readonly sql: readonly string[];
  /** Options without which no container can be saved. */
  readonly needs: readonly string[];
}

const lxd: LabEngine = {
  name: 'lxd',
  client: 'lxc',
  snapshot: ['lxc', 'snapshot'],
  restore: ['lxc', 'restore'],
  sql: ['lxd', 'sql', 'global'],
  needs: [],
};
const incus: LabEngine = {
  name: 'incus',
  client: 'incus',
  snapshot: ['incus', 'snapshot', 'create'],
  restore: ['incus', 'snapshot', 'restore'],
  sql: ['incus', 'admin', 'sql', 'global'],
  needs: ['-c', 'migration.stateful=true'],
};

/** The engine of the hosts that these tests use. */
export const engine = labHost === 'c' || labHost === 'd' ? incus : lxd;
export const { client } = engine;

/** Making a container is mostly unpacking, which takes its time on a busy machine. */
export const hookMs = 120_000;

/** What guard said, in one line: where lines break depends on the length of names. */
export const told = ({ stderr }: Ran): string => stderr.replaceAll(/\s+/g, ' ');

/** Directory on the host with everything that these tests make there. */
export const folder = `/var/lib/crdoctor-test-${run}`;
export const store = `${folder}/state`;
/** Links of the daemon, whatever pool an instance lies in. */
const containers = `/var/lib/${engine.name}/containers`;

/** Words that run crdoctor guard on a host of the lab, with the state directory given. */
export function guardWords(argv: readonly string[], state = store): readonly string[] {
  return ['env', `--chdir=${folder}`, `CRDOCTOR_STATE=${state}`, 'node', program, 'guard', ...argv];
}

export function guard(...argv: readonly string[]): Ran {
  return onHost(labHost, guardWords(argv));
}

/** Makes a running container that survives a checkpoint; the name gets an ending of its own. */
export function makeContainer(kind: string, ...options: readonly string[]): string {
  const name = `guard-${kind}-${run}`;
  const raw = 'raw.lxc=lxc.pty.max = 1\nlxc.apparmor.profile =\n';
  must(client, 'init', '-q', 'mini', name, '-c', 'security.privileged=true', '-c', raw, ...engine.needs, ...options);
  startFresh(name);
  return name;
}

/** Boots it and waits for its workload. */
export function startFresh(name: string): void {
  must(client, 'start', '-q', name);
  const ready = `for i in $(seq 100); do [ -s ${rootfsOf(name)}/root/counter ] && exit 0; sleep 0.1; done; exit 1`;
  must('sh', '-c', ready);
}

/** What a move left behind cannot be deleted for some seconds. */
export function deleteContainer(name: string): void {
  const script =
    'for i in $(seq 40); do "$1" info "$2" >/dev/null 2>&1 || exit 0; "$1" delete -q -f "$2"; sleep 0.5; done';
  onHost(labHost, ['sh', '-c', script, 'sh', client, name]);
}

export function rootfsOf(name: string): string {
  return `${containers}/${name}/rootfs`;
}

export function stateOf(name: string): string {
  return `${containers}/${name}/state`;
}

/** What the workload counted up to, running or not. */
export function countOf(name: string): number {
  return Number(
    must('cat', `${rootfsOf(name)}/root/counter`)
      .trim()
      .split(/\s+/)
      .at(-1),
  );
}

/** `RUNNING`, `STOPPED`, and whether a state is saved; `gone` when it is no more on this host. */
export function statusOf(name: string): string {
  const { status: ended, stdout, shown } = onHost(labHost, [client, 'query', `local:/1.0/instances/${name}`]);
  if (ended !== 0 && shown.includes('not found')) return 'gone';
  expect(ended, shown).toBe(0);
  const { status, stateful } = JSON.parse(stdout) as { readonly status: string; readonly stateful: boolean };
  const word = status.toUpperCase();
  return stateful ? `${word}, state saved` : word;
}

/** True when the counter moves on within five seconds, and not back. */
export function isCounting(name: string): boolean {
  const before = countOf(name);
  const file = `${rootfsOf(name)}/root/counter`;
  const moved = 'for i in $(seq 50); do [ "$(cat "$1")" != "$2" ] && exit 0; sleep 0.1; done; exit 1';
  const text = must('cat', file).trim();
  return onHost(labHost, ['sh', '-c', moved, 'sh', file, text]).status === 0 && countOf(name) >= before;
}

/** The id of the newest guard. */
export function newestGuard(): string {
  const id = must('ls', `${store}/guards`).trim().split('\n').at(-1) ?? '';
  expect(id).not.toBe('');
  return id;
}

/** One line of the table in docs/guard.md. */
export interface Row {
  readonly fault: string;
  /** What stood on the screen, shortened. */
  readonly saw: string;
  readonly after: string;
  readonly recovered: string;
  readonly before: number;
  readonly counter: number | 'lost';
}

const rows: Row[] = [];

/** Keeps what came of a fault; the counter must never have gone back. */
export function record(
  fault: string,
  name: string,
  ran: Ran,
  before: number,
  recovered: string,
  counter: number | 'lost' = countOf(name),
): void {
  if (counter !== 'lost') expect(counter, `${fault}: the counter went back`).toBeGreaterThanOrEqual(before);
  recordLoss(fault, name, ran, before, recovered, counter);
}

/** The same of what the engine itself does to its containers, which no guard can keep from happening. */
export function recordLoss(
  fault: string,
  name: string,
  ran: Ran,
  before: number,
  recovered: string,
  counter: number | 'lost' = countOf(name),
): void {
  rows.push({ fault, saw: shorten(ran, name), after: statusOf(name), recovered, before, counter });
}

/** The line that says it all, with the name of the container taken out. */
function shorten({ stderr, status }: Ran, name: string): string {
  const lines = stderr.replace(/\n {2}(?! )(?!- )(?=\S)/g, ' ').split('\n');
  const telling = lines.filter((line) => line.startsWith(`crdoctor: ${name}:`) || line.includes('nothing was run:'));
  const line = telling.at(-1) ?? lines.find((each) => each.startsWith('crdoctor: ')) ?? '';
  const text = line
    .replace(/^crdoctor: /, '')
    .replaceAll(name, 'c1')
    .replaceAll(folder, 'DIR');
  return `${text.length > 200 ? `${text.slice(0, 200)} …` : text} (status ${status})`;
}

const heads = ['fault', 'what the user saw', 'state after', 'what was recovered', 'counter before', 'after'] as const;

/** Writes the rows into the table in docs/guard.md when that is asked for; what was not tried keeps its row. */
export function writeTable(): void {
  if (process.env['CRDOCTOR_RECORD'] !== 'guard') return;
  const mark = engine.name === 'lxd' ? 'faults' : `faults on ${engine.name}`;
  const cell = (text: string | number): string =>
    String(text)
      .replaceAll('|', String.raw`\|`)
      .replaceAll(/\s+/g, ' ');
  const marks = new RegExp(`(<!-- ${mark} -->\\n)([\\s\\S]*?)(<!-- end of ${mark} -->)`);
  const text = readFileSync(page, 'utf8');
  const [, , old = ''] = marks.exec(text) ?? [];
  const lines = new Map(
    [...old.matchAll(/^\| (.*?) \| .*$/gm)].slice(2).map(([line, fault = '']) => [fault, line] as const),
  );
  for (const { fault, saw, after, recovered, before, counter } of rows) {
    lines.set(cell(fault), `| ${[fault, saw, after, recovered, before, counter].map(cell).join(' | ')} |`);
  }
  const rule = heads.map(() => '---');
  const table = [`| ${heads.join(' | ')} |`, `| ${rule.join(' | ')} |`, ...lines.values()].join('\n');
  writeFileSync(
    page,
    text.replace(marks, (_, begin: string, _rows: string, end: string) => `${begin}\n${table}\n\n${end}`),
  );
  expect(readFileSync(page, 'utf8')).toContain(table);
}
