/** What came of a case, and how right crdoctor was about it. */

import type { Case } from './case.js';
import type { Judgement, Verdict } from './judgement.js';
import type { Dump } from './real-dump.js';

export interface Measured {
  readonly status: 'measured';
  readonly name: string;
  readonly criu: Case['criu'];
  readonly judgement: Judgement;
  readonly outcome: Dump['outcome'];
  readonly decisive: string;
  /** Likeliest causes that triage finds in the log, see judgement.ts; empty = none, or the dump worked. */
  readonly logCauses: readonly string[];
}

/** The thing cannot be made on this machine: neither right nor wrong. */
export interface Impossible {
  readonly status: 'impossible';
  readonly name: string;
  readonly criu: Case['criu'];
  readonly reason: string;
}

export type Result = Measured | Impossible;

export interface Versions {
  readonly kernel: string;
  readonly criu: Readonly<Record<string, string>>;
}

export interface Run {
  readonly versions: Versions;
  readonly results: readonly Result[];
  readonly seconds: number;
}

/** In what way crdoctor was wrong about a case; undefined = it was right. */
export type Miss =
  | 'false-alarm'
  | 'needless-risk'
  | 'missed'
  | 'undecided'
  | 'other-cause'
  | 'no-process'
  | 'log-unknown';

export const verdicts: readonly Verdict[] = ['blocked', 'at-risk', 'ready', 'unknown'];

export function missOf({ judgement, outcome, logCauses }: Measured): Miss | undefined {
  const { verdict, causes, namesProcess } = judgement;
  if (outcome === 'dumps') {
    if (verdict === 'blocked') return 'false-alarm';
    if (verdict === 'unknown') return 'undecided';
    return verdict === 'at-risk' ? 'needless-risk' : undefined;
  }
  if (verdict === 'ready') return 'missed';
  if (verdict === 'unknown') return 'undecided';
  if (verdict === 'at-risk' && !namesProcess) return 'no-process';
  if (logCauses.length === 0) return 'log-unknown';
  return logCauses.some((cause) => causes.includes(cause)) ? undefined : 'other-cause';
}

export const missTexts: Readonly<Record<Miss, string>> = {
  'false-alarm': 'called blocked, and dumps',
  'needless-risk': 'called at risk, and dumps',
  missed: 'called ready, and fails',
  undecided: 'could not be told',
  'other-cause': 'fails, from a cause that was not named',
  'no-process': 'at risk, without saying which process',
  'log-unknown': 'fails, and triage does not know the log',
};

export function measuredOf({ results }: Pick<Run, 'results'>): readonly Measured[] {
  return results.filter((result): result is Measured => result.status === 'measured');
}

export interface Rates {
  readonly dumps: number;
  readonly fails: number;
  readonly falseAlarms: number;
  readonly needlessRisks: number;
  /** Of those that fail, with a process named where it is only a risk. */
  readonly foreseen: number;
  readonly foreseenAsBlocked: number;
  /** Of those that fail, foreseen with the cause that the log shows. */
  readonly sameCause: number;
}

export function ratesOf(measured: readonly Measured[]): Rates {
  const count = (wanted: (result: Measured) => boolean) => measured.filter(wanted).length;
  const failing = measured.filter(({ outcome }) => outcome === 'fails');
  const isForeseen = (result: Measured) => {
    const miss = missOf(result);
    return miss === undefined || miss === 'other-cause' || miss === 'log-unknown';
  };
  return {
    dumps: count(({ outcome }) => outcome === 'dumps'),
    fails: failing.length,
    falseAlarms: count((result) => missOf(result) === 'false-alarm'),
    needlessRisks: count((result) => missOf(result) === 'needless-risk'),
    foreseen: failing.filter(isForeseen).length,
    foreseenAsBlocked: failing.filter(({ judgement }) => judgement.verdict === 'blocked').length,
    sameCause: failing.filter((result) => missOf(result) === undefined).length,
  };
}
