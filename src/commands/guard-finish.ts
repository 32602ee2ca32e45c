/** The second half of a guarded command: verify, capture, diagnose, recover, tell. */

import { constants } from 'node:os';
import { dirname, join } from 'node:path';

import { gatherAftermath } from '../actions/gather-aftermath.js';
import { gatherWatched, readDisplayed } from '../actions/gather-watched.js';
import { writeNew } from '../actions/durable-file.js';
import type { GuardRecord } from '../actions/guard-record.js';
import { findMoveState } from '../actions/judge-move.js';
import { dropKeptLogs, readKeptLogs } from '../actions/keep-logs.js';
import { recover } from '../actions/recover.js';
import { verify } from '../actions/verify.js';
import { findWaysOut, stateCopyOf } from '../actions/find-ways-out.js';
import { exitStatus } from '../errors.js';
import { markPredicted } from '../findings/predicted.js';
import type { Triage } from '../findings/finding.js';
import { renderGuardJson } from '../render/guard-json.js';
import { renderGuardStory } from '../render/guard-text.js';
import { outputPath } from '../report/output-file.js';
import type { GuardContext } from './guard-context.js';
import { watchOver } from './guard-watch.js';
import { writeReport } from './write-report.js';

/** How long a capture may go on once the user wants crdoctor to end; what it captures may be gone soon. */
const captureGraceMs = 60_000;

/** Judges, captures and tells; gives the exit status. */
export async function finishGuard(context: GuardContext): Promise<number> {
  const { guard, access, source, rules, invocation } = context;
  invocation.onForcedEnd(() => Promise.resolve(), captureGraceMs);
  await guard.begin('verify');
  const { guarded } = access;
  const there = context.target?.isRecorded === true ? undefined : context.target?.source;
  const options = { source, guarded, residues: rules.residues, env: invocation.env, there };
  const verification = verify(guard.record(), await gatherAftermath(guard.record(), options));
  await guard.note({ verification });
  if (isFailure(guard.record())) await capture(context);
  else await dropKeptLogs(guard.directory);
  await guard.note({ waysOut: findWaysOut(guard.record(), access.guard) });
  tellStory(context);
  const { wish } = guard.record();
  if (wish.recover !== undefined && isFailure(guard.record())) await mend(context);
  await guard.begin('end');
  await writeStatus(context);
  tellReport(context);
  return statusOf(guard.record());
}

/** Mends what a finished guard has left; status 0 when that worked. */
export async function recoverLater(context: GuardContext): Promise<number> {
  const worked = await mend(context);
  await context.guard.begin('end');
  return worked ? exitStatus.ok : exitStatus.internal;
}

/** It did not do what it is for, whatever it says: LXD ends every good move with status 1. */
function isFailure({ verification }: GuardRecord): boolean {
  return verification?.outcome !== 'done';
}

/** Never an error: the command has run, and its outcome is told with or without a report. */
async function capture(context: GuardContext): Promise<void> {
  const { guard, voice, invocation, source } = context;
  await guard.begin('capture');
  voice.tell('writing a report of the failure');
  const { wish, action, cwd, id } = guard.record();
  const now = invocation.now();
  const wanted = outputPath({ cwd, given: wish.output, subject: action.instance, now });
  const watched = await gatherWatched(source, guard.record());
  const keptLogs = await readKeptLogs(guard.directory);
  const output = await readDisplayed(guard.directory);
  for (const path of [wanted, join(guard.directory, `${id}.tar.gz`)]) {
    try {
      const triage = await writeReport({ path, record: guard.record(), watched, keptLogs, output, context });
      await guard.note({ report: path, ...(triage && { diagnosis: comparedWith(guard.record(), triage) }) });
      return;
    } catch (error) {
      voice.tell(`no report in ${dirname(path)}: ${error instanceof Error ? error.message : 'it cannot be written'}`);
    }
  }
}

/** Whether the check before had named the causes. */
function comparedWith({ prediction }: GuardRecord, triage: Triage): Triage {
  if (prediction !== undefined) return markPredicted(triage, prediction);
  return { ...triage, diagnoses: triage.diagnoses.map((each) => ({ ...each, predicted: false })) };
}

async function mend(context: GuardContext): Promise<boolean> {
  const { guard, access, source, rules, invocation, voice } = context;
  const record = guard.record();
  const kind = record.wish.recover ?? 'clean';
  await guard.begin('recover');
  const recovery = await recover(record, kind, {
    source,
    guarded: access.guarded,
    guard: access.guard,
    residues: rules.residues,
    directory: guard.directory,
    env: invocation.env,
    signal: invocation.signal,
    watchOver: (directory) => watchOver(context, directory),
    stdout: (text) => invocation.stderr.write(text),
    stderr: (text) => invocation.stderr.write(text),
  });
  await guard.note({ recovery });
  for (const line of recovery.lines) voice.tell(`${kind}: ${line}`);
  return recovery.worked;
}

function tellStory({ guard, voice }: GuardContext): void {
  const { action, ending, verification, diagnosis, waysOut } = guard.record();
  if (verification === undefined) return;
  voice.show(
    renderGuardStory(
      {
        instance: action.instance,
        kind: action.kind,
        ending: ending ?? {},
        outcome: verification.outcome,
        checks: verification.checks,
        diagnosis,
        waysOut: waysOut ?? [],
        copy: stateCopyOf(guard.record())?.to,
      },
      voice.columns,
    ),
  );
}

/** The path is the last thing on the screen. */
function tellReport({ guard, voice }: GuardContext): void {
  const { report } = guard.record();
  if (report !== undefined) voice.tell(`everything that a bug report needs is in ${report}`);
}

async function writeStatus({ guard, voice }: GuardContext): Promise<void> {
  const record = guard.record();
  const { wish, verification, prediction, ending } = record;
  if (wish.statusFile === undefined || verification === undefined) return;
  const text = renderGuardJson({
    id: record.id,
    command: record.command,
    action: record.action,
    exitStatus: ending?.exitStatus,
    signal: ending?.signal,
    outcome: verification.outcome,
    checks: verification.checks,
    move:
      record.action.kind === 'move'
        ? { state: findMoveState(verification.after, verification.target), there: verification.target?.status }
        : undefined,
    verdict: prediction?.verdict,
    forced: wish.force,
    causes: record.diagnosis?.diagnoses ?? [],
    copy: stateCopyOf(record)?.to,
    report: record.report,
    recovery: record.recovery,
  });
  try {
    await writeNew(wish.statusFile, text);
  } catch (error) {
    voice.tell(`${wish.statusFile} cannot be written: ${error instanceof Error ? error.message : 'error'}`);
  }
}

/** That of the command, unless it was 0 and does not hold. */
function statusOf({ ending, verification }: GuardRecord): number {
  const isDone = verification?.outcome === 'done';
  if (ending?.signal !== undefined) return 128 + (signalNumbers[ending.signal] ?? 0);
  if (ending?.exitStatus === undefined) return isDone ? exitStatus.internal : exitStatus.unverified;
  if (ending.exitStatus !== 0) return ending.exitStatus;
  return isDone ? exitStatus.ok : exitStatus.unverified;
}

const signalNumbers: Readonly<Record<string, number>> = constants.signals;
