/** What the built crdoctor says before a dump, and what it makes of the log afterwards. */

import { run } from './real-dump.js';

export type Verdict = 'blocked' | 'at-risk' | 'ready' | 'unknown';

/** A check may take as long as the commands that it runs. */
const LIMIT_MS = 60_000;

export interface Judgement {
  readonly verdict: Verdict;
  /** Causes that fired as blockers or risks. */
  readonly causes: readonly string[];
  /** Those of them that are about the dump. */
  readonly dumpCauses: readonly string[];
  /** Whether one of them names a process with its pid. */
  readonly namesProcess: boolean;
  /** What they say. */
  readonly messages: readonly string[];
  /** Blockers that could not be decided. */
  readonly undecided: readonly string[];
}

interface Finding {
  readonly cause: string;
  readonly outcome: string;
  readonly severity: string;
  readonly phase: string;
  readonly occurrences: readonly { readonly message: string }[];
}

function parse<Shape>(command: string, text: string, stderr: string): Shape {
  if (!text.startsWith('{')) throw new Error(`${command} printed no JSON: ${stderr.slice(0, 500)}`);
  return JSON.parse(text) as Shape;
}

/** What `check` is asked about a bare process tree. */
export function aboutTree(pid: number, options: string): readonly string[] {
  return ['--pid', String(pid), '--engine', 'criu', '--criu-options', options];
}

/** Asks `check`. Nothing but what its JSON says is looked at. */
export async function judge(crdoctor: string, subject: readonly string[], env: NodeJS.ProcessEnv): Promise<Judgement> {
  const ran = await run([process.execPath, crdoctor, 'check', ...subject, '--format', 'json'], env, LIMIT_MS);
  const { verdict, findings } = parse<{ verdict: Verdict; findings: readonly Finding[] }>(
    'check',
    ran.stdout,
    ran.stderr,
  );
  const serious = findings.filter(({ severity }) => severity === 'blocker' || severity === 'risk');
  const fired = serious.filter(({ outcome }) => outcome === 'fires');
  return {
    verdict,
    causes: [...new Set(fired.map(({ cause }) => cause))],
    dumpCauses: [...new Set(fired.filter(({ phase }) => phase === 'dump').map(({ cause }) => cause))],
    messages: fired.flatMap(({ occurrences }) => occurrences.map(({ message }) => message)),
    namesProcess: fired.some(({ occurrences }) => occurrences.some(({ message }) => /\bpid \d+/.test(message))),
    undecided: findings
      .filter(({ severity, outcome }) => severity === 'blocker' && outcome === 'unknown')
      .map(({ cause }) => cause),
  };
}

/** The same without risks of the restore that comes later, as of a snapshot: none is tried here. */
export function aboutDump(judgement: Judgement): Judgement {
  const { verdict, dumpCauses } = judgement;
  const isOfRestore = verdict === 'at-risk' && dumpCauses.length === 0;
  return { ...judgement, verdict: isOfRestore ? 'ready' : verdict, causes: dumpCauses };
}

interface Diagnosis {
  readonly cause: string;
  readonly confidence: number;
}

/**
 * Causes that `triage` finds in the log of a failed dump: the likeliest, or several when the log does not tell
 * which of them it was, and the causes say that they are equally likely. Empty when it finds none.
 */
export async function causesInLog(crdoctor: string, log: string, env: NodeJS.ProcessEnv): Promise<readonly string[]> {
  const ran = await run([process.execPath, crdoctor, 'triage', log, '--format', 'json'], env, LIMIT_MS);
  const { diagnoses } = parse<{ diagnoses: readonly Diagnosis[] }>('triage', ran.stdout, ran.stderr);
  return diagnoses.filter(({ confidence }) => confidence === diagnoses[0]?.confidence).map(({ cause }) => cause);
}
