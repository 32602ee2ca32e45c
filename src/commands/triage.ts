/** `crdoctor triage`: finds the cause of a failure in its logs. */

import { exitStatus, UserError, type ExitStatus } from '../errors.js';
import type { Triage } from '../findings/finding.js';
import type { TriagedInput, UnreadInput } from '../findings/group.js';
import { watchedWords } from '../findings/diagnose.js';
import type { LogInput } from '../source/log-files.js';
import { placeOf } from '../source/report-form.js';
import { createSpool, type Spool } from '../source/spool.js';
import type { Invocation } from './invocation.js';
import { deadlineOf, progressOf } from './output-options.js';
import { openRules } from './rule-set.js';
import { openFailure, type FailureDesk, type OpenedFailure } from './triage-failure.js';
import { asWritten } from './prepared-argv.js';
import {
  noteMixture,
  pathsOf,
  planTriage,
  type PlannedFailure,
  type TriageArguments,
  type TriagePlan,
} from './triage-options.js';
import { renderGroups, renderTriage } from './triage-output.js';
import { watchLog } from './watched-log.js';

/** Time to remove what was copied, when somebody interrupts. */
const spoolGraceMs = 2000;

/**
 * Reads the logs and names the cause. Status 0 when a cause was found or nothing failed, 5 for a
 * failure that stays unexplained; of several failures the worst, 2 when one could not be read.
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
  const paths = pathsOf(parsed);
  const forms = await Promise.all(paths.map(async (path) => (path === '-' ? undefined : placeOf(path))));
  const plan = planTriage(paths, forms, parsed);
  const signal = deadlineOf(parsed, invocation);
  const onProgress = progressOf(parsed, invocation);
  const rules = await openRules(parsed, invocation);
  const watch = (input: LogInput): LogInput => watchLog(input, { signal, onProgress, now: invocation.now });
  const { env } = invocation;
  const log = { words: watchedWords(rules), watch, spool, env, signal, isTraced: parsed.against !== undefined };
  const desk: FailureDesk = { rules, invocation, log };
  return plan.isGrouped ? await triageMany(plan, parsed, desk) : await triageOne(plan, parsed, desk);
}

async function triageOne({ failures }: TriagePlan, parsed: TriageArguments, desk: FailureDesk): Promise<ExitStatus> {
  const { against } = parsed;
  const { invocation } = desk;
  // All are opened before any is read: one may be a pipe that somebody types into.
  const bad = await openFailure(failures[0]?.paths ?? [], desk);
  const good = against === undefined ? undefined : await openFailure([asWritten(against)], desk);
  const judged = await bad();
  let triage = noteMixture(judged.triage, failures[0]?.paths ?? [], parsed);
  if (good !== undefined && against !== undefined) {
    const { compareWith } = await import('./triage-against.js');
    triage = compareWith({ ...judged, triage }, await good(), {
      bad: failures[0]?.input ?? '',
      good: asWritten(against),
    });
  }
  invocation.signal.throwIfAborted();
  invocation.stdout.write(await renderTriage(triage, parsed, invocation));
  return statusOf(triage);
}

/** One input that cannot be read does not hide the others. */
async function triageMany({ failures }: TriagePlan, parsed: TriageArguments, desk: FailureDesk): Promise<ExitStatus> {
  const { groupTriages } = await import('../findings/group.js');
  const opened = await Promise.all(
    failures.map(async (failure) => settle(failure, () => openFailure(failure.paths, desk))),
  );
  const inputs: TriagedInput[] = [];
  const unread: UnreadInput[] = [];
  for (const [at, failure] of failures.entries()) {
    const open = opened[at];
    const read = open?.value === undefined ? undefined : await settle(failure, readFrom(open.value));
    desk.invocation.signal.throwIfAborted();
    const problem = open?.problem ?? read?.problem;
    if (problem !== undefined) unread.push({ input: failure.input, problem });
    else if (read?.value !== undefined) inputs.push({ input: failure.input, triage: read.value });
  }
  const [first] = unread;
  if (inputs.length === 0 && first !== undefined) throw new UserError(first.problem);
  desk.invocation.stdout.write(await renderGroups(groupTriages(inputs, unread), parsed, desk.invocation));
  if (unread.length > 0) return exitStatus.usage;
  return inputs.some(({ triage }) => statusOf(triage) !== exitStatus.ok) ? exitStatus.unknown : exitStatus.ok;
}

/** Its logs are let go as soon as they are judged: there may be many. */
function readFrom(open: OpenedFailure): () => Promise<Triage> {
  return async () => (await open()).triage;
}

interface Settled<Value> {
  readonly value?: Value;
  readonly problem?: string;
}

async function settle<Value>({ input }: PlannedFailure, work: () => Promise<Value>): Promise<Settled<Value>> {
  try {
    return { value: await work() };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { problem: error.message.startsWith(input) ? error.message : `${input}: ${error.message}` };
  }
}

function statusOf({ result }: Triage): ExitStatus {
  return result === 'unexplained' ? exitStatus.unknown : exitStatus.ok;
}
