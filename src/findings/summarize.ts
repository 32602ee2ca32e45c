/** From what single predictions say to findings, their order and the verdict. */

import type { Cause, Phase, Prediction, Severity } from '../rules/cause.js';
import type { Finding, Occurrence, Outcome, Verdict } from './finding.js';
import { idOfLack, isOfTarget } from './lack-key.js';

/** What one prediction says on one side. */
export interface Judgement {
  readonly prediction: Prediction;
  readonly outcome: Outcome;
  readonly occurrences: readonly Occurrence[];
  readonly evidence: readonly string[];
  /** Keys as of lack-key.ts. */
  readonly missing: readonly string[];
}

/** Whom a remedy speaks to. */
export interface Addressee {
  readonly engine: string | undefined;
  readonly instance: string | undefined;
}

const severityRank: Readonly<Record<Severity, number>> = { blocker: 2, risk: 1, notice: 0 };
const outcomeRank: Readonly<Record<Outcome, number>> = { fires: 3, unknown: 2, quiet: 1, 'not-applicable': 0 };

/** The higher, the sooner a reader should see it. */
export function rankOf({ outcome, severity }: Finding): number {
  return outcome === 'fires' || outcome === 'unknown'
    ? 10 + severityRank[severity] * 2 + (outcome === 'fires' ? 1 : 0)
    : outcomeRank[outcome];
}

/** blocked > unknown > at-risk > ready; unknown only when a blocker could not be decided. */
export function verdictOf(findings: readonly Finding[]): Verdict {
  const has = (outcome: Outcome, severity: Severity): boolean =>
    findings.some((finding) => finding.outcome === outcome && finding.severity === severity);
  if (has('fires', 'blocker')) return 'blocked';
  if (has('unknown', 'blocker')) return 'unknown';
  return has('fires', 'risk') ? 'at-risk' : 'ready';
}

/** What the predictions of a cause say together, in one phase. */
export function toFinding(
  cause: Cause,
  phase: Phase,
  judgements: readonly Judgement[],
  { engine, instance }: Addressee,
): Finding {
  const outcome = combine(judgements);
  const deciding = judgements.filter((each) => each.outcome === outcome);
  const severity = worst(deciding.length > 0 ? deciding : judgements);
  const occurrences = judgements.flatMap((each) => each.occurrences);
  const lacking = unique(judgements.flatMap((each) => each.missing));
  return {
    cause: cause.id,
    outcome,
    severity,
    phase,
    title: cause.title,
    message: outcome === 'unknown' ? `could not tell: ${lacking.join(', ')}` : (occurrences[0]?.message ?? ''),
    why: cause.why,
    occurrences,
    fix: addressed(cause.fix[engine ?? 'default'] ?? cause.fix['default'] ?? '', instance),
    refs: cause.refs,
    evidence: unique(judgements.flatMap((each) => each.evidence)),
    missing: unique(lacking.map(idOfLack)),
    ...(lacking.some(isOfTarget) && { lacking }),
  };
}

/** An undecided blocker is worse news than a risk that is certain, so it is what the finding reports. */
function combine(judgements: readonly Judgement[]): Outcome {
  const worstOf = (outcome: Outcome): number =>
    Math.max(
      -1,
      ...judgements.filter((each) => each.outcome === outcome).map((each) => severityRank[each.prediction.severity]),
    );
  const fires = worstOf('fires');
  const unknown = worstOf('unknown');
  if (fires >= 0 && (fires >= unknown || unknown < severityRank.blocker)) return 'fires';
  if (unknown >= 0) return 'unknown';
  return judgements.some((each) => each.outcome === 'quiet') ? 'quiet' : 'not-applicable';
}

function worst(judgements: readonly Judgement[]): Severity {
  return judgements
    .map((each) => each.prediction.severity)
    .reduce((left, right) => (severityRank[right] > severityRank[left] ? right : left), 'notice');
}

/** Puts the name of the instance where a remedy says NAME, so that its commands can be pasted as they stand. */
function addressed(fix: string, instance: string | undefined): string {
  return instance !== undefined && /^[A-Za-z0-9][\w-]*$/.test(instance) ? fix.replaceAll(/\bNAME\b/g, instance) : fix;
}

/** Each item once, in the order of its first appearance. */
export function unique(items: readonly string[]): readonly string[] {
  return [...new Set(items)];
}
