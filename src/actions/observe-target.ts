/** Looks at the other end of a move, as far as the API of that server tells. */

import type { Engine } from '../engines/engine.js';
import type { MoveTarget } from '../engines/action.js';
import type { Source } from '../source/source.js';
import type { TargetState } from './guard-record.js';

/** Never throws for a server that does not answer: that is a reason. */
export async function observeTarget(source: Source, engine: Engine, target: MoveTarget): Promise<TargetState> {
  if (engine.guard === undefined) return { reason: `${engine.title} cannot be asked about other servers` };
  const [answer] = await source.gather([engine.guard.targetRequest(target.remote, target.instance)]);
  const read = engine.readInstance(new Map(answer === undefined ? [] : [['engine.instance', answer]]));
  if (read.outcome === 'found') return { status: read.instance.status };
  return read.outcome === 'missing' ? { status: 'missing' } : { reason: read.reason };
}
