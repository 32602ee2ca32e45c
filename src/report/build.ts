/** Builds a report from beginning to end: collects, redacts, judges, packs. */

import type { ReportWriter } from '../archive/write.js';
import type { Collected } from '../evidence/collect.js';
import type { CollectedTarget } from '../evidence/collect-target.js';
import { gatherForInstance } from '../evidence/gather-pair.js';
import { collectReport, type ReportEvidence, type ReportRequest } from '../evidence/collect-report.js';
import type { LeftOutFile, PlannedFile } from '../evidence/report-files.js';
import type { Assessment, Triage } from '../findings/finding.js';
import { silent, type ProgressSink } from '../progress/progress.js';
import { renderApport } from '../render/filing/apport-entries.js';
import { fitAttachments, maxSentBytes } from '../render/filing/packed-attachment.js';
import { renderReportPage } from '../render/html/report-page.js';
import { renderLaunchpad } from '../render/launchpad.js';
import { renderReportReadme } from '../render/report-readme.js';
import type { Manifest } from '../source/manifest.js';
import type { Evidence, Source } from '../source/source.js';
import { actionEvidence, type ToldAction } from './action.js';
import { watchAttachments } from './attachment-desk.js';
import { createAssembler, type Assembler, type Placement, type Redact } from './assembler.js';
import { renderFindings, renderManifest, renderRedactions } from './json-files.js';
import { createLogDesk, type LogDesk, type LogJudge } from './log-desk.js';
import { recordedTarget, requestOf, requestOfTwo, type ReportedTarget } from './reported-target.js';
import type { ReportSummary } from './summary.js';

export interface BuildOptions {
  readonly source: Source;
  readonly request: ReportRequest;
  /** The host that the instance was to go to. */
  readonly target?: ReportedTarget;
  readonly action: ToldAction;
  /** More about the action, by those who watched it. */
  readonly watched?: readonly Evidence[];
  /** Logs that were copied before the engine deleted them; `modifiedS`: when each was last written, since 1970. */
  readonly keptLogs?: readonly { readonly evidence: Evidence; readonly modifiedS: number }[];
  /** Logs written before are about something else; milliseconds since 1970. */
  readonly sinceMs?: number;
  readonly writer: Pick<ReportWriter, 'add'>;
  readonly redact: Redact;
  /** Is shown what was collected before any of it is redacted: one piece may hold a secret that another repeats. */
  readonly learn?: (evidence: readonly Evidence[]) => void;
  /** Judges what a check would have looked at; undefined = nothing is to be judged. */
  readonly judge: ((collected: Collected, target: CollectedTarget | undefined) => Promise<Assessment>) | undefined;
  /** Judges the logs among what was collected; undefined = they are packed unread. */
  readonly logs: LogJudge | undefined;
  /** Version of crdoctor. */
  readonly version: string;
  readonly hostname: string;
  readonly now: () => Date;
  readonly onProgress?: ProgressSink;
  /** Aborts when no more evidence is to be collected; what there is is packed all the same. */
  readonly signal: AbortSignal;
}

/**
 * Adds everything to the archive but does not finish it.
 * @throws {UserError} as {@link collectReport}, and when the archive cannot be written
 */
