/** Looks for what failed actions leave behind, and takes away what was found when it is asked to. */

import { runCommand } from '../process/run.js';
import { fillArgv, matchResidue, type Residue } from '../rules/residue.js';
import type { CommandRequest, Source } from '../source/source.js';
import type { FoundResidue } from './guard-record.js';

/** What stands for the places in the commands of residues; undefined = there is no such thing now. */
export interface ResiduePlace {
  readonly engine: string;
  readonly instance: string;
  /** Pid of the init on the host. */
  readonly init: number | undefined;
  readonly cgroup: string | undefined;
  readonly tracers: readonly number[];
  readonly orphans: readonly number[];
}

const detectMs = 10_000;
const cleanMs = 10_000;

/** Everything that is found. `unseen`: what could not be looked for, one line each. */
export async function findResidues(
  source: Source,
  residues: readonly Residue[],
  place: ResiduePlace,
): Promise<{ readonly found: readonly FoundResidue[]; readonly unseen: readonly string[] }> {
  const values = valuesOf(place);
  const wanted = residues.filter((residue) => applies(residue, place));
  const asked = wanted.flatMap((residue) => {
    const argv = fillArgv(detectArgv(residue), values);
    return argv === undefined ? [] : [{ residue, request: toRequest(residue.id, argv) }];
  });
  const answers = await source.gather(asked.map(({ request }) => request));
  const found = asked.flatMap(({ residue }, index) => describe(residue, answers[index]?.text ?? '', values));
  // A program that is not there cannot have left anything; one that finds nothing may end with status 1.
  const unseen = answers
    .filter(({ status, stderr = '' }) => status !== 'ok' && status !== 'absent' && stderr.trim() !== '')
    .filter(({ stderr = '' }) => !/Permission denied|No such file/.test(stderr) || stderr.includes('nsenter'))
    .map(({ id, reason = '' }) => `${id} could not be looked for: ${reason}`);
  return { found, unseen };
}

function applies({ onlyWhen }: Residue, { init }: ResiduePlace): boolean {
  if (onlyWhen === 'always') return true;
  return (onlyWhen === 'running') === (init !== undefined);
}

function valuesOf({
  engine,
  instance,
  init,
  cgroup,
  tracers,
  orphans,
}: ResiduePlace): Readonly<Record<string, string>> {
  return {
    engine,
    instance,
    ...(init !== undefined && { init: String(init) }),
    ...(cgroup !== undefined && { cgroup }),
    ...(tracers.length > 0 && { tracers: tracers.join(',') }),
    ...(orphans.length > 0 && { orphans: orphans.join(',') }),
  };
}

function detectArgv({ detect }: Residue): readonly string[] {
  return detect.in === 'network' ? ['nsenter', '--target', '{init}', '--net', '--', ...detect.run] : detect.run;
}

function toRequest(id: string, argv: readonly string[]): CommandRequest {
  const [program = '', ...rest] = argv;
  return { id, kind: 'command', argv: [program, ...rest], timeoutMs: detectMs };
}

function describe(residue: Residue, output: string, values: Readonly<Record<string, string>>): readonly FoundResidue[] {
  const matches = matchResidue(residue, output, values);
  return matches.map(({ line, captures }, index) => {
    const last = index === matches.length - 1 ? residue.cleanAfter : [];
    const filled = [...residue.clean, ...last].map((words) => fillArgv(words, { ...values, ...captures }));
    const clean = filled.every((words) => words !== undefined) ? filled : [];
    return {
      residue: residue.id,
      title: residue.title,
      // A line of the process table may hold more than anybody should read in a report.
      sign: clean[0]?.join(' ') ?? line,
      clean,
      ...(residue.byHand !== undefined && { byHand: residue.byHand }),
      risk: residue.risk,
      effect: residue.effect,
    };
  });
}

/** Also one that a loader or a wrapper runs. */
const criuAtWork = '(^|/)criu (.* )?(dump|restore|pre-dump|swrk|page-server|lazy-pages)( |$)';

/** A CRIU that is at work. `words`: its command line, untrusted. */
export interface CriuAtWork {
  readonly pid: number;
  /** What it was told to do: dump, restore … */
  readonly task: string;
  readonly words: string;
}

/** All that are at work on this host. Undefined: it could not be told. */
export async function listCriu(source: Source): Promise<readonly CriuAtWork[] | undefined> {
  const [answer] = await source.gather([
    { id: 'host.criu', kind: 'command', argv: ['pgrep', '-a', '-f', criuAtWork], timeoutMs: detectMs },
  ]);
  // Status 1 of pgrep is: none.
  if (answer?.status !== 'ok') return answer?.exitStatus === 1 ? [] : undefined;
  return [...(answer.text ?? '').matchAll(/^(\d+) (.*)$/gm)].map(([, pid, words = '']) => ({
    pid: Number(pid),
    task: new RegExp(criuAtWork).exec(words)?.[3] ?? '',
    words,
  }));
}

/**
 * Pids of the CRIUs of somebody else that are at work on this host: then nothing is cleaned. `own`: pids that do
 * not count. Undefined: it could not be told.
 */
export async function findOtherCriu(source: Source, own: readonly number[]): Promise<readonly number[] | undefined> {
  const all = await listCriu(source);
  return all?.map(({ pid }) => pid).filter((pid) => !own.includes(pid));
}

/** Runs the cleaning commands one after another; a line for each with what came of it. */
export async function cleanResidues(
  found: readonly FoundResidue[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<{ readonly worked: boolean; readonly lines: readonly string[] }> {
  const lines: string[] = [];
  let worked = true;
  for (const words of found.flatMap(({ clean }) => clean)) {
    const [program = '', ...rest] = words;
    const ran = await runCommand([program, ...rest], { timeoutMs: cleanMs, maxBytes: 65_536, keep: 'tail', env });
    const said = ran.stderr.toString('utf8').trim().split('\n', 1)[0] ?? '';
    lines.push(`${words.join(' ')}: ${ran.status === 'ok' ? 'done' : said || ran.status}`);
    worked &&= ran.status === 'ok';
  }
  return { worked, lines };
}
