/** Sorts findings into the groups that every format shows, and thins out what repeats. */

import type { Assessment, Finding, Occurrence } from '../findings/finding.js';

export interface FindingGroups {
  readonly blockers: readonly Finding[];
  readonly risks: readonly Finding[];
  readonly notices: readonly Finding[];
  /** Undecided ones that decide the verdict, then the others. */
  readonly unknown: readonly Finding[];
  readonly quiet: readonly Finding[];
  readonly notApplicable: readonly Finding[];
}

/** Findings by what they mean to the reader; within a group the order stays. */
export function groupFindings({ findings }: Assessment): FindingGroups {
  const fires = (severity: Finding['severity']): readonly Finding[] =>
    findings.filter((finding) => finding.outcome === 'fires' && finding.severity === severity);
  const unknown = findings.filter((finding) => finding.outcome === 'unknown');
  return {
    blockers: fires('blocker'),
    risks: fires('risk'),
    notices: fires('notice'),
    unknown: [
      ...unknown.filter((finding) => finding.severity === 'blocker'),
      ...unknown.filter((finding) => finding.severity !== 'blocker'),
    ],
    quiet: findings.filter((finding) => finding.outcome === 'quiet'),
    notApplicable: findings.filter((finding) => finding.outcome === 'not-applicable'),
  };
}

/** A finding together with every phase in which it says just the same. */
export interface SharedFinding {
  readonly finding: Finding;
  readonly phases: readonly Finding['phase'][];
}

/** Joins findings of one cause that differ by nothing but their phase; the order of the first ones stays. */
export function joinPhases(findings: readonly Finding[]): readonly SharedFinding[] {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const { cause, outcome, severity, title, fix } = finding;
    const sides = [...new Set(finding.occurrences.map(({ side }) => side))];
    const key = JSON.stringify([cause, outcome, severity, title, fix, sides, messagesOf(finding)]);
    groups.set(key, [...(groups.get(key) ?? []), finding]);
  }
  return [...groups.values()].flatMap((group) => {
    const [finding] = group;
    return finding === undefined ? [] : [{ finding, phases: group.map(({ phase }) => phase) }];
  });
}

/** Findings that are undecided for want of the same evidence. */
export interface UnknownGroup {
  /** With their hosts, as of findings/lack-key.ts. */
  readonly missing: readonly string[];
  readonly findings: readonly Finding[];
}

/**
 * One group per set of missing evidence, in the order in which the sets turn up; with `reasons`, one for all that is
 * missing for one and the same reason, such as a host that cannot be reached.
 */
export function groupUnknown(
  findings: readonly Finding[],
  reasons: ReadonlyMap<string, string> = new Map(),
): readonly UnknownGroup[] {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const lacking = lackingOf(finding);
    const [reason, ...others] = new Set(lacking.map((key) => reasons.get(key)));
    const key = reason !== undefined && others.length === 0 ? reason : [...lacking].sort().join('\n');
    groups.set(key, [...(groups.get(key) ?? []), finding]);
  }
  return [...groups.values()].map((group) => ({
    missing: [...new Set(group.flatMap(lackingOf))],
    findings: group,
  }));
}

/** What a finding lacks, with the host where there are two. */
export function lackingOf({ lacking, missing }: Finding): readonly string[] {
  return lacking ?? missing;
}

/** An occurrence's message and how often it says the same. */
export interface RepeatedMessage {
  readonly message: string;
  readonly count: number;
}

/** The messages of a finding, each once; the finding's own message when it has no occurrence. */
export function messagesOf(finding: Finding): readonly RepeatedMessage[] {
  const sides = new Set(finding.occurrences.map((occurrence) => occurrence.side));
  const counts = new Map<string, number>();
  for (const occurrence of finding.occurrences) {
    const message = withSide(occurrence, sides.size > 1);
    counts.set(message, (counts.get(message) ?? 0) + 1);
  }
  if (counts.size === 0 && finding.message !== '') counts.set(finding.message, 1);
  return [...counts].map(([message, count]) => ({ message, count }));
}

function withSide({ side, message }: Occurrence, tellsSide: boolean): string {
  return tellsSide ? `${side}: ${message}` : message;
}

/** Host, kernel, CRIU and engine in a line; what was not read is left out. */
export function hostLine(summary: Assessment['subject']['source'], engine: string | undefined): string {
  return [
    `${summary.where}${summary.hostname === undefined ? '' : ` (${summary.hostname})`}`,
    summary.kernel === undefined ? '' : `kernel ${summary.kernel}`,
    summary.criu === undefined ? '' : `criu ${summary.criu}`,
    summary.engineVersion === undefined || engine === undefined || engine === 'criu'
      ? ''
      : `${engine} ${summary.engineVersion}`,
  ]
    .filter((part) => part !== '')
    .join(', ');
}
