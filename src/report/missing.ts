/** Says in a few lines what a report lacks. */

import { classicFirst } from '../render/classic-list.js';
import type { Artifact, Manifest } from '../source/manifest.js';
import type { EvidenceStatus } from '../source/source.js';

const maxNamed = 4;

/** What could not be had although it may be there; what does not exist is no news. Lines are not escaped. */
export function missingLines({ artifacts: all, complete, target }: Manifest, isRoot: boolean): readonly string[] {
  // Of a host that could not be looked at, nothing is named one by one.
  const artifacts = classicFirst(all.filter(({ side }) => side !== 'target' || target?.problem === undefined));
  const groups: readonly (readonly [EvidenceStatus, string])[] = [
    ['denied', 'not in the report for lack of permission'],
    ['timed-out', 'not, or not all of it, in the report because it took too long'],
    ['failed', 'not in the report'],
    ['truncated', 'cut to its end or beginning'],
  ];
  const lines = groups.flatMap(([status, words]) => {
    const those = artifacts.filter((artifact) => artifact.status === status && isLacking(artifact));
    return those.length === 0 ? [] : [`${words}: ${nameAll(those)}`];
  });
  const denied = artifacts.filter(({ status }) => status === 'denied');
  return [
    ...(complete ? [] : ['collecting was cut short; what is there was written']),
    ...lines,
    ...linesOfTarget(all, target),
    ...(isRoot || denied.length === 0 ? [] : [`with sudo the report would also hold ${nameIds(denied)}`]),
  ];
}

function linesOfTarget(artifacts: readonly Artifact[], target: Manifest['target']): readonly string[] {
  if (target?.problem === undefined) return [];
  const lacking = artifacts.filter(
    (each) => each.side === 'target' && each.status !== 'absent' && each.status !== 'ok',
  );
  return [`not in the report: ${lacking.length} items of the target ${target.where}`];
}

/** A program that failed and said why has answered. */
function isLacking({ status, path, bytes, stderr }: Artifact): boolean {
  if (status === 'truncated') return true;
  const hasAnswered = status === 'failed' && ((path !== undefined && bytes > 0) || stderr !== undefined);
  return !hasAnswered;
}

function nameAll(artifacts: readonly Artifact[]): string {
  const named = artifacts.slice(0, maxNamed).map(({ id, reason }) => (reason === undefined ? id : `${id} (${reason})`));
  return withRest(named, artifacts.length);
}

function nameIds(artifacts: readonly Artifact[]): string {
  return withRest(
    artifacts.slice(0, maxNamed).map(({ id }) => id),
    artifacts.length,
  );
}

function withRest(named: readonly string[], total: number): string {
  return total > named.length ? `${named.join(', ')} and ${total - named.length} more` : named.join(', ');
}
