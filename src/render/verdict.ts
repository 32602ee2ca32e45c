/** Says in a sentence what a verdict means for what the user is about to do. */

import type { Assessment, Finding, Subject } from '../findings/finding.js';
import type { Operation } from '../rules/cause.js';

/** The phases that an operation stands or falls by. */
type Part = 'dump' | 'restore';

interface OperationWords {
  /** What is about to be done. */
  readonly title: string;
  readonly parts: readonly Part[];
  /** What a failing part leads to. */
  readonly ifFails: Readonly<Record<Part, string>>;
}

const operations: Readonly<Record<Operation, OperationWords>> = {
  snapshot: {
    title: 'snapshot with its state',
    parts: ['dump', 'restore'],
    ifFails: {
      dump: 'No snapshot would be made.',
      restore: 'A snapshot would be made whose state can never be restored.',
    },
  },
  stop: {
    title: 'stop and start again with its state',
    parts: ['dump', 'restore'],
    ifFails: { dump: 'The stop would fail.', restore: 'Once stopped, it could not be started again with its state.' },
  },
  move: {
    title: 'live move',
    parts: ['dump', 'restore'],
    ifFails: {
      dump: 'The move would fail at its source.',
      restore: 'It would be frozen and dumped, and the target could not start it.',
    },
  },
  restore: {
    title: 'restore',
    parts: ['restore'],
    ifFails: { dump: '', restore: 'Its state could not be brought back.' },
  },
  dump: {
    title: 'dump of a process tree',
    parts: ['dump'],
    ifFails: { dump: 'No images would be made.', restore: '' },
  },
  host: {
    title: 'checkpoint and restore of containers',
    parts: ['dump', 'restore'],
    ifFails: {
      dump: 'No container of this host could be dumped.',
      restore: 'No container could be restored on this host.',
    },
  },
};

/** What is judged, in words without any markup: `container c1 (lxd)`, `host a`. Untrusted parts are not escaped. */
export function subjectTitle({ instance, engine, source }: Subject): string {
  const host = source.hostname ?? source.where;
  if (instance === undefined) return `host ${host}`;
  if (engine === 'criu') return `${instance} (host ${host})`;
  return engine === undefined ? `container ${instance}` : `container ${instance} (${engine}, host ${host})`;
}

/** What the user is about to do with it. */
export function operationTitle(operation: Operation): string {
  return operations[operation].title;
}

/** The verdict in full sentences: what will work, what will not, and what follows. */
export function verdictMeaning(assessment: Assessment): string {
  const { operation, target } = assessment.subject;
  const unseen = operation === 'move' && target === undefined;
  const about = meaningOfFindings(assessment);
  return unseen ? `${about} The target was not looked at: --to WHERE does that.` : about;
}

function meaningOfFindings({ findings, subject }: Assessment): string {
  const { parts, ifFails } = operations[subject.operation];
  const failing = parts.filter((part) => has(findings, 'fires', part));
  const unsure = parts.filter((part) => !failing.includes(part) && has(findings, 'unknown', part));
  const others = parts.filter((part) => !failing.includes(part) && !unsure.includes(part));
  const [first] = failing;
  if (first === undefined) {
    return unsure.length === 0 ? whenNothingBlocks(findings, parts) : whenUnsure(unsure, others);
  }
  const follows = ifFails[first];
  if (failing.length > 1) return `Neither the dump nor the restore will work. ${follows}`;
  if (unsure.length > 0) {
    return `The ${first} will not work, and it could not be told whether ${joinParts(unsure)} will. ${follows}`;
  }
  if (first === 'dump')
    return `The dump will not work. ${follows}${others.length === 0 ? '' : ` ${againstNothing(others)}`}`;
  const { length: risks } = firing(findings, 'risk').filter(({ phase }) => phase === 'dump');
  if (others.length === 0) return `The restore will not work. ${follows}`;
  return `The dump ${risks > 0 ? 'may' : 'will'} work, the restore will not. ${follows}`;
}

function whenUnsure(unsure: readonly Part[], others: readonly Part[]): string {
  const doubt = `It could not be told whether ${joinParts(unsure)} will work.`;
  return others.length === 0 ? doubt : `${doubt} ${againstNothing(others)}`;
}

function againstNothing(parts: readonly Part[]): string {
  return `Nothing was found against ${joinParts(parts)}.`;
}

function firing(findings: readonly Finding[], severity: Finding['severity']): readonly Finding[] {
  return findings.filter((finding) => finding.outcome === 'fires' && finding.severity === severity);
}

function whenNothingBlocks(findings: readonly Finding[], parts: readonly Part[]): string {
  const lost = findings.filter((finding) => finding.phase === 'after' && finding.severity === 'blocker');
  if (lost.some((finding) => finding.outcome === 'fires'))
    return `Nothing stops ${joinParts(parts)}, but what comes out of it will not work as before.`;
  if (lost.some((finding) => finding.outcome === 'unknown'))
    return `Nothing stops ${joinParts(parts)}, but it could not be told whether all works afterwards.`;
  const risks = new Set(firing(findings, 'risk').map(({ cause }) => cause)).size;
  if (risks === 0) return againstNothing(parts);
  return `Nothing certain stops ${joinParts(parts)}, but there ${risks === 1 ? 'is a risk' : `are ${risks} risks`}.`;
}

function has(findings: readonly Finding[], outcome: 'fires' | 'unknown', part: Part): boolean {
  return findings.some(
    (finding) => finding.outcome === outcome && finding.severity === 'blocker' && finding.phase === part,
  );
}

function joinParts(parts: readonly Part[]): string {
  return parts.map((part) => `the ${part}`).join(parts.length > 2 ? ', ' : ' or ');
}
