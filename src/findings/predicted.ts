/** Tells which diagnoses a check of the same host confirms. */

import type { Assessment, Triage } from './finding.js';

/**
 * The same triage, where `predicted` says that the cause fires in the check of the same host. Logs alone
 * can only say that there is a prediction for it.
 */
export function markPredicted(triage: Triage, { findings }: Assessment): Triage {
  const firing = new Set(findings.filter(({ outcome }) => outcome === 'fires').map(({ cause }) => cause));
  const diagnoses = triage.diagnoses.map((each) => ({ ...each, predicted: firing.has(each.cause) }));
  return { ...triage, diagnoses };
}
