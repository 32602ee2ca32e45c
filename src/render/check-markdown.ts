/** A check as Markdown, to be pasted into a bug report. */

import type { Assessment, Finding, HostSummary } from '../findings/finding.js';
import { escapeMarkdown, markdownLink, markdownName } from './escape.js';
import { groupFindings, groupUnknown, joinPhases, messagesOf } from './grouping.js';
import { markdownParagraphs, markdownTable } from './markdown.js';
import type { CheckContext } from './options.js';
import { operationTitle, subjectTitle, verdictMeaning } from './verdict.js';

/** How many messages of one finding are listed. */
const shownMessages = 20;

/** Ends with a line break. */
export function renderCheckMarkdown(assessment: Assessment, { reasons }: CheckContext): string {
  const { verdict, subject } = assessment;
  const { blockers, risks, notices, unknown, quiet } = groupFindings(assessment);
  const hosts = subject.target === undefined ? [subject.source] : [subject.source, subject.target];
  const unknownRows = groupUnknown(unknown).map(({ missing, findings }) => [
    missing.map((id) => `${markdownName(id)}${reasonOf(reasons.get(id))}`).join('; '),
    [...new Set(findings.map((finding) => markdownName(finding.cause)))].join(', '),
  ]);
  const sections = [
    `# crdoctor check: ${verdict}`,
    `**${escapeMarkdown(`${subjectTitle(subject)}: ${operationTitle(subject.operation)}`)}**`,
    escapeMarkdown(verdictMeaning(assessment)),
    markdownTable(
      ['host', 'kernel', 'CRIU', 'engine'],
      hosts.map((host) => hostRow(host, subject.engine)),
    ),
    findingTable([...blockers, ...risks, ...notices]),
    ...joinPhases([...blockers, ...risks, ...notices]).map(({ finding }) => findingSection(finding)),
    unknownRows.length === 0
      ? ''
      : `## Could not be told\n\n${markdownTable(['what could not be read', 'needed for'], unknownRows)}`,
    `${new Set(quiet.map(({ cause }) => cause)).size} other causes were looked for and not found.`,
    ...assessment.notes
      .filter(({ isAlways }) => isAlways === true)
      .map(({ topic, text }) => escapeMarkdown(`${topic}: ${text}`)),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function hostRow(host: HostSummary, engine: string | undefined): readonly string[] {
  const cells = [
    host.hostname ?? host.where,
    host.kernel,
    host.criu,
    engine === undefined ? undefined : `${engine} ${host.engineVersion ?? ''}`.trim(),
  ];
  return cells.map((cell) => (cell === undefined ? 'not known' : markdownName(cell)));
}

/** The findings in a table; empty for none. */
export function findingTable(findings: readonly Finding[]): string {
  const rows = joinPhases(findings).map(({ finding, phases }) => [
    finding.severity,
    `${phases.join(', ')}${isOnTarget(finding) ? ', on the target' : ''}`,
    markdownName(finding.cause),
    escapeMarkdown(finding.title),
  ]);
  return rows.length === 0 ? '' : markdownTable(['severity', 'phase', 'cause', 'what'], rows);
}

/** Only where there are two hosts does anything happen on a target. */
function isOnTarget({ occurrences }: Finding): boolean {
  return occurrences.length > 0 && occurrences.every(({ side }) => side === 'target');
}

/** What a finding says and what to do about it; `heading` is the marks in front of its title. */
export function findingSection(finding: Finding, heading = '##'): string {
  const messages = messagesOf(finding);
  const items = messages
    .slice(0, shownMessages)
    .map(({ message, count }) => `- ${escapeMarkdown(message)}${count > 1 ? ` (${count} times)` : ''}`);
  if (messages.length > shownMessages) items.push(`- and ${messages.length - shownMessages} more`);
  return [
    `${heading} ${escapeMarkdown(finding.title)}`,
    items.join('\n'),
    `**Why:** ${markdownParagraphs(finding.why)}`,
    `**Fix:** ${markdownParagraphs(finding.fix)}`,
    finding.refs.map((ref) => `- ${markdownLink(ref)}`).join('\n'),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function reasonOf(reason: string | undefined): string {
  return reason === undefined ? '' : `: ${escapeMarkdown(reason)}`;
}
