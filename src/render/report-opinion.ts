/** What crdoctor concludes from a report: the section that is no fact, kept apart from those that are. */

import type { Assessment, Triage } from '../findings/finding.js';
import type { ReportSummary } from '../report/summary.js';
import { findingSection, findingTable } from './check-markdown.js';
import { escapeMarkdown, markdownCode, markdownName } from './escape.js';
import { groupFindings, groupUnknown, joinPhases } from './grouping.js';
import { diagnosisSection } from './triage-markdown.js';
import { triageMeaning } from './triage-text.js';
import { operationTitle, subjectTitle, verdictMeaning } from './verdict.js';

const maxDiagnoses = 3;

/** Diagnoses of the logs, then the findings about the host and the container as they are now. */
export function opinionPart({ triage, assessment }: ReportSummary): string {
  return [
    'Found by rules, not by a person; `findings.json` has it for programs.',
    triage === undefined ? '' : triagePart(triage),
    assessment === undefined ? '' : checkPart(assessment),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function triagePart(triage: Triage): string {
  const { diagnoses, signature } = triage;
  const more = diagnoses.slice(maxDiagnoses).map(({ cause }) => markdownName(cause));
  return [
    `### From the logs\n\n${escapeMarkdown(triageMeaning(triage))}`,
    ...diagnoses.slice(0, maxDiagnoses).map((diagnosis) => diagnosisSection(diagnosis, '####')),
    more.length === 0 ? '' : `Also possible: ${more.join(', ')}`,
    signature === '' ? '' : `Signature, to search for the same failure: ${markdownCode(signature)}`,
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function checkPart(assessment: Assessment): string {
  const { verdict, subject } = assessment;
  const { blockers, risks, notices, unknown } = groupFindings(assessment);
  const title = `${subjectTitle(subject)}: ${operationTitle(subject.operation)}`;
  const undecided = groupUnknown(unknown).map(
    ({ missing, findings }) =>
      `- ${missing.map(markdownName).join(', ')}: ${joinPhases(findings)
        .map(({ finding }) => markdownName(finding.cause))
        .join(', ')}`,
  );
  return [
    `### From the state now\n\n**${verdict}**: ${escapeMarkdown(title)}. ${escapeMarkdown(verdictMeaning(assessment))}`,
    findingTable([...blockers, ...risks, ...notices]),
    ...joinPhases([...blockers, ...risks]).map(({ finding }) => findingSection(finding, '####')),
    undecided.length === 0 ? '' : `Could not be told, for want of:\n\n${undecided.join('\n')}`,
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}
