/** The story of the runs that logs tell of: steps with their times, where each stopped, how long tasks stood still. */

import type { LogMark, LogReading, LogRun } from '../evidence/log-reading.js';
import type { JudgedEvent } from './diagnose-rank.js';
import type { LogPhase, RunStory, TimelineEntry } from './finding.js';

/** A run with the log it stands in. */
interface ToldRun {
  readonly reading: LogReading;
  readonly run: LogRun;
  /** 1-based place among the runs of the log. */
  readonly index: number;
}

/** What a program quotes of a run has no beginning, and is no run of its own beside the whole log of it. */
const toldRuns = (readings: readonly LogReading[]): readonly ToldRun[] => {
  const all = readings.flatMap((reading) =>
    reading.runs
      .map((run, at) => ({ reading, run, index: at + 1 }))
      .filter(({ run }) => run.marks.length > 0 || run.criu !== undefined),
  );
  const whole = new Set(all.filter(({ run }) => run.criu !== undefined).map(({ run }) => run.phase));
  return all.filter(({ run }) => run.criu !== undefined || !whole.has(run.phase));
};

const rounded = (seconds: number): number => Math.round(seconds * 1e6) / 1e6;

/** The step that a line stands in, as the timeline names it. */
const stoppedIn = ({ reading, run }: ToldRun, failing: JudgedEvent | undefined): string | undefined =>
  failing?.reading === reading && failing.run === run ? failing.event.step?.step : undefined;

const entryOf = (
  told: ToldRun,
  { mark, timeS, durationS, rounds }: LogMark,
  stop: string | undefined,
): TimelineEntry => ({
  ...(timeS === undefined ? {} : { timeS }),
  phase: mark.phase ?? told.run.phase ?? ('unknown' satisfies LogPhase),
  text: mark.step ?? mark.words,
  ...(durationS === undefined ? {} : { durationS: rounded(durationS) }),
  ...(rounds > 1 ? { rounds } : {}),
  file: told.reading.file,
  run: told.index,
  ...(mark.outcome === undefined && mark.step === stop ? { isWhereItStopped: true } : {}),
});

/** Steps log by log and run by run, each in the order in which they began. */
export const timelineOf = (readings: readonly LogReading[], failing?: JudgedEvent): readonly TimelineEntry[] =>
  toldRuns(readings).flatMap((told) => {
    const stop = stoppedIn(told, failing);
    return told.run.marks.filter(({ mark }) => mark.step !== undefined).map((mark) => entryOf(told, mark, stop));
  });

const frozenOf = ({ frozen }: LogRun): Pick<RunStory, 'frozenFromS' | 'frozenS' | 'frozenUntil'> => {
  if (frozen === undefined) return {};
  const { fromS, untilS, into } = frozen;
  return {
    ...(fromS === undefined ? {} : { frozenFromS: rounded(fromS) }),
    ...(fromS === undefined || untilS === undefined || untilS < fromS ? {} : { frozenS: rounded(untilS - fromS) }),
    frozenUntil: frozen.isOver ? (into ?? 'released') : 'not-told',
  };
};

const storyOf = (told: ToldRun, failing: JudgedEvent | undefined): RunStory => {
  const { reading, run, index } = told;
  const stop = stoppedIn(told, failing);
  const stopS = stop === undefined ? undefined : (failing?.event.timeS ?? run.lastS);
  return {
    file: reading.file,
    run: index,
    phase: run.phase ?? reading.phase ?? 'unknown',
    outcome: run.failed ? 'failed' : run.succeeded ? 'succeeded' : 'not-told',
    ...(run.criu === undefined ? {} : { criu: run.criu }),
    ...(run.kernel === undefined ? {} : { kernel: run.kernel }),
    ...(run.lastS === undefined ? {} : { endS: run.lastS }),
    ...(stop === undefined ? {} : { stoppedIn: stop }),
    ...(stopS === undefined ? {} : { stoppedAtS: stopS }),
    ...frozenOf(run),
    ...(run.hasGap === true ? { hasGap: true } : {}),
  };
};

/** One entry for each run of CRIU that the logs tell of, in their order. */
export const runStoriesOf = (readings: readonly LogReading[], failing?: JudgedEvent): readonly RunStory[] =>
  toldRuns(readings).map((told) => storyOf(told, failing));
