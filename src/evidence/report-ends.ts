/** What a report needs because there may be another host: an end that has no such instance, and what ends are compared by. */

import type { Engine } from '../engines/engine.js';
import { UserError } from '../errors.js';
import type { Evidence, Source } from '../source/source.js';
import type { ReportRequest } from './collect-report.js';
import { chooseEngine } from './collect-target.js';
import { gatherShared } from './gather-pair.js';
import { locateInstance, type LocatedInstance } from './resolve.js';
import type { Scout } from './scout.js';

/**
 * As {@link locateInstance}; where it may be missing, its engine with the reason instead of an error.
 * @throws UserError as {@link locateInstance}, where it may not be missing
 */
export async function locateForReport(
  source: Source,
  scout: Scout,
  name: string,
  request: ReportRequest,
): Promise<LocatedInstance | undefined> {
  try {
    return await locateInstance(source, scout, name, request);
  } catch (error) {
    if (request.mayBeMissing !== true || !(error instanceof UserError)) throw error;
    const engine = chooseEngine(scout, request.engine);
    if (engine === undefined || engine.refuseName(name) !== undefined) return undefined;
    const answers = await source.gather([
      ...engine.instanceRequests(name),
      ...(engine.serverRequest === undefined ? [] : [engine.serverRequest]),
    ]);
    const isServer = ({ id }: Evidence): boolean => id === engine.serverRequest?.id;
    const evidence = answers.filter((each) => !isServer(each));
    // Of a host that does not answer it is not known whether it has the engine.
    const reason = scout.unread ?? error.message;
    return { engine, instance: undefined, reason, server: answers.find(isServer), evidence };
  }
}

/** What this host is compared by with the other end of a move, which may be looked at elsewhere and later. */
export async function gatherForOthers(
  source: Source,
  { evidence: host }: Scout,
  engine: Engine | undefined,
  { mayBeMissing = false, isOneOfTwo = false }: ReportRequest,
): Promise<readonly Evidence[]> {
  // A target is asked for it together with what the instance needs there.
  const ofEngine = mayBeMissing ? [] : (engine?.targetRequests ?? []);
  const [shared, more] = await Promise.all([
    gatherShared(source, host, engine?.name, isOneOfTwo),
    source.gather(ofEngine),
  ]);
  return [...shared, ...more];
}
