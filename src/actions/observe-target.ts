/** Looks at the other end of a move: what the API of that server tells, and where that host can be reached, more. */

import type { Engine, InstanceAddress } from '../engines/engine.js';
import type { MoveTarget } from '../engines/action.js';
import { scoutHost } from '../evidence/scout.js';
import type { Source } from '../source/source.js';
import type { TargetState } from './guard-record.js';
import { lookAtProcesses } from './look-at-processes.js';

/** `there`: the host itself, when it can be reached. Never throws for a server that does not answer: that is a reason. */
export async function observeTarget(
  source: Source,
  engine: Engine,
  target: MoveTarget,
  there?: Source,
): Promise<TargetState> {
  if (engine.guard === undefined) return { reason: `${engine.title} cannot be asked about other servers` };
  const [answer] = await source.gather([engine.guard.targetRequest(target.remote, target.instance)]);
  const read = engine.readInstance(new Map(answer === undefined ? [] : [['engine.instance', answer]]));
  if (read.outcome === 'unreachable') return { reason: read.reason };
  const instance = read.outcome === 'found' ? read.instance : undefined;
  const status = instance?.status ?? 'missing';
  if (there === undefined) return { status };
  const address = instance ?? { name: target.instance, project: 'default', devices: {} };
  return { status, ...(await lookThere(there, engine, address, instance?.pid)) };
}

type SeenThere = Pick<TargetState, 'tasks' | 'heldTasks' | 'listening' | 'leftovers'>;

/** Its processes when it runs, and what lies there of it when it does not exist. */
async function lookThere(
  there: Source,
  engine: Engine,
  address: InstanceAddress,
  pid: number | undefined,
): Promise<SeenThere> {
  const scout = await scoutHost(there);
  const places = engine.findPlaces(address, scout.packagingOf(engine.name));
  if (pid === undefined) {
    const paths = [places.state?.replace(/\/state$/, ''), places.storage].filter((path) => path !== undefined);
    const listings = await there.gather(
      [...new Set(paths)].map((path, index) => ({ id: `target.left.${index}`, kind: 'listing', path })),
    );
    const isKnown = listings.every(({ status }) => status === 'ok' || status === 'absent');
    return isKnown ? { leftovers: listings.flatMap((each) => (each.status === 'ok' ? [each.origin] : [])) } : {};
  }
  const { tasks, heldTasks, listening } = await lookAtProcesses(there, pid, places);
  return { ...(tasks && { tasks }), ...(heldTasks && { heldTasks }), ...(listening && { listening }) };
}
