/** Which evidence a fact is made from, looked up in the vocabulary. */

import type { Fact } from './fact.js';
import { factSchema } from './schema.js';
import type { EvidenceId } from '../source/source.js';

/**
 * Evidence behind a fact path such as `host.kernel.release`. A path that ends in the middle of the
 * vocabulary stands for all that is below it; one that goes on behind a leaf (`…config.get`) for the leaf.
 */
export function evidenceOf(path: string): readonly EvidenceId[] {
  let fact: Fact = factSchema;
  for (const name of path.split('.')) {
    if (fact.kind !== 'record') break;
    const next: Fact | undefined = fact.fields[name];
    if (next === undefined) return [];
    fact = next;
  }
  return below(fact);
}

function below(fact: Fact): readonly EvidenceId[] {
  if (fact.kind !== 'record') return fact.evidence;
  return [...new Set(Object.values(fact.fields).flatMap(below))];
}
