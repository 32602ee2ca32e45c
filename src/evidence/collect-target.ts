/** Asks both ends of a move for everything a check needs, at the same time. */

import type { Engine, ObservableEngine } from '../engines/engine.js';
import { engines, findEngine } from '../engines/index.js';
import type { Evidence, Source } from '../source/source.js';
import { collect, gatherHost, rejudgeCriu, type Collected, type CollectRequest } from './collect.js';
import { gatherForInstance, gatherNeighbours, gatherShared } from './gather-pair.js';
import { scoutHost, type Scout } from './scout.js';

/** The host that an instance is to go to. */
export interface CollectedTarget {
  /** As the user named it. */
  readonly where: string;
  readonly evidence: readonly Evidence[];
}

export interface CollectedPair {
  readonly source: Collected;
  readonly target: CollectedTarget;
}

/**
 * Collects from both hosts side by side. `told`: what is known about the target besides. Never fails for the target:
 * what cannot be had of it is evidence that says so.
 * @throws UserError as {@link collect}, for the source alone
 */
export async function collectPair(
  source: Source,
  target: Source,
  request: CollectRequest,
  told: readonly Evidence[] = [],
): Promise<CollectedPair> {
  const [ofSource, shared, first] = await Promise.all([
    collect(source, request),
    lookAtShared(source, request.engine),
    lookAtTarget(target, request.engine),
  ]);
  const ofTarget = await complete(target, first, ofSource);
  const [forInstance, neighbours] = await Promise.all([
    gatherForInstance(target, ofTarget, ofSource),
    gatherNeighbours(target, ofSource),
  ]);
  return {
    source: { ...ofSource, host: [...ofSource.host, ...shared] },
    target: { where: target.where, evidence: [...ofTarget, ...forInstance, ...neighbours, ...told] },
  };
}

/** What a host is compared by, at the same time as all else: it takes no more than knowing where its CRIU is. */
async function lookAtShared(source: Source, engineName: string | undefined): Promise<readonly Evidence[]> {
  const scout = await scoutHost(source);
  return await gatherShared(source, scout.evidence, chooseEngine(scout, engineName)?.name);
}

/** What was found out about a target before it was known what is to go there. */
interface FirstLook {
  readonly scout: Scout;
  readonly engine: ObservableEngine | undefined;
  readonly evidence: readonly Evidence[];
}

async function lookAtTarget(target: Source, engineName: string | undefined): Promise<FirstLook> {
  const scout = await scoutHost(target);
  const engine = chooseEngine(scout, engineName);
  const [host, shared] = await Promise.all([
    gatherHost(target, scout, engine?.name, engine?.serverRequest),
    gatherShared(target, scout.evidence, engine?.name),
  ]);
  return { scout, engine: engine?.name, evidence: [...host, ...shared] };
}

/** That a target lacks the engine is a finding and no error. */
export function chooseEngine({ present }: Scout, engineName: string | undefined): Engine | undefined {
  if (engineName !== undefined) return findEngine(engineName);
  return present.length === 1 ? present[0] : undefined;
}

/** Once it is known which engine the instance is of. */
async function complete(
  target: Source,
  { scout, engine, evidence }: FirstLook,
  source: Collected,
): Promise<readonly Evidence[]> {
  const wanted = source.engine;
  if (wanted === undefined || wanted === engine) return evidence;
  const server = engines[wanted].serverRequest;
  const rejudged = await rejudgeCriu(target, scout, evidence, engine, wanted);
  const others = rejudged.filter(({ id }) => id !== server?.id);
  return server === undefined ? rejudged : [...others, ...(await target.gather([server]))];
}
