/** Follows one run of CRIU through its steps: when each began, how long it took, how long tasks stood still. */

import type { LogRecord } from '../parse/log-line.js';
import type { PhaseMark } from '../parse/log-marks.js';
import type { FrozenSpan, LogMark, LogRun } from './log-reading.js';

/** Tasks whose place is kept; a log that claims more is not worth the memory. */
const maxTasks = 10_000;

/** What a record tells of the time and of who wrote it. */
type Place = Pick<LogRecord, 'timeS' | 'pid' | 'message'>;

interface OpenStep {
  readonly mark: PhaseMark;
  readonly line: number;
  readonly timeS: number | undefined;
  durationS: number | undefined;
  rounds: number;
}

/** Follows one run. */
export interface StepTracker {
  enter(mark: PhaseMark, place: Place, line: number): void;
  /** An error was told: the run came at least this far. */
  error(place: Place): void;
  /** Lines were passed by, and what stood in them is not known. */
  skip(): void;
  stepOf(place: Place): PhaseMark | undefined;
  finish(): Pick<LogRun, 'marks' | 'frozen' | 'lastS' | 'hasGap'>;
}

/** A task tells of the end of its child, which was elsewhere (sigchld_handler() in criu/cr-restore.c). */
const endOfOther = /^\d+ (?:exited|killed by signal|stopped)\b/;

const released: Readonly<Record<string, FrozenSpan['into']>> = { 1: 'running', 2: 'ended', 3: 'stopped' };

const finishStep = ({ mark, line, timeS, durationS, rounds }: OpenStep): LogMark => ({
  mark,
  line,
  ...(timeS === undefined ? {} : { timeS }),
  ...(durationS === undefined || mark.outcome !== undefined ? {} : { durationS }),
  rounds,
});

/** How long tasks stood still, from the marks that say so. */
const followFrozen = (frozen: FrozenSpan | undefined, mark: PhaseMark, place: Place): FrozenSpan | undefined => {
  const { timeS } = place;
  if (mark.tasks === 'stopped') return frozen ?? { ...(timeS === undefined ? {} : { fromS: timeS }), isOver: false };
  if (mark.tasks !== 'released' || frozen === undefined || frozen.isOver) return frozen;
  const into = released[/ into (\d)$/.exec(place.message)?.[1] ?? ''];
  return {
    ...frozen,
    ...(timeS === undefined ? {} : { untilS: timeS }),
    ...(into === undefined ? {} : { into }),
    isOver: true,
  };
};

/** Makes a tracker for one run. */
export const createStepTracker = (): StepTracker => {
  const steps = new Map<string, OpenStep>();
  const byTask = new Map<number, PhaseMark>();
  let current: OpenStep | undefined;
  let sinceS: number | undefined;
  let lastS: number | undefined;
  let frozen: FrozenSpan | undefined;
  let hasGap = false;

  /** Gives the time since the last step began to that step. */
  const spend = (timeS: number | undefined): void => {
    if (current !== undefined && sinceS !== undefined && timeS !== undefined && timeS >= sinceS) {
      current.durationS = (current.durationS ?? 0) + timeS - sinceS;
    }
    sinceS = timeS;
  };

  const open = (mark: PhaseMark, place: Place, line: number): OpenStep => {
    const step = { mark, line, timeS: place.timeS, durationS: undefined, rounds: 0 };
    steps.set(mark.step ?? mark.words, step);
    return step;
  };

  return {
    enter(mark, place, line) {
      frozen = followFrozen(frozen, mark, place);
      if (mark.step === undefined) return;
      lastS = place.timeS ?? lastS;
      if (place.pid !== undefined && byTask.size < maxTasks) byTask.set(place.pid, mark);
      const known = steps.get(mark.step);
      // Tasks are restored at the same time, so only the first of them moves the run on.
      if (known !== undefined && mark.phase === 'restore') return;
      if (known !== undefined && known === current) return;
      const step = known ?? open(mark, place, line);
      spend(place.timeS);
      step.rounds += 1;
      current = step;
    },
    error({ timeS }) {
      lastS = timeS ?? lastS;
    },
    skip() {
      hasGap = true;
      current = undefined;
      sinceS = undefined;
    },
    stepOf: ({ pid, message }) =>
      (pid === undefined || endOfOther.test(message) ? undefined : byTask.get(pid)) ?? current?.mark,
    finish: () => ({
      marks: [...steps.values()].map(finishStep),
      ...(frozen === undefined ? {} : { frozen }),
      ...(lastS === undefined ? {} : { lastS }),
      ...(hasGap ? { hasGap } : {}),
    }),
  };
};