export async function buildReport(options: BuildOptions): Promise<ReportSummary> {
  const { source, request, target, writer, now, signal } = options;
  const createdAt = now();
  const attachments = watchAttachments(createAssembler(writer, options.redact));
  const { assembler } = attachments;
  const desk = createLogDesk(options.logs, options.sinceMs);
  const told = [...actionEvidence(options.action, createdAt), ...(options.watched ?? [])];
  const kept = (options.keptLogs ?? []).filter(({ evidence }) => request.wants(evidence.id));
  const wanted = target === undefined ? request : await requestOfTwo(source, request);
  const [found, foundThere] = await Promise.all([
    collectReport(source, wanted),
    target && collectReport(target.source, requestOf(wanted, target)),
  ]);
  options.learn?.([
    ...told,
    ...kept.map(({ evidence }) => evidence),
    ...evidenceOf(found),
    ...(foundThere ? evidenceOf(foundThere) : []),
    ...(target?.told ?? []),
  ]);
  for (const evidence of told.filter(({ id }) => request.wants(id))) {
    const added = await assembler.add(evidence, { side: 'action', path: `${evidence.id.replace('action.', '')}.txt` });
    await desk.read(added);
  }
  for (const { evidence, modifiedS } of kept) {
    const path = evidence.id.replace('action.', '');
    await desk.read(await assembler.add(evidence, { side: 'action', path }), modifiedS);
  }
  const collected = await addSide(options, { side: 'source', source, found }, assembler, desk);
  const there =
    target && foundThere && (await addTarget(options, { target, found: foundThere }, found, assembler, desk));
  // Asked after the last piece: a limit that came too late has cut nothing short.
  const isComplete = !signal.aborted;
  const assessment = await options.judge?.(
    collected,
    target && there && { where: target.source.where, evidence: there },
  );
  const triage = await desk.judge(collected.engine);
  const manifest = manifestOf(options, found, assembler, createdAt, isComplete);
  const notes = [...found.notes, ...(foundThere?.notes ?? []).map((note) => `On the target: ${note}`)].map((note) =>
    redactNote(note, options),
  );
  const summary = summaryOf(manifest, assembler, notes, assessment, triage);
  await writer.add('findings.json', renderFindings(assessment, triage));
  await writer.add('redactions.json', renderRedactions(assembler.ledger()));
  await writer.add('launchpad.txt', renderLaunchpad(summary));
  const { packed } = fitAttachments(await attachments.packed(manifest), maxSentBytes);
  await writer.add('crdoctor.apport', renderApport(summary, packed, createdAt));
  await writer.add('manifest.json', renderManifest(manifest));
  await writer.add('README.md', renderReportReadme(summary));
  const tasks = collected.ofInstance.find(({ id }) => id === 'instance.tasks')?.text;
  await writer.add('index.html', renderReportPage(summary, { redactions: assembler.ledger(), tasks }));
  return summary;
}

function evidenceOf({ collected, extras }: ReportEvidence): readonly Evidence[] {
  return [...collected.host, ...collected.ofInstance, ...extras];
}

/** Gives the evidence that the target is judged by, as it was packed. */
async function addTarget(
  options: BuildOptions,
  { target, found }: { readonly target: ReportedTarget; readonly found: ReportEvidence },
  ofSource: ReportEvidence,
  assembler: Assembler,
  desk: LogDesk,
): Promise<readonly Evidence[]> {
  const { host, ofInstance } = found.collected;
  const forInstance = await gatherForInstance(target.source, host, ofSource.collected);
  const wanted = [...forInstance, ...target.told].filter(({ id }) => options.request.wants(id));
  const asked = new Set([...host, ...ofInstance].map(({ id }) => id));
  const answered = new Set(wanted.map(({ id }) => id));
  const whole: ReportEvidence = {
    ...found,
    collected: { ...found.collected, host: [...host, ...wanted.filter(({ id }) => !asked.has(id))] },
    extras: found.extras.filter(({ id }) => !answered.has(id)),
  };
  const packed = await addSide(options, { side: 'target', source: target.source, found: whole }, assembler, desk);
  return [...packed.host, ...packed.ofInstance.filter(({ id }) => answered.has(id))];
}

/** One of the hosts with what was found on it. */
interface FoundSide {
  readonly side: 'source' | 'target';
  readonly source: Source;
  readonly found: ReportEvidence;
}

async function addSide(
  options: BuildOptions,
  where: FoundSide,
  assembler: Assembler,
  desk: LogDesk,
): Promise<Collected> {
  const { side, found } = where;
  const collected = await addCollected(assembler, found.collected, side);
  for (const evidence of found.extras) await desk.read(await assembler.add(evidence, { side }));
  await addFiles(options, where, assembler, desk);
  return collected;
}

