/** `crdoctor guard`: runs a command that saves or restores a state so that nothing is lost and nothing is believed. */

import { chooseStateDirectory, forgetGuard, listGuards, openStore, type GuardStore } from '../actions/guard-store.js';
import { isUnfinished, lastStep, type GuardRecord } from '../actions/guard-record.js';
import { quoteCommand, stateCopyOf } from '../actions/find-ways-out.js';
import { exitStatus, UserError } from '../errors.js';
import { renderGuardList } from '../render/guard-text.js';
import { readGuardTask, type GuardArguments, type GuardTask } from './guard-options.js';
import type { Invocation } from './invocation.js';

/**
 * Does what was asked for. The status is that of the guarded command; 123 when that was 0 and verification says no;
 * 125 when nothing was run.
 * @throws {UserError} with status 125 for everything that happens before the command runs
 */
export async function runGuard(parsed: GuardArguments, invocation: Invocation): Promise<number> {
  const isCommand = invocation.argv.includes('--');
  return isCommand ? refuseWith125(() => startTask(parsed, invocation)) : startTask(parsed, invocation);
}

/** Whatever goes wrong before the command runs must not look like a status of the command. */
async function refuseWith125(task: () => Promise<number>): Promise<number> {
  try {
    return await task();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(error.message, {
      exitStatus: exitStatus.refused,
      ...(error.hint !== undefined && { hint: error.hint }),
    });
  }
}

async function startTask(parsed: GuardArguments, invocation: Invocation): Promise<number> {
  const task = readGuardTask(parsed, invocation);
  const { env, uid, cwd } = invocation;
  const store = await openStore(chooseStateDirectory(env, uid, cwd), uid);
  switch (task.kind) {
    case 'list':
      return list(store, invocation);
    case 'forget':
      await forgetGuard(store, task.id);
      return exitStatus.ok;
    default:
      return work(task, store, parsed, invocation);
  }
}

async function work(
  task: Extract<GuardTask, { kind: 'run' | 'resume' }>,
  store: GuardStore,
  parsed: GuardArguments,
  invocation: Invocation,
): Promise<number> {
  const { guardCommand, resumeGuard } = await import('./guard-course.js');
  return task.kind === 'run'
    ? guardCommand(task.command, task.wish, store, parsed, invocation)
    : resumeGuard(task.id, task.recover, store, parsed, invocation);
}

async function list(store: GuardStore, { stdout }: Invocation): Promise<number> {
  const records = await listGuards(store);
  const listed = records.map((record) => ({
    id: record.id,
    command: quoteCommand(record.command),
    state: stateOf(record),
    copyBytes: stateCopyOf(record)?.bytes,
  }));
  stdout.write(renderGuardList(listed));
  return exitStatus.ok;
}

function stateOf(record: GuardRecord): string {
  const { verification } = record;
  if (isUnfinished(record)) return `unfinished (${lastStep(record)}), --resume goes on`;
  return verification === undefined ? 'not run' : verification.outcome;
}
