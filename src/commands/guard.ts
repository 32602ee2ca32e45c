/** `crdoctor guard`: runs a command that saves or restores a state so that nothing is lost and nothing is believed. */

import { chooseStateDirectory, forgetGuard, listGuards, openStore, type GuardStore } from '../actions/guard-store.js';
import { isUnfinished, lastStep, type GuardRecord } from '../actions/guard-record.js';
import { stateCopyOf } from '../actions/find-ways-out.js';
import { quoteCommand } from '../actions/quote-command.js';
import { exitStatus, UserError } from '../errors.js';
import { renderGuardList } from '../render/guard-text.js';
import { readGuardTask, type GuardArguments } from './guard-options.js';
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
  const open = (): Promise<GuardStore> => openStore(chooseStateDirectory(env, uid, cwd), uid);
  switch (task.kind) {
    case 'list':
      return list(await open(), invocation);
    case 'forget':
      return forget(task.id, await open());
    case 'resume': {
      const { resumeGuard } = await import('./guard-course.js');
      return resumeGuard(task.id, task.recover, await open(), parsed, invocation);
    }
    case 'run':
    default: {
      const { guardCommand } = await import('./guard-course.js');
      return guardCommand(task, open, parsed, invocation);
    }
  }
}

/** One guard, or with `done` all whose command did what it is for. */
async function forget(id: string, store: GuardStore): Promise<number> {
  const isMeant = (record: GuardRecord): boolean => record.verification?.outcome === 'done' && !isUnfinished(record);
  const ids = id === 'done' ? (await listGuards(store)).filter(isMeant).map((record) => record.id) : [id];
  for (const each of ids) await forgetGuard(store, each);
  return exitStatus.ok;
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
  const { verification, recovery } = record;
  if (isUnfinished(record)) return `unfinished (${lastStep(record)}), --resume goes on`;
  if (verification === undefined) return 'not run';
  return recovery?.worked === true ? `${verification.outcome}, then ${recovery.kind}: worked` : verification.outcome;
}
