/** `crdoctor triage`: finds the cause of a failure in its logs. */

import { exitStatus, UserError, type ExitStatus } from '../errors.js';
import type { LogReading } from '../evidence/log-reading.js';
import { readLogs } from '../evidence/logs.js';
import { diagnose, watchedWords } from '../findings/diagnose.js';
import type { Triage } from '../findings/finding.js';
import { escapeText } from '../render/escape.js';
import type { RuleSet } from '../rules/load.js';
import type { Bundle } from '../source/bundle.js';
import { openLogs, type LogInput } from '../source/log-files.js';
import { isPacked } from '../source/report-form.js';
import type { Invocation } from './invocation.js';
import { deadlineOf, progressOf, textOptionsOf, type OutputArguments, type WorkArguments } from './output-options.js';
import { asWritten } from './prepared-argv.js';
import type { RecordedLogOptions, RecordedLogs } from './recorded.js';
import { openRules } from './rule-set.js';
import { watchLog } from './watched-log.js';

export type TriageArguments = OutputArguments &
  WorkArguments & { readonly path?: readonly string[] | undefined; readonly _: readonly (string | number)[] };

/**
 * Reads the logs and names the cause. Status 0 when a cause was found or nothing failed, 5 for a
 * failure that stays unexplained.
 * @throws {UserError} there is nothing to read
 */
export async function runTriage(parsed: TriageArguments, invocation: Invocation): Promise<ExitStatus> {
  const signal = deadlineOf(parsed, invocation);
  const onProgress = progressOf(parsed, invocation);
  const rules = await openRules(parsed, invocation);
  const watch = (input: LogInput): LogInput => watchLog(input, { signal, onProgress, now: invocation.now });
  const options = { words: watchedWords(rules), watch };
  // All are opened before any is read: one may be a pipe that somebody types into.
  const opened = await Promise.all(pathsOf(parsed).map((path) => openPath(path, options, invocation)));
  const read: ReadLogs[] = [];
  for (const readPath of opened) read.push(await readPath());
  const readings = read.flatMap((each) => each.readings);
  invocation.signal.throwIfAborted();
  tellProblems(
    readings,
    read.flatMap((each) => each.problems),
    invocation,
  );
  const triage = await confirm(diagnose(rules, readings), read, rules);
  invocation.stdout.write(await renderTriage(triage, parsed, invocation));
  return triage.result === 'unexplained' ? exitStatus.unknown : exitStatus.ok;
}

type ReadLogs = Omit<RecordedLogs, 'bundle'> & { readonly bundle?: Bundle | undefined };

/** A report is read as one, everything else as logs. */
async function openPath(
  path: string,
  options: RecordedLogOptions,
  { stdin }: Invocation,
): Promise<() => Promise<ReadLogs>> {
  if (path !== '-' && (await isPacked(path))) {
    const { readRecordedLogs } = await import('./recorded.js');
    return () => readRecordedLogs(path, options);
  }
  const inputs = (await openLogs([path], stdin)).map(options.watch);
  return async () => ({ readings: await readLogs(inputs, options), problems: [] });
}

/** A single report also tells what a check of its host says. */
async function confirm(triage: Triage, [first, ...others]: readonly ReadLogs[], rules: RuleSet): Promise<Triage> {
  if (first?.bundle === undefined || others.length > 0) return triage;
  return await (await import('./recorded.js')).addPredictions(triage, first.bundle, rules);
}

/** After `--` a path may begin with a dash. */
function pathsOf({ path = [], _: words }: TriageArguments): readonly string[] {
  const paths = [...path.map(asWritten), ...words.slice(1).map(String)];
  if (paths.length === 0) {
    throw new UserError('no log was named', { hint: 'name a log, a directory of logs, or - for standard input' });
  }
  if (paths.includes('')) throw new UserError('the name of a log is empty');
  if (paths.filter((each) => each === '-').length > 1) throw new UserError('standard input can be read once only');
  return paths;
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

async function renderTriage(triage: Triage, parsed: TriageArguments, invocation: Invocation): Promise<string> {
  switch (parsed.format) {
    case 'json':
      return (await import('../render/triage-json.js')).renderTriageJson(triage);
    case 'markdown':
      return (await import('../render/triage-markdown.js')).renderTriageMarkdown(triage);
    case 'junit':
      return (await import('../render/junit.js')).renderTriageJunit(triage);
    default:
      return (await import('../render/triage-text.js')).renderTriageText(triage, textOptionsOf(parsed, invocation));
  }
}
