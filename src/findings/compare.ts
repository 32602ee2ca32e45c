/** What differs between a run of CRIU that failed and one that worked. */

import type { LineClass, LogMark, LogReading, LogRun, RunTrace } from '../evidence/log-reading.js';
import type { JudgedEvent } from './diagnose-rank.js';
import type { ComparedRun, Comparison, LogLine, LogPhase, MessageClass, Triage } from './finding.js';

const maxMessages = 50;
/** A step that differs by less than this factor and time is not worth a word. */
const leastRatio = 2;
const leastGapS = 0.05;

/** A run with its log and its lines. */
interface TracedRun {
  readonly reading: LogReading;
  readonly run: LogRun;
  readonly trace: RunTrace;
}

/** Logs with what was made of them. */
export interface JudgedLogs {
  readonly readings: readonly LogReading[];
  readonly triage: Triage;
  /** The line that the triage rests on. */
  readonly failing?: JudgedEvent | undefined;
}

/** A comparison, or in a few words why there is none; `of` is the one that does not fit. */
export type Compared = { readonly comparison: Comparison } | { readonly problem: string; readonly of: 'bad' | 'good' };

const tracedRuns = (readings: readonly LogReading[]): readonly TracedRun[] =>
  readings.flatMap((reading) =>
    reading.runs.flatMap((run, at) => {
      const trace = reading.traces?.[at];
      return trace === undefined || trace.classes.size === 0 ? [] : [{ reading, run, trace }];
    }),
  );

const phaseOf = ({ run, reading }: TracedRun): LogPhase => run.phase ?? reading.phase ?? 'unknown';

/** The run in which the failing line stands, else the last one that does not say that it succeeded. */
const failedRun = ({ readings, failing }: JudgedLogs): TracedRun | undefined => {
  const runs = tracedRuns(readings);
  return runs.find(({ run }) => run === failing?.run) ?? runs.findLast(({ run }) => !run.succeeded) ?? runs.at(-1);
};

const article: Readonly<Record<LogPhase, string>> = {
  dump: 'a dump',
  restore: 'a restore',
  migrate: 'a migration',
  check: 'a check',
  unknown: 'no known operation',
};

const goodRun = ({ readings, triage }: JudgedLogs, phase: LogPhase): TracedRun | string => {
  const runs = tracedRuns(readings).filter(({ run }) => run.succeeded && !run.failed);
  const same = runs.filter((each) => phaseOf(each) === phase);
  if (triage.result === 'diagnosed') return `this run failed itself: ${triage.diagnoses[0]?.title ?? ''}`;
  if (triage.result === 'unexplained') return 'nothing in it says that this run went well';
  const newest = same.toSorted((a, b) => (a.reading.writtenMs ?? 0) - (b.reading.writtenMs ?? 0)).at(-1);
  const other = runs[0];
  if (newest !== undefined) return newest;
  if (other === undefined) return 'there is no run of CRIU in it';
  return `this is ${article[phaseOf(other)]}, and what failed is ${article[phase]}`;
};

const lineOf = ({ reading }: TracedRun, { line, text }: LineClass): LogLine => ({ file: reading.file, line, text });

const sideOf = ({ reading, run }: TracedRun): ComparedRun => {
  const { frozen, criu, kernel, lastS } = run;
  return {
    file: reading.file,
    ...(criu === undefined ? {} : { criu }),
    ...(kernel === undefined ? {} : { kernel }),
    ...(lastS === undefined ? {} : { endS: lastS }),
    ...(frozen?.fromS === undefined || frozen.untilS === undefined ? {} : { frozenS: frozen.untilS - frozen.fromS }),
  };
};

/** Kinds of lines that one run has and the other has not, in their order. */
const onlyIn = (own: TracedRun, other: TracedRun): readonly LineClass[] =>
  [...own.trace.classes].filter(([key]) => !other.trace.classes.has(key)).map(([, value]) => value);

const messagesIn = (own: TracedRun, lines: readonly LineClass[]): readonly MessageClass[] =>
  lines
    .filter(({ level }) => level !== 'info')
    .slice(0, maxMessages)
    .map((each) => ({ ...lineOf(own, each), count: each.count }));

const stepsOf = ({ run }: TracedRun): readonly LogMark[] =>
  run.marks.filter(({ mark }) => mark.step !== undefined && mark.outcome === undefined);

/** The first and the last line before the failing one that the good run has none of; what comes before any step is of the host. */
const differences = (
  bad: TracedRun,
  lines: readonly LineClass[],
  failing: JudgedEvent | undefined,
): Partial<Comparison> => {
  const begin = stepsOf(bad).find(({ mark }) => mark.phase !== undefined)?.line ?? 0;
  const end = failing?.reading === bad.reading ? failing.event.line : Number.POSITIVE_INFINITY;
  const between = lines.filter(({ line }) => line >= begin && line <= end);
  const [first] = between;
  const last = between.findLast(({ line }) => line < end);
  return {
    ...(first === undefined ? {} : { firstDifference: lineOf(bad, first) }),
    ...(last === undefined || last === first ? {} : { lastDifference: lineOf(bad, last) }),
  };
};

const durationsOf = (bad: TracedRun, good: TracedRun, stop: string | undefined): Comparison['durations'] => {
  const steps = stepsOf(bad);
  const end = steps.findIndex(({ mark }) => mark.step === stop);
  return (end < 0 ? steps : steps.slice(0, end)).flatMap(({ mark, durationS: badS }) => {
    const step = mark.step ?? mark.words;
    const goodS = stepsOf(good).find((other) => other.mark.step === step)?.durationS;
    if (badS === undefined || goodS === undefined || Math.abs(badS - goodS) < leastGapS) return [];
    return Math.max(badS, goodS) < leastRatio * Math.min(badS, goodS) ? [] : [{ step, badS, goodS }];
  });
};

const countsOf = (bad: TracedRun, good: TracedRun): Comparison['counts'] =>
  Object.entries(good.trace.counts).flatMap(([what, there]) => {
    const here = bad.trace.counts[what];
    return here === undefined || here === there ? [] : [{ what, bad: here, good: there }];
  });

const compareRuns = (bad: TracedRun, good: TracedRun, failing: JudgedEvent | undefined): Comparison => {
  const onlyBad = onlyIn(bad, good);
  const reached = new Set(stepsOf(bad).map(({ mark }) => mark.step));
  const stop = failing?.run === bad.run ? failing.event.step?.step : undefined;
  const isPartial = [bad, good].some(({ run, trace }) => run.hasGap === true || trace.isFull);
  return {
    phase: phaseOf(bad),
    bad: sideOf(bad),
    good: sideOf(good),
    ...(stop === undefined ? {} : { stoppedIn: stop }),
    notReached: stepsOf(good).flatMap(({ mark }) =>
      mark.step === undefined || reached.has(mark.step) ? [] : [mark.step],
    ),
    ...differences(bad, onlyBad, failing),
    onlyBad: messagesIn(bad, onlyBad),
    onlyGood: messagesIn(good, onlyIn(good, bad)),
    counts: countsOf(bad, good),
    durations: durationsOf(bad, good, stop),
    isPartial,
  };
};

/** Compares the run that failed with one of the same kind that worked. Both were read with their traces. */
export const compareLogs = (bad: JudgedLogs, good: JudgedLogs): Compared => {
  const failed = failedRun(bad);
  if (failed === undefined) return { problem: 'there is no run of CRIU in it to compare', of: 'bad' };
  const worked = goodRun(good, phaseOf(failed));
  if (typeof worked === 'string') return { problem: worked, of: 'good' };
  return { comparison: compareRuns(failed, worked, bad.failing) };
};
