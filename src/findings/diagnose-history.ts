/** Tells the failure that logs are about from older ones: an engine's directory keeps the logs of every run. */

import { timeOfName } from '../evidence/log-name.js';
import type { LogReading } from '../evidence/log-reading.js';
import type { RunPhase } from '../parse/log-marks.js';
import type { JudgedEvent } from './diagnose-rank.js';

/**
 * How far two logs of one failure lie apart. A migration has a log on each side, and liblxc speaks of a
 * failed restore when it has cleaned up, up to a minute after CRIU has ended (lab, LXD 5.0 and Incus 6.0).
 */
const sameFailureMs = 120_000;
/**
 * After a restore that failed on the target of a move, the hooks of Incus wait for a daemon that is busy with the
 * move: four times 30 s, between the first line of liblxc and the last one (lab, Incus 6.0).
 */
const slowestCleanUpMs = 180_000;

/** liblxc puts the time in UTC and the function into each line: `20261120145811.519 … __criu_restore:1403`. */
const liblxcTime = / (\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)\.(\d{3}) /;

/** When it happened, milliseconds since 1970; undefined when the log does not tell. */
export const timeOf = ({ event, reading }: JudgedEvent): number | undefined => {
  if (reading.kind === 'criu') return reading.writtenMs;
  const match = event.kind === 'lxc' ? liblxcTime.exec(event.text) : null;
  if (match === null) return undefined;
  const [year, month, ...rest] = match.slice(1).map(Number);
  return Date.UTC(year ?? 0, (month ?? 1) - 1, ...rest);
};

/** liblxc's function in a line of its log (`criu.c:do_dump:1297`) and of its tools (`criu.c: do_dump: 1311`). */
const liblxcFunction = /\.c: ?(\w+): ?\d/;

const halfOf = ({ event }: JudgedEvent): RunPhase | undefined => {
  const name = event.kind === 'lxc' ? liblxcFunction.exec(event.text)?.[1] : undefined;
  if (name?.includes('restore') === true) return 'restore';
  return name?.includes('dump') === true ? 'dump' : undefined;
};

/** Half of the work in which lines stand, as far as something tells. */
export type PhasesOfEvents = ReadonlyMap<JudgedEvent, RunPhase>;

/** Half of the work by line: its run says so, the name of the log, or for a line of liblxc the next ones that tell. */
export const findPhases = (events: readonly JudgedEvent[]): PhasesOfEvents => {
  const phases = new Map<JudgedEvent, RunPhase>();
  const next = new Map<LogReading, RunPhase>();
  for (const judged of events.toReversed()) {
    const half = halfOf(judged);
    if (half !== undefined) next.set(judged.reading, half);
    const beside = judged.event.kind === 'lxc' ? next.get(judged.reading) : undefined;
    const phase = judged.run.phase ?? judged.reading.phase ?? half ?? beside;
    if (phase !== undefined) phases.set(judged, phase);
  }
  return phases;
};

const isFailing = ({ role, event }: JudgedEvent): boolean =>
  role === 'root' || role === 'consequence' || (role === 'unexplained' && event.kind === 'criu');

const isMigration = ({ reading }: JudgedEvent): boolean =>
  reading.operation === 'migrate' || /(?:^|\/)migration_/.test(reading.file);

/** Engines put the time into the name when a run ends; times of files change when they are copied. */
const hasExactTime = ({ reading }: JudgedEvent): boolean =>
  reading.kind === 'criu' && timeOfName(reading.file) !== undefined;

const isOlderRun = (judged: JudgedEvent, newest: JudgedEvent, phases: PhasesOfEvents): boolean => {
  const gapMs = (timeOf(newest) ?? 0) - (timeOf(judged) ?? Number.POSITIVE_INFINITY);
  if (gapMs <= 0) return false;
  const isOneLog = judged.reading === newest.reading && judged.event.kind === 'lxc';
  if (isOneLog && gapMs <= slowestCleanUpMs) return false;
  if (gapMs > sameFailureMs) return true;
  if (judged.reading === newest.reading || (isMigration(judged) && isMigration(newest))) return false;
  if (hasExactTime(judged) && hasExactTime(newest)) return true;
  const [older, newer] = [phases.get(judged), phases.get(newest)];
  return hasExactTime(judged) && older !== undefined && newer !== undefined && older !== newer;
};

const newestOf = (events: readonly JudgedEvent[]): JudgedEvent | undefined =>
  events.reduce<JudgedEvent | undefined>(
    (latest, judged) => (latest === undefined || (timeOf(judged) ?? 0) > (timeOf(latest) ?? 0) ? judged : latest),
    undefined,
  );

const hasTimeOfFile = (judged: JudgedEvent): boolean => judged.reading.kind === 'criu' && !hasExactTime(judged);

/** Whether files were copied with their times: the log of liblxc was written when its last line says. */
const keepsFileTimes = (events: readonly JudgedEvent[]): boolean =>
  events.some((judged) => {
    const { kind, writtenMs } = judged.reading;
    const toldMs = timeOf(judged);
    return kind === 'lxc' && writtenMs !== undefined && Math.abs(writtenMs - (toldMs ?? 0)) <= sameFailureMs;
  });

/**
 * Marks the lines of failures that are older than the newest one; those without a time belong to it. Times
 * of files are compared to each other alone, unless they are known to be those of the writing.
 */
export const markHistory = (events: readonly JudgedEvent[]): readonly JudgedEvent[] => {
  const timed = events.filter((judged) => isFailing(judged) && timeOf(judged) !== undefined);
  if (timed.length === 0) return events;
  const isOneClock = keepsFileTimes(events);
  const newest = newestOf(isOneClock ? timed : timed.filter((judged) => !hasTimeOfFile(judged)));
  const newestFile = isOneClock ? newest : newestOf(timed.filter(hasTimeOfFile));
  const phases = findPhases(events);
  return events.map((judged) => {
    const latest = hasTimeOfFile(judged) ? newestFile : newest;
    const isOld = judged.role !== 'noise' && latest !== undefined && isOlderRun(judged, latest, phases);
    return isOld ? { ...judged, role: 'history' } : judged;
  });
};
