/** What a log itself tells, as facts for the conditions of rules. */

import { isEndOfLog, type LogEvent, type LogReading, type LogRun } from '../evidence/log-reading.js';
import type { LogFacts } from '../facts/schema.js';
import { parseLogLine } from '../parse/log-line.js';

/** Messages of lines before and after that a condition may look through. */
const maxNeighbours = 200;

/** A line with the run and the log it stands in. */
export interface PlacedEvent {
  readonly event: LogEvent;
  readonly run: LogRun;
  readonly reading: LogReading;
  /** Place among the events of the reading. */
  readonly index: number;
}

/** Every event of some logs, in order. */
export const placeEvents = (readings: readonly LogReading[]): readonly PlacedEvent[] =>
  readings.flatMap((reading) =>
    reading.events.flatMap((event, index) => {
      const run = reading.runs[event.run];
      return run === undefined ? [] : [{ event, run, reading, index }];
    }),
  );

/** Messages of Error and Warn lines of the same run, in a part of the events of a log. */
const loudMessages = (events: readonly LogEvent[], run: number): string[] =>
  events
    .filter((each) => each.run === run && each.level !== 'info' && !isEndOfLog(each.message))
    .map((each) => each.message);

const messagesOf = (lines: readonly string[]): string[] =>
  lines.flatMap((line) => parseLogLine(line).map((record) => record.message));

const errorsByReadings = new WeakMap<readonly LogReading[], readonly string[]>();

/** The same for every line of the same logs, so it is made once. */
const errorsOf = (readings: readonly LogReading[]): readonly string[] => {
  const known = errorsByReadings.get(readings);
  if (known !== undefined) return known;
  const errors = readings.flatMap(({ events }) =>
    events.filter(({ level, message }) => level !== 'info' && !isEndOfLog(message)).slice(0, maxNeighbours),
  );
  const messages = errors.map(({ message }) => message);
  errorsByReadings.set(readings, messages);
  return messages;
};

/** The value that all runs agree on, as far as they tell it. */
const agreed = <Value>(runs: readonly LogRun[], read: (run: LogRun) => Value | undefined): Value | undefined => {
  const values = new Set(runs.map(read).filter((value) => value !== undefined));
  return values.size === 1 ? [...values][0] : undefined;
};

const hasOutcome = (run: LogRun): boolean => run.succeeded || run.failed;

/** The engine that the logs are about; what was typed and printed tells it better than a log of CRIU. */
export const engineOf = (readings: readonly LogReading[]): string => {
  const telling = readings.filter((reading) => reading.engine !== undefined);
  const isTyped = ({ kind, stated }: LogReading): boolean => kind !== 'criu' && stated === undefined;
  return (telling.find(isTyped) ?? telling.find(({ stated }) => stated === undefined) ?? telling[0])?.engine ?? '';
};

/** A version that was written down beside the logs; a log tells it better. */
const statedIn = (readings: readonly LogReading[], program: 'criu' | 'kernel' | 'engine'): string | undefined =>
  readings.find(({ stated }) => stated?.[program] !== undefined)?.stated?.[program];

/** Versions that the logs tell of a run, or all of them agree on, or that were written down beside them. */
export const versionsOfRun = (
  run: LogRun | undefined,
  readings: readonly LogReading[],
): { readonly criu?: string; readonly kernel?: string; readonly engine?: string } => {
  const runs = readings.flatMap((each) => each.runs);
  const criu = run?.criu ?? agreed(runs, (each) => each.criu) ?? statedIn(readings, 'criu');
  const kernel = run?.kernel ?? agreed(runs, (each) => each.kernel) ?? statedIn(readings, 'kernel');
  const engine = statedIn(readings, 'engine');
  return {
    ...(criu === undefined ? {} : { criu }),
    ...(kernel === undefined ? {} : { kernel }),
    ...(engine === undefined ? {} : { engine }),
  };
};

/** Facts for the conditions of rules about one line; what neither it nor the logs beside it tell is missing. */
export const logFactsOf = ({ event, run, reading, index }: PlacedEvent, readings: readonly LogReading[]): LogFacts => {
  const allRuns = readings.flatMap((each) => each.runs);
  const told = hasOutcome(run) || run.phase !== undefined ? [run] : allRuns;
  const { criu, kernel } = versionsOfRun(run, readings);
  return {
    phase: run.phase ?? reading.phase ?? agreed(told, (each) => each.phase) ?? reading.operation ?? 'unknown',
    kind: reading.kind,
    ...(criu === undefined ? {} : { criu }),
    ...(kernel === undefined ? {} : { kernel }),
    engine: engineOf(readings),
    succeeded: told.some((each) => each.succeeded),
    failed: told.some((each) => each.failed),
    earlier: loudMessages(reading.events.slice(0, index), event.run).slice(-maxNeighbours),
    later: loudMessages(reading.events.slice(index + 1), event.run).slice(0, maxNeighbours),
    ...(event.recent === undefined ? {} : { recent: messagesOf(event.recent) }),
    errors: errorsOf(readings),
    tasks: run.tasks,
    mounts: run.mounts,
  };
};
