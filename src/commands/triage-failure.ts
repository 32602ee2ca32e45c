/** One failure of a triage: opens everything that tells of it, reads it and judges it. */

import { dirname } from 'node:path';

import { UserError } from '../errors.js';
import type { LogReading } from '../evidence/log-reading.js';
import { readLogs } from '../evidence/logs.js';
import type { JudgedLogs } from '../findings/compare.js';
import { judgeLogs } from '../findings/diagnose.js';
import type { Triage } from '../findings/finding.js';
import { addStatistics } from '../findings/statistics.js';
import { escapeText } from '../render/escape.js';
import type { RuleSet } from '../rules/load.js';
import type { Bundle } from '../source/bundle.js';
import { openLogs } from '../source/log-files.js';
import { formOf, isPacked } from '../source/report-form.js';
import { readStatsFiles, type StatsFile } from '../source/stats-files.js';
import type { Invocation } from './invocation.js';
import type { RecordedLogOptions, RecordedLogs } from './recorded.js';

/** What every failure is judged with. */
export interface FailureDesk {
  readonly rules: RuleSet;
  readonly log: RecordedLogOptions;
  readonly invocation: Invocation;
}

/** Reads what was opened and judges it; throws a UserError when nothing of it can be read. */
export type OpenedFailure = () => Promise<JudgedLogs>;

type ReadLogs = Omit<RecordedLogs, 'bundle'> & {
  readonly bundle?: Bundle | undefined;
  /** Of CRIU, beside the logs. */
  readonly statistics?: readonly StatsFile[];
};

/**
 * Opens all paths of a failure before any of them is read.
 * @throws {UserError} one of them is no log
 */
export async function openFailure(paths: readonly string[], desk: FailureDesk): Promise<OpenedFailure> {
  const opened = await Promise.all(paths.map((path) => openPath(path, desk)));
  return async () => {
    const read: ReadLogs[] = [];
    for (const readPath of opened) read.push(await readPath());
    return await judge(read, desk);
  };
}

async function judge(read: readonly ReadLogs[], { rules, invocation }: FailureDesk): Promise<JudgedLogs> {
  const readings = read.flatMap((each) => each.readings);
  invocation.signal.throwIfAborted();
  tellProblems(
    readings,
    read.flatMap((each) => each.problems),
    invocation,
  );
  const { triage, failing } = judgeLogs(rules, readings);
  const counted = addStatistics(
    triage,
    read.flatMap(({ statistics = [] }) => statistics),
  );
  return { readings, failing, triage: await confirm(counted, read, rules) };
}

/** A report is read as one, everything else as logs. */
async function openPath(path: string, { log, invocation }: FailureDesk): Promise<() => Promise<ReadLogs>> {
  if (path !== '-' && (await isPacked(path))) {
    const { readRecordedLogs } = await import('./recorded.js');
    return () => readRecordedLogs(path, log);
  }
  const inputs = (await openLogs([path], invocation.stdin)).map(log.watch);
  const directories = path === '-' ? [] : [...(await ownDirectory(path)), ...inputs.map(({ name }) => dirname(name))];
  return async () => ({
    readings: await readLogs(inputs, log),
    problems: [],
    statistics: await readStatsFiles(directories),
  });
}

async function ownDirectory(path: string): Promise<readonly string[]> {
  return (await formOf(path)) === 'directory' ? [path] : [];
}

/** A single report also tells what a check of its host says. */
async function confirm(triage: Triage, [first, ...others]: readonly ReadLogs[], rules: RuleSet): Promise<Triage> {
  if (first?.bundle === undefined || others.length > 0) return triage;
  return await (await import('./recorded.js')).addPredictions(triage, first.bundle, rules);
}

/** Logs that could not be read to their end are told on stderr; when nothing could be read, that is the result. */
function tellProblems(readings: readonly LogReading[], others: readonly string[], { stderr }: Invocation): void {
  const problems = readings.flatMap(({ file, problem }) => {
    if (problem === undefined) return [];
    return [problem.startsWith(file) ? problem : `${file}: ${problem}`];
  });
  const [first] = problems;
  if (first !== undefined && readings.every(({ lines }) => lines === 0)) throw new UserError(first);
  for (const problem of [...others, ...problems]) stderr.write(`crdoctor: ${escapeText(problem)}\n`);
}
