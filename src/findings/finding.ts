/** What the judging half of crdoctor hands to the renderers: plain data, no sentences made twice. */

import type { CriuStats } from '../parse/criu-stats.js';
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
  /** What each side has, where two were compared. Untrusted. */
  readonly values?: readonly SideValue[];
}

/** What one side has, in a few words. */
export interface SideValue {
  readonly side: 'source' | 'target';
  readonly text: string;
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
  /** The same with its host: `criu.check`, of a target `target:criu.check`. Undefined: there is one host alone. */
  readonly lacking?: readonly string[];
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

/** The first version of a program without a defect, beside the one that the logs are of. */
export interface Fix {
  readonly program: string;
  readonly fixedIn: string;
  /** Undefined: the logs do not tell. Untrusted. */
  readonly running?: string;
  /** Undefined: not known, or the versions cannot be compared. */
  readonly isInRunning?: boolean;
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
  /** `fixedIn` compared with the versions that the logs tell. */
  readonly fixes?: readonly Fix[];
  readonly predicted: boolean;
  readonly refs: readonly string[];
  readonly evidence: readonly LogLine[];
}

/** A step of the timeline that a log tells. Times are seconds; `timeS` counts from the beginning of the log. */
export interface TimelineEntry {
  readonly timeS?: number;
  readonly phase: LogPhase;
  readonly text: string;
  /** All rounds of the step together, until the next step began. */
  readonly durationS?: number;
  /** How often it began, where that is more than once. */
  readonly rounds?: number;
  /** The log it stands in. Untrusted. */
  readonly file?: string;
  /** 1-based place among the runs of that log. */
  readonly run?: number;
  /** The failing line stands in this step. */
  readonly isWhereItStopped?: boolean;
}

/** One run of CRIU in a few words. Times are seconds since the log began. */
export interface RunStory {
  /** Untrusted. */
  readonly file: string;
  /** 1-based place among the runs of that log. */
  readonly run: number;
  readonly phase: LogPhase;
  readonly outcome: 'succeeded' | 'failed' | 'not-told';
  readonly criu?: string;
  readonly kernel?: string;
  /** The last step or error. */
  readonly endS?: number;
  /** Step in which the failing line stands. */
  readonly stoppedIn?: string;
  readonly stoppedAtS?: number;
  /** When the first task was stopped. */
  readonly frozenFromS?: number;
  /** From the first task that was stopped until they were let go. */
  readonly frozenS?: number;
  /** What they became then; left out where no line says that tasks were stopped. */
  readonly frozenUntil?: 'running' | 'ended' | 'stopped' | 'released' | 'not-told';
  /** A part of the log was passed by, so steps may be missing. */
  readonly hasGap?: boolean;
}

/** What CRIU counted itself at the end of a good run, with the file that says so. */
export interface RunStatistics extends CriuStats {
  /** Untrusted. */
  readonly file: string;
}

/** One side of a comparison. Times are seconds. */
export interface ComparedRun {
  /** Untrusted. */
  readonly file: string;
  readonly criu?: string;
  readonly kernel?: string;
  readonly endS?: number;
  readonly frozenS?: number;
}

/** The first line of a kind, and how many there are. */
export interface MessageClass extends LogLine {
  readonly count: number;
}

/** What differs between the run that failed and one that worked. */
export interface Comparison {
  readonly phase: LogPhase;
  readonly bad: ComparedRun;
  readonly good: ComparedRun;
  readonly stoppedIn?: string;
  /** Steps of the good run to which the bad one did not come. */
  readonly notReached: readonly string[];
  /** First line of the bad run of a kind that the good one does not have. */
  readonly firstDifference?: LogLine;
  /** The last such line before the failing one. */
  readonly lastDifference?: LogLine;
  /** Error and Warn lines, by their kind. */
  readonly onlyBad: readonly MessageClass[];
  readonly onlyGood: readonly MessageClass[];
  readonly counts: readonly { readonly what: string; readonly bad: number; readonly good: number }[];
  readonly durations: readonly { readonly step: string; readonly badS: number; readonly goodS: number }[];
  /** A part of a log was passed by, so what is missing may stand there. */
  readonly isPartial: boolean;
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
  /** Runs of CRIU, log by log. */
  readonly runs?: readonly RunStory[];
  readonly statistics?: readonly RunStatistics[];
  /** What was typed, as far as a log of the terminal tells. Untrusted. */
  readonly command?: string;
  /** Engine that the logs are about, as far as they tell. */
  readonly engine?: string;
  readonly unexplained: readonly LogLine[];
  /** What differs from a run that worked, when one was given. */
  readonly comparison?: Comparison;
  /** What to look at next, what was left out and why, one sentence or two each. Untrusted. */
  readonly notes: readonly string[];
}
