/** The check of a guarded command: for exactly this action, and what of it may be overridden. */

import type { Action } from '../engines/action.js';
import { exitStatus, UserError } from '../errors.js';
import { collect } from '../evidence/collect.js';
import { collectPair } from '../evidence/collect-target.js';
import { collectStopped } from '../evidence/collect-stopped.js';
import type { TargetState } from '../actions/guard-record.js';
import type { Look } from '../actions/observe.js';
import type { Assessment, Finding } from '../findings/finding.js';
import type { Operation } from '../rules/cause.js';
import type { RuleSet } from '../rules/load.js';
import type { Source } from '../source/source.js';
import { containerWish } from './container-wish.js';
import type { OpenTarget } from './open-target.js';
import { prepareJudge, type Judged } from './judging.js';

/** Undefined: the action neither saves nor restores a state. */
export async function checkAction(
  source: Source,
  action: Action,
  { observation, instance }: Look,
  rules: RuleSet,
  target: OpenTarget | undefined,
): Promise<Judged | undefined> {
  const operation = operationOf(action, observation.isStateful === true);
  if (operation === undefined || instance === undefined) return undefined;
  const { engine, instance: name, project } = action;
  const request = { engine, instance: name, project };
  const isRunning = observation.status === 'running' || observation.status === 'frozen';
  const judge = prepareJudge(
    rules.causes,
    containerWish({ engine, instance: name, operation, nameThere: action.target?.instance }),
  );
  if (target !== undefined) {
    const ends = await collectPair(source, target.source, request, target.told);
    return judge(ends.source, source.where, ends.target);
  }
  const collected = isRunning ? await collect(source, request) : await collectStopped(source, engine, name, project);
  return judge(collected, source.where);
}

function operationOf({ kind, wantsState }: Action, isStateful: boolean): Operation | undefined {
  if (!wantsState) return undefined;
  if (kind === 'start') return isStateful ? 'restore' : undefined;
  return kind;
}

/** Blockers that were not forced, worst first. */
export function openBlockers({ findings }: Assessment, forced: readonly string[]): readonly Finding[] {
  return findings.filter(
    ({ cause, outcome, severity }) => outcome === 'fires' && severity === 'blocker' && !forced.includes(cause),
  );
}

/** A dump or a restore of what does not run, or runs already, never works. @throws {UserError} */
export function requireFitting({ kind, instance }: Action, { observation, instance: found }: Look): void {
  const { status, gaps } = observation;
  if (status === undefined) {
    throw new UserError(gaps[0] ?? 'the engine could not be asked', { exitStatus: exitStatus.refused });
  }
  if (status === 'missing') throw refused(`there is no instance ${instance}`);
  if (found?.type !== undefined && found.type !== 'container') {
    throw refused(`${instance} is a ${found.type}; guard is for containers`);
  }
  if ((kind === 'stop' || kind === 'snapshot' || kind === 'move') && status !== 'running') {
    throw refused(`${instance} is ${status}: there is no running state to save`);
  }
  if (kind === 'start' && status === 'frozen') throw refused(`${instance} is frozen: a start only thaws it`);
  if (kind === 'start' && status === 'running') throw refused(`${instance} runs already`);
}

/** @throws {UserError} the other server cannot be asked, or has an instance of that name */
export function requireFreeTarget({ status, reason }: TargetState, { target }: Action): void {
  if (target === undefined || status === 'missing') return;
  const { remote, instance } = target;
  throw status === undefined
    ? refused(`nothing was run: ${remote}: ${reason ?? 'it does not answer'}`)
    : refused(
        `nothing was run: ${remote} has an instance ${instance} already`,
        'Look at it there: delete it if an earlier try left it, or rename it while it is stopped',
      );
}

function refused(message: string, hint?: string): UserError {
  return new UserError(message, { exitStatus: exitStatus.refused, ...(hint !== undefined && { hint }) });
}
