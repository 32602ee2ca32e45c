/** What the judging half of crdoctor hands to the renderers: plain data, no sentences made twice. */

import type { Operation, Phase, Severity } from '../rules/cause.js';
import type { EvidenceId } from '../source/source.js';

export type Outcome = 'fires' | 'quiet' | 'unknown' | 'not-applicable';
export type Side = 'source' | 'target' | 'instance';
export type Verdict = 'ready' | 'at-risk' | 'blocked' | 'unknown';

/** One place where a cause was seen. */
export interface Occurrence {
  readonly side: Side;
  readonly pid?: number;
  readonly fd?: number;
  readonly path?: string;
  readonly message: string;
}

/** The judgement of one cause in one phase. */
export interface Finding {
  readonly cause: string;
  readonly outcome: Outcome;
  readonly severity: Severity;
  readonly phase: Phase;
  readonly title: string;
  /** The first occurrence's message, or why it is unknown. */
  readonly message: string;
  readonly why: string;
  readonly occurrences: readonly Occurrence[];
  readonly fix: string;
  readonly refs: readonly string[];
  /** Evidence the cause was judged by. */
  readonly evidence: readonly EvidenceId[];
  /** Evidence that would have been needed and could not be read. */
  readonly missing: readonly EvidenceId[];
}

/** What a verdict is about. */
export interface Subject {
  readonly engine?: string;
  readonly instance?: string;
  readonly operation: Operation;
  readonly source: HostSummary;
  readonly target?: HostSummary;
}

/** A host in three words, for headlines. Unread is undefined. */
export interface HostSummary {
  readonly where: string;
  readonly hostname?: string;
  readonly kernel?: string;
  readonly criu?: string;
  readonly engineVersion?: string;
}

/** A line of arithmetic, an estimate or what cannot be looked at; shown with `--verbose`. */
export interface Note {
  readonly topic: string;
  readonly text: string;
  /** Shown without `--verbose` too. */
  readonly isAlways?: boolean;
}

/** All findings of one check, worst first, with the verdict that follows from them. */
export interface Assessment {
  readonly verdict: Verdict;
  readonly subject: Subject;
  readonly findings: readonly Finding[];
  readonly notes: readonly Note[];
}

export type LogPhase = 'dump' | 'restore' | 'migrate' | 'check' | 'unknown';

/** A line of a log, 1-based. `text` is untrusted. */
export interface LogLine {
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

/** A cause named from logs, with the lines that prove it. */
export interface Diagnosis {
  readonly cause: string;
  /** 0 to 1. */
  readonly confidence: number;
  readonly title: string;
  readonly explanation: string;
  readonly fix: string;
  readonly blame: string;
  readonly fixedIn: Readonly<Record<string, string>>;
  readonly predicted: boolean;
  readonly refs: readonly string[];
  readonly evidence: readonly LogLine[];
}

/** A step of the timeline that a log tells. `timeS` is seconds since the log began. */
export interface TimelineEntry {
  readonly timeS?: number;
  readonly phase: LogPhase;
  readonly text: string;
}

/** The answer of `triage`. Diagnoses come best first; the log of a good run gives none. */
export interface Triage {
  readonly result: 'diagnosed' | 'unexplained' | 'no-failure';
  readonly phase: LogPhase;
  /** The failing line with its variable parts taken out; the same failure gives the same signature. */
  readonly signature: string;
  readonly versions: { readonly criu?: string; readonly kernel?: string; readonly engine?: string };
  readonly diagnoses: readonly Diagnosis[];
  readonly timeline: readonly TimelineEntry[];
  readonly unexplained: readonly LogLine[];
  /** What to look at next, what was left out and why, one sentence or two each. Untrusted. */
  readonly notes: readonly string[];
}
