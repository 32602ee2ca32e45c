/** Follows the runs of CRIU through a log: where each begins, how far it came, what it names. */

import type { LogRecord } from '../parse/log-line.js';
import { markOf, parseNamedThing, parseRunHeader, type PhaseMark, type RunPhase } from '../parse/log-marks.js';
import type { LogRun } from './log-reading.js';
import { createStepTracker, type StepTracker } from './log-steps.js';

/** Names kept per run. A host has fewer tasks; a log that claims more is not worth the memory. */
const maxNames = 10_000;

interface OpenRun {
  criu: string | undefined;
  kernel: string | undefined;
  hasHeader: boolean;
  /** Lines below the level of warnings were written, so the end of a good run would be told too. */
  isVerbose: boolean;
  /** An Error or Warn line of CRIU was written. */
  isLoud: boolean;
  /** Lines have times, which they have at `-v3` and above. */
  hasTimes: boolean;
  succeeded: boolean;
  failed: boolean;
  steps: StepTracker;
  /** Votes for the phase from lines that only one of them prints. */
  votes: Map<RunPhase, number>;
  tasks: Map<string, string>;
  mounts: Map<string, string>;
}

/** Follows one log, record by record. */
export interface RunTracker {
  follow(record: LogRecord, line: number): void;
  /** Index of the run that the log is in. */
  current(): number;
  /** The step that a line stands in. */
  stepOf(record: LogRecord): PhaseMark | undefined;
  /** Lines were passed by. */
  skip(): void;
  /** A run was begun and told in full, and the log stops without saying how it went. */
  endsOpen(): boolean;
  finish(): LogRun[];
}

const newRun = (): OpenRun => ({
  criu: undefined,
  kernel: undefined,
  hasHeader: false,
  isVerbose: false,
  isLoud: false,
  hasTimes: false,
  succeeded: false,
  failed: false,
  steps: createStepTracker(),
  votes: new Map(),
  tasks: new Map(),
  mounts: new Map(),
});

const remember = (names: Map<string, string>, id: string, name: string): void => {
  if (names.size < maxNames || names.has(id)) names.set(id, name);
};

const vote = (run: OpenRun, phase: RunPhase | undefined, weight: number): void => {
  if (phase !== undefined) run.votes.set(phase, (run.votes.get(phase) ?? 0) + weight);
};

/** Only restored tasks write with a pid column; two files of CRIU's source are about one phase alone. */
const phaseOfRecord = (record: LogRecord): RunPhase | undefined => {
  if (/(?:^|\/)cr-dump\.c:/.test(record.location ?? '')) return 'dump';
  if (/(?:^|\/)cr-check\.c:/.test(record.location ?? '')) return 'check';
  return /(?:^|\/)cr-restore\.c:/.test(record.location ?? '') ? 'restore' : undefined;
};

const followHeader = (run: OpenRun, message: string): void => {
  const header = parseRunHeader(message);
  if (header === undefined) return;
  run.criu ??= header.criu;
  run.kernel ??= header.kernel;
  run.hasHeader ||= header.isFirst;
};

const followNames = (run: OpenRun, record: LogRecord): void => {
  const named = parseNamedThing(record.message);
  if (named?.what === 'mount') remember(run.mounts, named.id, named.name);
  if (named?.what === 'task') remember(run.tasks, named.id, named.name);
};

const followMark = (run: OpenRun, record: LogRecord, line: number): void => {
  const mark = markOf(record.message, record.kind !== 'criu');
  if (mark === undefined) {
    if (record.level === 'error') run.steps.error(record);
    return;
  }
  vote(run, mark.phase, mark.outcome === undefined ? 2 : 10);
  if (mark.outcome === 'succeeded') run.succeeded = true;
  if (mark.outcome === 'failed') run.failed = true;
  run.steps.enter(mark, record, line);
};

const finishRun = (run: OpenRun): LogRun => {
  const phase = [...run.votes].toSorted((a, b) => b[1] - a[1])[0]?.[0];
  return {
    ...(phase === undefined ? {} : { phase }),
    ...(run.criu === undefined ? {} : { criu: run.criu }),
    ...(run.kernel === undefined ? {} : { kernel: run.kernel }),
    succeeded: run.succeeded,
    failed: run.failed,
    isTerse: run.isLoud && !run.hasTimes && !run.hasHeader && !run.succeeded && !run.failed,
    ...run.steps.finish(),
    tasks: Object.fromEntries(run.tasks),
    mounts: Object.fromEntries(run.mounts),
  };
};

/** Makes a tracker for one log. */
export const createRunTracker = (): RunTracker => {
  let run = newRun();
  const runs = [run];
  return {
    follow(record, line) {
      if (record.kind !== 'criu' && record.kind !== 'text') return;
      const begins = parseRunHeader(record.message)?.isFirst === true;
      const isNext = begins && (run.failed || run.succeeded || (run.hasHeader && run.criu !== undefined));
      if (isNext) {
        run = newRun();
        runs.push(run);
      }
      followHeader(run, record.message);
      followNames(run, record);
      followMark(run, record, line);
      vote(run, phaseOfRecord(record), 1);
      run.isLoud ||= record.kind === 'criu' && record.level !== 'info';
      run.hasTimes ||= record.timeS !== undefined;
      run.isVerbose ||= record.kind === 'criu' && record.level === 'info' && record.timeS !== undefined;
    },
    current: () => runs.length - 1,
    stepOf: (record) => (record.kind === 'criu' ? run.steps.stepOf(record) : undefined),
    skip: () => run.steps.skip(),
    endsOpen: () => run.hasHeader && run.isVerbose && !run.succeeded && !run.failed,
    finish: () => runs.map(finishRun),
  };
};
