/** Tells which diagnoses a check of the same host confirms, and believes those more. */

import type { Assessment, Diagnosis, Finding, Triage } from './finding.js';

/** What a line gains by a fact: more than the rank of two lines in a log tells, less than a better line does. */
const gainByFact = 0.1;
const maxConfidence = 0.99;

/**
 * The same triage, where `predicted` says that the cause fires in the check of the same host. Logs alone
 * can only say that there is a prediction for it. A line backed by a fact goes before one alone when both
 * are about as sure. The signature stays that of the line that is surest by itself: it must be the same
 * with and without a report.
 */
export function markPredicted(triage: Triage, { findings }: Assessment): Triage {
  const firing = findings.filter(({ outcome }) => outcome === 'fires');
  const diagnoses = triage.diagnoses.map((each) => confirm(each, firing, triage.phase));
  const isSurer = (left: Diagnosis, right: Diagnosis): number =>
    right.confidence - left.confidence || Number(right.predicted) - Number(left.predicted);
  return { ...triage, diagnoses: diagnoses.toSorted(isSurer) };
}

function confirm(diagnosis: Diagnosis, firing: readonly Finding[], phase: Triage['phase']): Diagnosis {
  const own = firing.filter(({ cause }) => cause === diagnosis.cause);
  if (!own.some((finding) => isAbout(finding, phase))) return { ...diagnosis, predicted: own.length > 0 };
  const confidence = Math.min(maxConfidence, Math.round((diagnosis.confidence + gainByFact) * 100) / 100);
  return { ...diagnosis, predicted: true, confidence: Math.max(confidence, diagnosis.confidence) };
}

/** A notice fires on hosts that do well; what stops a restore is no reason for a dump to fail. */
function isAbout({ severity, phase }: Finding, failed: Triage['phase']): boolean {
  if (severity === 'notice') return false;
  return failed === phase || (failed !== 'dump' && failed !== 'restore');
}
