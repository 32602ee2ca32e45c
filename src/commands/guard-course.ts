/** The course of a guarded command up to its end, step by step; each is written down before it begins. */

import { readClientSettings } from '../actions/client-settings.js';
import { accessEngine } from '../actions/access-engine.js';
import { isUnfinished, type RecoveryWish } from '../actions/guard-record.js';
import { createGuard, discardGuard, lockInstance, reopenGuard, type GuardStore } from '../actions/guard-store.js';
import { markProcess } from '../actions/live-process.js';
import { refuseExisting } from '../actions/refuse-existing.js';
import type { Action } from '../engines/action.js';
import { findClient, recognise } from '../engines/recognise.js';
import { UserError } from '../errors.js';
import { openLocal } from '../source/local.js';
import type { Source } from '../source/source.js';
import type { GuardContext } from './guard-context.js';
import { recoverLater } from './guard-finish.js';
import { prepareGuard } from './guard-prepare.js';
import type { GuardArguments, GuardTask } from './guard-options.js';
import { runToTheEnd, watchToTheEnd } from './guard-run.js';
import { voiceOf } from './guard-voice.js';
import type { Invocation } from './invocation.js';
import { progressOf } from './output-options.js';
import { openGuardTarget } from './open-guard-target.js';
import { openRules } from './rule-set.js';

/** Runs a command guarded; gives the exit status. @throws {UserError} it was not run */
export async function guardCommand(
  { command, wish }: Extract<GuardTask, { kind: 'run' }>,
  open: () => Promise<GuardStore>,
  parsed: GuardArguments,
  invocation: Invocation,
): Promise<number> {
  const action = await readAction(command, invocation.env);
  refuseExisting([wish.output, wish.statusFile]);
  const rules = await openRules(parsed, invocation);
  const source = openSource(parsed, invocation);
  const access = await accessEngine(source, action);
  const { now, version, cwd } = invocation;
  const store = await open();
  const owner = markProcess(process.pid);
  const first = { crdoctor: version, command, cwd, action, wish, ...(owner && { owner }) };
  const guard = await createGuard(store, { ...first, steps: [], warnings: [], insurances: [] }, now());
  const target = await openGuardTarget(action, wish.to, invocation);
  const context = { guard, store, access, source, target, rules, voice: voiceOf(invocation), parsed, invocation };
  try {
    const lock = await lockInstance(store, action, guard.record().id, false);
    try {
      await prepareGuard(context);
      return await runToTheEnd(context);
    } finally {
      await lock.release();
    }
  } finally {
    await target?.close();
    // What was never run has nothing to tell and nothing to bring back.
    if (!guard.record().steps.some(({ step }) => step === 'run')) {
      tellLeftSnapshot(context);
      await discardGuard(guard);
    }
  }
}

/** Nothing is deleted in the engine without being asked for. */
function tellLeftSnapshot({ guard, voice }: GuardContext): void {
  const { insurances, action } = guard.record();
  const kept = insurances.find((each) => each.kind === 'rootfs-snapshot');
  if (kept !== undefined) voice.tell(`the snapshot ${kept.snapshot} of ${action.instance} stays; nothing needs it`);
}

/** Finishes a guard that was cut short, or mends what one left. */
export async function resumeGuard(
  id: string,
  recover: RecoveryWish | undefined,
  store: GuardStore,
  parsed: GuardArguments,
  invocation: Invocation,
): Promise<number> {
  const guard = await reopenGuard(store, id);
  const record = guard.record();
  if (!record.steps.some(({ step }) => step === 'run')) {
    throw new UserError(`guard ${id} never ran its command: there is nothing to finish`, {
      hint: `crdoctor guard --forget ${id} removes it`,
    });
  }
  const voice = voiceOf(invocation);
  if (!isUnfinished(record) && recover === undefined) {
    throw new UserError(`guard ${id} is finished`, {
      hint: `crdoctor guard --resume ${id} --recover retry|fresh|clean`,
    });
  }
  const rules = await openRules(parsed, invocation);
  const source = openSource(parsed, invocation);
  const access = await accessEngine(source, record.action);
  const target = await openGuardTarget(record.action, record.wish.to, invocation);
  const context = { guard, store, access, source, target, rules, voice, parsed, invocation };
  const lock = await lockInstance(store, record.action, id, true);
  try {
    const owner = markProcess(process.pid);
    await guard.note({ ...(owner && { owner }), ...(recover && { wish: { ...record.wish, recover } }) });
    return isUnfinished(record) ? await watchToTheEnd(context) : await recoverLater(context);
  } finally {
    await lock.release();
    await target?.close();
  }
}

/** Its own steps are what guard speaks of, so single commands are told only to those who ask for it. */
function openSource(parsed: GuardArguments, invocation: Invocation): Source {
  const { signal, env, now } = invocation;
  const progress = parsed.progress === 'auto' ? 'off' : parsed.progress;
  return openLocal({
    signal,
    env,
    now,
    onProgress: progressOf({ progress, timeout: undefined, rules: undefined }, invocation),
  });
}

/** @throws {UserError} it is no command that guard knows */
async function readAction(command: readonly string[], env: Invocation['env']): Promise<Action> {
  const client = findClient(command[0] ?? '');
  const settings =
    client === undefined ? { aliases: {}, defaultRemote: '', remotes: {} } : await readClientSettings(client, env);
  const recognition = recognise(command, settings);
  if (recognition.outcome === 'recognised') return recognition.action;
  throw new UserError(`nothing was run: ${recognition.reason}`, {
    hint: recognition.hint ?? 'Guard takes commands that save or restore the state of one container of this host',
  });
}
