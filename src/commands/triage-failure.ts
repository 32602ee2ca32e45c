/** One failure of a triage: opens everything that tells of it, reads it and judges it. */

import { dirname } from 'node:path';

import { UserError } from '../errors.js';
import type { LogReading } from '../evidence/log-reading.js';
import { readLogs } from '../evidence/logs.js';
import type { JudgedLogs } from '../findings/compare.js';
import { judgeLogs } from '../findings/diagnose.js';
import type { Triage } from '../findings/finding.js';
import { addImages } from '../findings/images.js';
import { addStatistics } from '../findings/statistics.js';
import { addVersions } from '../findings/versions.js';
import { escapeText } from '../render/escape.js';
import type { RuleSet } from '../rules/load.js';
import { openLogs } from '../source/log-files.js';
import { spoolArchive } from '../source/piped-archive.js';
import { placeOf } from '../source/report-form.js';
import { readStatsFiles } from '../source/stats-files.js';
import type { FoundLogs } from './found-logs.js';
import type { Invocation } from './invocation.js';
import type { RecordedLogOptions } from './recorded.js';

/** What every failure is judged with. */
export interface FailureDesk {
  readonly rules: RuleSet;
  readonly log: RecordedLogOptions;
  readonly invocation: Invocation;
}

/** Reads what was opened and judges it; throws a UserError when nothing of it can be read. */
export type OpenedFailure = () => Promise<JudgedLogs>;

type ReadLogs = Pick<FoundLogs, 'readings' | 'problems'> & Partial<FoundLogs>;

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
  const told = read.find(({ versions }) => versions !== undefined)?.versions ?? {};
  const counted = addStatistics(
    addVersions(triage, told),
    read.flatMap(({ statistics = [] }) => statistics),
  );
  const described = addImages(
    counted,
    read.flatMap(({ images = [] }) => images),
  );
  return { readings, failing, triage: await confirm(described, read, rules) };
}

/** An archive and a directory are looked through, everything else is a log. */
async function openPath(path: string, { log, invocation }: FailureDesk): Promise<() => Promise<ReadLogs>> {
  if (path === '-') return () => readPiped(log, invocation.stdin);
  const place = await placeOf(path);
  if (place !== undefined) {
    const { readFoundLogs } = await import('./found-logs.js');
    return () => readFoundLogs(path, place, log);
  }
  const inputs = (await openLogs([path], invocation.stdin)).map(log.watch);
  return async () => ({
    readings: await readLogs(inputs, log),
    problems: [],
    statistics: await readStatsFiles(inputs.map(({ name }) => dirname(name))),
  });
}

/** Nothing is known of a pipe before something comes out of it. */
async function readPiped(options: RecordedLogOptions, stdin: Invocation['stdin']): Promise<ReadLogs> {
  const piped = await spoolArchive(options.watch({ name: '-', open: stdin }), options.spool);
  if (!('path' in piped)) return { readings: await readLogs(await openLogs(['-'], piped.open), options), problems: [] };
  const { readFoundLogs } = await import('./found-logs.js');
  const found = await readFoundLogs(piped.path, piped.form, options, '-');
  return piped.damage === undefined ? found : { ...found, problems: [`-: ${piped.damage}`, ...found.problems] };
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
