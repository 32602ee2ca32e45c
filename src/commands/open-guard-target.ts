/** Opens the host that a guarded move goes to; the connection stays open until the guard has ended. */

import type { Action } from '../engines/action.js';
import { UserError } from '../errors.js';
import type { Invocation } from './invocation.js';
import { openTarget, type OpenTarget } from './open-target.js';
import { readPlace } from './where-option.js';

/**
 * `to`: where the user says that it can be looked at, else at the address of the remote. Undefined: it is no move.
 * @throws {UserError} something else than a move has no target
 */
export async function openGuardTarget(
  { target, engine, instance }: Action,
  to: string | undefined,
  invocation: Invocation,
): Promise<OpenTarget | undefined> {
  if (target === undefined) {
    if (to === undefined) return undefined;
    throw new UserError(`--to goes with a move; nothing of ${instance} goes anywhere`);
  }
  const { signal } = invocation;
  const options = { invocation, signal, engine };
  const remote = { kind: 'remote', name: target.remote } as const;
  if (to === undefined) return openTarget(remote, options);
  const place = readPlace('--to', to);
  const opened = await openTarget(place, options);
  // Whether the server answers is for its API to say, wherever else its host can be looked at.
  const { askServer } = await import('./open-remote.js');
  return place.kind === 'remote' ? opened : { ...opened, told: await askServer(target.remote, options) };
}
