/** Asks a host what is compared with the other end of a move. */

import { findCriu, findPackaging } from '../engines/packaging.js';
import type { ObservableEngine } from '../engines/engine.js';
import { engines } from '../engines/index.js';
import type { Evidence, Source } from '../source/source.js';
import type { Collected } from './collect.js';
import { clockRequest, pairRequests } from './pair-catalogue.js';
import { readInstalled } from './scout.js';
import { targetRequests } from './target-requests.js';

/**
 * What both ends are asked. `host`: what was collected of this one, which tells where its CRIU is. `hasClock`: both
 * are asked now, so that their clocks can be compared.
 */
export async function gatherShared(
  source: Source,
  host: readonly Evidence[],
  engine: ObservableEngine | undefined,
  hasClock = true,
): Promise<readonly Evidence[]> {
  const requests = pairRequests(findCriu(engine, readInstalled(host)));
  return await source.gather(hasClock ? [...requests, clockRequest] : requests);
}

/** What the target alone is asked: what its engine has, and what the instance needs there. */
export async function gatherForInstance(
  target: Source,
  host: readonly Evidence[],
  { engine: name, instance, ofInstance }: Collected,
): Promise<readonly Evidence[]> {
  if (name === undefined) return [];
  const engine = engines[name];
  const packaging = findPackaging(name, readInstalled(host));
  const ofIt = instance === undefined ? [] : targetRequests(engine, ofInstance, packaging);
  return await target.gather([...engine.targetRequests, ...ofIt]);
}

/** Whose addresses an instance may collide with on the target; never for a report. */
export async function gatherNeighbours(target: Source, { engine }: Collected): Promise<readonly Evidence[]> {
  const request = engine === undefined ? undefined : engines[engine].neighboursRequest;
  return request === undefined ? [] : await target.gather([request]);
}
