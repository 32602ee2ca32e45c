/** Tells which of the logs in a report are about what has just failed. */

import type { LogReading } from '../evidence/log-reading.js';
import type { EvidenceId } from '../source/source.js';

/** A log that was read, with where it comes from. */
export interface ReportedLog {
  readonly id: EvidenceId;
  /** When the file was last written, seconds since 1970; undefined where that is not known. */
  readonly modifiedS: number | undefined;
  readonly reading: LogReading;
}

/** Dump and restore of one operation are written one after the other. */
const sameOperationS = 60;

/**
 * The newest log of CRIU (with that of the other phase of the same minute), the log of liblxc, and what
 * was displayed: a directory of logs also holds failures of last month, and the log of a daemon those of
 * other containers.
 */
export function relevantLogs(logs: readonly ReportedLog[]): readonly LogReading[] {
  const ofCriu = logs.filter(({ id, reading }) => isOfInstance(id) && reading.kind === 'criu');
  const newest = Math.max(...ofCriu.map(({ modifiedS }) => modifiedS ?? 0));
  const recent = newestOfEachPhase(ofCriu.filter(({ modifiedS }) => (modifiedS ?? 0) >= newest - sameOperationS));
  const displayed = logs.filter(isDisplayed);
  const ofLiblxc = logs.filter(({ id }) => id === 'instance.log.lxc.log');
  return [...recent, ...ofLiblxc, ...displayed].map(({ reading }) => reading);
}

/** Whether there are logs of the action itself. liblxc alone also complains of what harms nobody. */
export function haveOwnLogs(logs: readonly ReportedLog[]): boolean {
  return logs.some((log) => isDisplayed(log) || (isOfInstance(log.id) && log.reading.kind === 'criu'));
}

function isDisplayed({ id }: ReportedLog): boolean {
  return id === 'action.output';
}

function isOfInstance(id: EvidenceId): boolean {
  return /^(?:action\.kept|instance\.(?:log|state|snapshot))\./.test(id);
}

/** LXD copies the log of its state directory to that of the logs; the copy has the better name. */
function newestOfEachPhase(logs: readonly ReportedLog[]): readonly ReportedLog[] {
  const byRank = logs.toSorted(
    (left, right) =>
      Number(right.id.startsWith('instance.log.')) - Number(left.id.startsWith('instance.log.')) ||
      (right.modifiedS ?? 0) - (left.modifiedS ?? 0),
  );
  const phaseOf = ({ reading }: ReportedLog): string => reading.phase ?? reading.runs[0]?.phase ?? 'unknown';
  return byRank.filter((log, index) => byRank.findIndex((other) => phaseOf(other) === phaseOf(log)) === index);
}
