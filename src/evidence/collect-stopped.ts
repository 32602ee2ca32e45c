/** Collects what a check can look at where the instance does not run: all but its processes and mounts. */

import type { ObservableEngine } from '../engines/engine.js';
import { UserError } from '../errors.js';
import { parseServer } from '../parse/server-json.js';
import type { Source } from '../source/source.js';
import { placeRequests } from './catalogue.js';
import { gatherHost, type Collected } from './collect.js';
import { locateInstance } from './resolve.js';
import { scoutHost } from './scout.js';

/**
 * Evidence about the host and about an instance as its engine describes it.
 * @throws UserError as {@link locateInstance}, and when the engine cannot be asked
 */
export async function collectStopped(
  source: Source,
  engineName: ObservableEngine,
  name: string,
  project: string,
): Promise<Collected> {
  const scout = await scoutHost(source);
  const [located, host] = await Promise.all([
    locateInstance(source, scout, name, { engine: engineName, project }),
    gatherHost(source, scout, engineName, undefined),
  ]);
  const { engine, instance, server, evidence, reason } = located;
  if (instance === undefined) throw new UserError(reason ?? `${engine.title} could not be asked`);
  const packaging = scout.packagingOf(engine.name);
  const daemonPid = packaging === 'snap' ? parseServer(server?.text ?? '')?.pid : undefined;
  const places = await source.gather(placeRequests(engine.findPlaces(instance, packaging), daemonPid));
  return {
    engine: engine.name,
    instance: { name: instance.name, status: instance.status, pid: undefined },
    host: server === undefined ? host : [...host, server],
    ofInstance: [...evidence, ...places],
  };
}
