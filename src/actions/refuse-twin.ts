/** Keeps a source from being let go while its copy runs on the target: there would be two of it. */

import type { Source } from '../source/source.js';
import type { GuardRecord } from './guard-record.js';
import { observeTarget } from './observe-target.js';
import type { GuardedInstance, Look } from './observe.js';

/** Why the processes that are held may not be let go; undefined = they may. */
export async function refuseTwin(
  { action }: GuardRecord,
  { observation }: Look,
  source: Source,
  { engine }: GuardedInstance,
): Promise<string | undefined> {
  const { target } = action;
  if (target === undefined || (observation.heldTasks ?? []).length === 0) return undefined;
  const { status, reason } = await observeTarget(source, engine, target);
  const there = `${target.remote}:${target.instance}`;
  if (status === undefined) return `it could not be told whether ${there} runs (${reason ?? 'no answer'})`;
  return status === 'running' ? `${there} runs: to let the one here go would make two of it` : undefined;
}
