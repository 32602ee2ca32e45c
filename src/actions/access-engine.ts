/** Finds the engine of an action on this host, as it was installed. */

import { engines } from '../engines/index.js';
import type { Action } from '../engines/action.js';
import type { EngineGuard } from '../engines/engine.js';
import { UserError } from '../errors.js';
import { chooseCandidates } from '../evidence/resolve.js';
import { scoutHost } from '../evidence/scout.js';
import type { Source } from '../source/source.js';
import type { GuardedInstance } from './observe.js';

export interface EngineAccess {
  readonly guarded: GuardedInstance;
  readonly guard: EngineGuard;
}

/** @throws {UserError} the engine is not here, cannot be guarded, or could never have an instance of that name */
export async function accessEngine(
  source: Source,
  { engine: name, instance, project, usualProject }: Action,
): Promise<EngineAccess> {
  const scout = await scoutHost(source);
  chooseCandidates(scout, name);
  const engine = engines[name].inProject?.(project, usualProject !== undefined) ?? engines[name];
  const reason = engine.refuseName(instance);
  if (reason !== undefined) throw new UserError(`${instance} cannot be the name of an instance: ${reason}`);
  if (engine.guard === undefined) throw new UserError(`commands of ${engine.title} cannot be guarded`);
  return { guarded: { engine, packaging: scout.packagingOf(name), name: instance }, guard: engine.guard };
}