/** Judged is what the reader of the report can judge again: the evidence as it was packed. */
async function addCollected(assembler: Assembler, collected: Collected, side: FoundSide['side']): Promise<Collected> {
  const addAll = async (evidence: readonly Evidence[]): Promise<readonly Evidence[]> => {
    const packed: Evidence[] = [];
    for (const each of evidence) packed.push((await assembler.add(each, { side })).evidence);
    return packed;
  };
  return { ...collected, host: await addAll(collected.host), ofInstance: await addAll(collected.ofInstance) };
}

/** One at a time, because each may be large. */
async function addFiles(
  { request, signal, now, onProgress = silent }: BuildOptions,
  { side, source, found: { plans } }: FoundSide,
  assembler: Assembler,
  desk: LogDesk,
): Promise<void> {
  for (const { request: wish, path, modifiedS } of plans.flatMap(({ files }) => files)) {
    if (!request.wants(wish.id)) continue;
    const started = now().getTime();
    onProgress({ type: 'started', step: wish.id, detail: `${wish.directory}/${wish.name}` });
    const evidence = signal.aborted ? tooLate(wish, now()) : (await source.gather([wish]))[0];
    if (evidence === undefined) continue;
    const placement: Placement = { side, path, isBinary: wish.encoding === 'base64' };
    const added = await assembler.add(evidence, placement);
    await desk.read(added, modifiedS);
    onProgress({ type: 'ended', step: wish.id, status: evidence.status, durationMs: now().getTime() - started });
  }
  for (const file of plans.flatMap(({ leftOut }) => leftOut)) {
    if (request.wants(file.id)) await assembler.add(stayedOut(file, now()), { side });
  }
}

function redactNote(note: string, { redact, now }: BuildOptions): string {
  const evidence: Evidence = { ...nothing('report.note', 'report.note', now()), status: 'ok', text: note };
  return redact(evidence).evidence.text ?? '';
}

function tooLate({ id, directory, name }: PlannedFile['request'], now: Date): Evidence {
  const reason = 'the time allowed was over, or the collecting was stopped';
  return { ...nothing(id, `${directory}/${name}`, now), status: 'timed-out', reason };
}

function stayedOut({ id, origin, reason }: LeftOutFile, now: Date): Evidence {
  return { ...nothing(id, origin, now), status: 'failed', reason };
}

function nothing(id: string, origin: string, now: Date): Omit<Evidence, 'status'> {
  return { id, origin, startedAt: now.toISOString(), durationMs: 0, bytes: 0 };
}

function manifestOf(
  options: BuildOptions,
  { collected }: ReportEvidence,
  assembler: Assembler,
  createdAt: Date,
  complete: boolean,
): Manifest {
  const { version, hostname, request, target } = options;
  return {
    schema: 'crdoctor.manifest/1',
    crdoctor: version,
    createdAt: createdAt.toISOString(),
    ...(collected.engine !== undefined && { engine: collected.engine }),
    ...(request.instance !== undefined && { instance: request.instance }),
    ...(hostname !== '' && { hostname }),
    ...(target !== undefined && { target: recordedTarget(target, assembler, (text) => redactNote(text, options)) }),
    complete,
    artifacts: assembler.artifacts(),
  };
}

function summaryOf(
  manifest: Manifest,
  assembler: Assembler,
  notes: readonly string[],
  assessment: Assessment | undefined,
  triage: Triage | undefined,
): ReportSummary {
  const command = assembler.textOf('action.command')?.trimEnd();
  const output = assembler.textOf('action.output');
  const action = {
    ...(command !== undefined && { command }),
    ...(output !== undefined && { output }),
  };
  return {
    manifest,
    ...(assessment !== undefined && { assessment }),
    ...(triage !== undefined && { triage }),
    ...(Object.keys(action).length > 0 && { action }),
    notes,
    textOf: (id, side) => assembler.textOf(id, side),
  };
}
