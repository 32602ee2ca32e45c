/** `crdoctor report`: writes everything that a bug report needs into one archive. */

import { hostname } from 'node:os';

import type { ReportWriter } from '../archive/write.js';
import { exitStatus, type ExitStatus } from '../errors.js';
import type { Collected } from '../evidence/collect.js';
import type { CollectedTarget } from '../evidence/collect-target.js';
import type { Assessment } from '../findings/finding.js';
import { escapeText } from '../render/escape.js';
import type { ProgressSink } from '../progress/progress.js';
import { renderRedactionListing } from '../render/redaction-listing.js';
import { renderReportReadme } from '../render/report-readme.js';
import type { Redaction } from '../redact/redaction.js';
import type { ToldAction } from '../report/action.js';
import type { Redact } from '../report/assembler.js';
import { buildReport } from '../report/build.js';
import { missingLines } from '../report/missing.js';
import { namesPath, refuseTakenNames } from '../report/names-file.js';
import { findLeftovers, outputPath, reportName } from '../report/output-file.js';
import { showRedactions, type ShownRedactions } from '../report/shown-redactions.js';
import type { ReportSummary } from '../report/summary.js';
import type { RuleSet } from '../rules/load.js';
import { containerWish } from './container-wish.js';
import { readFailedOutput } from './failed-output.js';
import type { Invocation } from './invocation.js';
import { finishWithNames } from './kept-names.js';
import { logJudgeOf } from './log-judge.js';
import { openEnds } from './open-ends.js';
import { explainPlace, tellAboutPlace, type OpenedPlace } from './open-place.js';
import type { OpenTarget } from './open-target.js';
import { deadlineOf, progressOf } from './output-options.js';
import type { ReportArguments } from './report-options.js';
import { defaultTimeout, readReportWish, type ReportWish } from './report-wish.js';
import { openReportWriter } from './report-writer.js';
import { openRules } from './rule-set.js';

/**
 * Writes the report and prints its path. Status 0 whenever it was written, whatever it lacks.
 * @throws {UserError} wrong use, no such instance, the file exists or cannot be written
 */
export async function runReport(parsed: ReportArguments, invocation: Invocation): Promise<ExitStatus> {
  const wish = readReportWish(parsed, invocation);
  // A part is not judged, so that it costs no more than what was asked for.
  const rules = wish.isPart ? undefined : openRules(parsed, invocation);
  // What is wrong with rules of the user is told before anything is looked at.
  if (parsed.rules !== undefined) await rules;
  const timeout = parsed.timeout ?? defaultTimeout;
  const output = wish.errorFile === undefined ? undefined : await readFailedOutput(wish.errorFile, timeout, invocation);
  if (output?.cut !== undefined) tell(`--error ${wish.errorFile}: ${output.cut.reason}`, invocation);
  const work = { signal: deadlineOf({ timeout }, invocation), onProgress: progressOf(parsed, invocation) };
  const { env } = invocation;
  const options = { ...work, env, now: invocation.now, sudo: parsed.sudo, engine: wish.engine, invocation };
  const ends = await openEnds(wish.place, wish.to, options);
  try {
    tellAboutPlace(ends.opened, parsed.sudo ?? false, invocation);
    const opened = { ...work, ...ends.opened, target: ends.target };
    return await writeReport(wish, { words: wish.words, output }, opened, rules, invocation);
  } catch (error) {
    throw explainPlace(error, ends.opened);
  } finally {
    await ends.close();
  }
}

/** What is reported, and how long and how loudly that is worked on. */
interface OpenedWork extends OpenedPlace {
  readonly target: OpenTarget | undefined;
  readonly signal: AbortSignal;
  readonly onProgress: ProgressSink;
}

