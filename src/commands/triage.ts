/** `crdoctor triage`: finds the cause of a failure in its logs. */

import { exitStatus, UserError, type ExitStatus } from '../errors.js';
import type { LogReading } from '../evidence/log-reading.js';
import { readLogs } from '../evidence/logs.js';
import { diagnose, watchedWords } from '../findings/diagnose.js';
import type { Triage } from '../findings/finding.js';
import type { HostVersions } from '../parse/host-versions.js';
import { escapeText } from '../render/escape.js';
import type { RuleSet } from '../rules/load.js';
import { openLogs, type LogInput } from '../source/log-files.js';
import { spoolArchive } from '../source/piped-archive.js';
import { placeOf } from '../source/report-form.js';
import { createSpool, type Spool } from '../source/spool.js';
import type { Invocation } from './invocation.js';
import { deadlineOf, progressOf, textOptionsOf, type OutputArguments, type WorkArguments } from './output-options.js';
import { asWritten } from './prepared-argv.js';
import type { FoundLogs } from './found-logs.js';
import type { RecordedLogOptions } from './recorded.js';
import { openRules } from './rule-set.js';
import { watchLog } from './watched-log.js';

/** Time to remove what was copied, when somebody interrupts. */
const spoolGraceMs = 2000;

export type TriageArguments = OutputArguments &
  WorkArguments & { readonly path?: readonly string[] | undefined; readonly _: readonly (string | number)[] };

/**
 * Reads the logs and names the cause. Status 0 when a cause was found or nothing failed, 5 for a
 * failure that stays unexplained.
 * @throws {UserError} there is nothing to read
 */
export async function runTriage(parsed: TriageArguments, invocation: Invocation): Promise<ExitStatus> {
  const spool = createSpool();
  invocation.onForcedEnd(() => spool.remove(), spoolGraceMs);
  try {
    return await triagePaths(parsed, invocation, spool);
  } finally {
    await spool.remove();
  }
}

async function triagePaths(parsed: TriageArguments, invocation: Invocation, spool: Spool): Promise<ExitStatus> {
  const signal = deadlineOf(parsed, invocation);
  const onProgress = progressOf(parsed, invocation);
  const rules = await openRules(parsed, invocation);
  const watch = (input: LogInput): LogInput => watchLog(input, { signal, onProgress, now: invocation.now });
  const options = { words: watchedWords(rules), watch, spool, signal };
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
  const triage = await confirm(addVersions(diagnose(rules, readings), read), read, rules);
  invocation.stdout.write(await renderTriage(triage, parsed, invocation));
  return triage.result === 'unexplained' ? exitStatus.unknown : exitStatus.ok;
}

type ReadLogs = Pick<FoundLogs, 'readings' | 'problems'> & Partial<FoundLogs>;

/** An archive and a directory are looked through, everything else is a log. */
async function openPath(
  path: string,
  options: RecordedLogOptions,
  { stdin }: Invocation,
): Promise<() => Promise<ReadLogs>> {
  if (path === '-') return () => readPiped(options, stdin);
  const place = await placeOf(path);
  if (place !== undefined) {
    const { readFoundLogs } = await import('./found-logs.js');
    return () => readFoundLogs(path, place, options);
  }
  const inputs = (await openLogs([path], stdin)).map(options.watch);
  return async () => ({ readings: await readLogs(inputs, options), problems: [] });
}

/** Nothing is known of a pipe before something comes out of it. */
async function readPiped(options: RecordedLogOptions, stdin: Invocation['stdin']): Promise<ReadLogs> {
  const piped = await spoolArchive(options.watch({ name: '-', open: stdin }), options.spool);
  if (!('path' in piped)) return { readings: await readLogs(await openLogs(['-'], piped.open), options), problems: [] };
  const { readFoundLogs } = await import('./found-logs.js');
  const found = await readFoundLogs(piped.path, piped.form, options, '-');
  return piped.damage === undefined ? found : { ...found, problems: [`-: ${piped.damage}`, ...found.problems] };
}

/** What the logs do not tell, a copy of the host may. */
function addVersions(triage: Triage, read: readonly ReadLogs[]): Triage {
  const told: HostVersions = read.find(({ versions }) => versions !== undefined)?.versions ?? {};
  return { ...triage, versions: { ...told, ...triage.versions } };
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