async function writeReport(
  wish: ReportWish,
  action: ToldAction,
  opened: OpenedWork,
  rules: Promise<RuleSet> | undefined,
  invocation: Invocation,
): Promise<ExitStatus> {
  const redaction = await openRedaction(wish, opened);
  const shown: ShownRedactions[] = [];
  const subject = wish.instance ?? redaction.nameOfHost(hostnameOf(opened));
  const now = invocation.now();
  const path = outputPath({ cwd: invocation.cwd, given: wish.output, subject, now });
  if (wish.anonymize && !wish.show) refuseTakenNames(namesPath(path));
  const writer = wish.show ? noWriter : await openReportWriter(path, reportName(subject, now), now, invocation);
  tellLeftovers(wish, path, invocation);
  let summary: ReportSummary;
  let names: string | undefined;
  try {
    summary = await build({ wish, action, writer, rules, redaction, shown }, opened, invocation);
    if (wish.anonymize && !wish.show) names = await finishWithNames(writer, path, redaction, invocation);
    else await writer.finish();
  } catch (error) {
    await writer.abandon();
    throw error;
  }
  const isRoot = opened.far === undefined ? invocation.uid === 0 : opened.far.isRoot;
  for (const line of missingLines(summary.manifest, isRoot)) tell(line, invocation);
  if (names !== undefined) tell(`who is behind the stand-ins stands in ${names}; keep it to yourself`, invocation);
  invocation.stdout.write(
    wish.show
      ? `${renderReportReadme(summary)}\n${renderRedactionListing(shown)}`
      : `${escapeText(shownPath(path, wish, invocation))}\n`,
  );
  return exitStatus.ok;
}

async function openRedaction({ anonymize }: ReportWish, opened: OpenedPlace): Promise<Redaction> {
  const { createRedaction } = await import('../redact/redaction.js');
  return createRedaction({ anonymize, hostname: hostnameOf(opened) });
}

function hostnameOf({ far }: OpenedPlace): string {
  return far === undefined ? hostname() : far.hostname;
}

interface Building {
  readonly wish: ReportWish;
  readonly action: ToldAction;
  readonly writer: ReportWriter;
  readonly rules: Promise<RuleSet> | undefined;
  readonly redaction: Redaction;
  /** Gets what is to be shown of redactions. */
  readonly shown: ShownRedactions[];
}

async function build(
  { wish, action, writer, rules, redaction, shown }: Building,
  opened: OpenedWork,
  invocation: Invocation,
): Promise<ReportSummary> {
  const redact: Redact = (evidence) => {
    const redacted = redaction.redact(evidence);
    if (wish.show) shown.push(...listOf(showRedactions(redacted.evidence, redacted.entries)));
    return redacted;
  };
  const { source, target, signal, onProgress } = opened;
  if (target?.problem !== undefined) tell(target.problem, invocation);
  return buildReport({
    source,
    ...(target && { target: { ...target, instance: wish.instance } }),
    request: { engine: wish.engine, instance: wish.instance, wants: wish.wants },
    action,
    writer,
    redact,
    learn: redaction.learn,
    judge: rules === undefined ? undefined : (collected, there) => judge(wish, collected, source.where, there, rules),
    logs: rules === undefined ? undefined : logJudgeOf(rules),
    version: invocation.version,
    hostname: redaction.nameOfHost(hostnameOf(opened)),
    now: invocation.now,
    onProgress,
    signal,
  });
}

/** An instance that does not run cannot be judged; its host can. */
async function judge(
  wish: ReportWish,
  collected: Collected,
  where: string,
  target: CollectedTarget | undefined,
  rules: Promise<RuleSet>,
): Promise<Assessment> {
  const [{ prepareJudge }, { causes }] = await Promise.all([import('./judging.js'), rules]);
  const isRunning = collected.instance !== undefined;
  const { instance, engine, operation } = wish;
  const checkWish = isRunning
    ? containerWish({ instance, engine, operation })
    : containerWish({ instance: undefined, engine, operation: target === undefined ? 'host' : 'move' });
  return prepareJudge(causes, checkWish)(collected, where, target).assessment;
}

const noWriter: ReportWriter = {
  add: () => Promise.resolve(),
  finish: () => Promise.resolve(),
  abandon: () => Promise.resolve(),
};

/** Nothing is deleted: half a report may be all that is left of a failure, and a run elsewhere may still write it. */
function tellLeftovers({ show }: ReportWish, path: string, invocation: Invocation): void {
  const [first, ...others] = show ? [] : findLeftovers(path);
  if (first === undefined) return;
  const more = others.length === 0 ? '' : `; ${others.length} more such files lie beside it`;
  tell(`${first} is half a report of a run that was killed: triage reads its logs, rm removes it${more}`, invocation);
}

function listOf<Value>(value: Value | undefined): readonly Value[] {
  return value === undefined ? [] : [value];
}

/** The way the user would write it. */
function shownPath(path: string, { output }: ReportWish, { cwd }: Invocation): string {
  return output ?? (path.startsWith(`${cwd}/`) ? path.slice(cwd.length + 1) : path);
}

function tell(line: string, { stderr }: Invocation): void {
  stderr.write(`crdoctor: ${escapeText(line)}\n`);
}
