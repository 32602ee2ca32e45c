/** A check for a terminal: the verdict and its meaning first, then the findings, worst first. */

import type { Assessment, Finding, Note, Subject } from '../findings/finding.js';
import { idOfLack, isOfTarget } from '../findings/lack-key.js';
import { escapeText } from './escape.js';
import {
  groupFindings,
  groupUnknown,
  hostLine,
  joinPhases,
  messagesOf,
  type SharedFinding,
  type UnknownGroup,
} from './grouping.js';
import type { CheckContext, TextOptions } from './options.js';
import { fillParagraphs } from './paragraphs.js';
import { howToRead } from './readable.js';
import { makeStyle, type Style } from './style.js';
import { twoColumns } from './two-columns.js';
import { operationTitle, subjectTitle, verdictMeaning } from './verdict.js';
import { wrap } from './wrap.js';

/** How many messages of one finding are shown without `--verbose`. */
const shownMessages = 5;

interface Page extends TextOptions, CheckContext {
  readonly subject: Subject;
  readonly style: Style;
}

/** Ends with a line break. */
export function renderCheckText(assessment: Assessment, context: CheckContext, options: TextOptions): string {
  const page: Page = {
    ...options,
    ...context,
    subject: assessment.subject,
    style: makeStyle(options.hasColor),
  };
  const groups = groupFindings(assessment);
  const sections = [
    headline(assessment, page),
    ...joinPhases([...groups.blockers, ...groups.risks]).map((shared) => findingLines(shared, page)),
    ...groupUnknown(groups.unknown, page.reasons).map((group) => unknownLines(group, page)),
    ...joinPhases(groups.notices).map((shared) => findingLines(shared, page)),
    closing(assessment, page),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function headline(assessment: Assessment, page: Page): readonly string[] {
  const { verdict, subject } = assessment;
  const { style, columns } = page;
  const mark = { ready: style.good, 'at-risk': style.warn, blocked: style.bad, unknown: style.unsure }[verdict];
  const title = `${subjectTitle(subject)}: ${operationTitle(subject.operation)}`;
  const hosts = subject.target === undefined ? [subject.source] : [subject.source, subject.target];
  return [
    `${mark(verdict.toUpperCase())}  ${style.strong(escapeText(title))}`,
    ...wrap(verdictMeaning(assessment), columns).map(style.strong),
    ...hosts.flatMap((host) => wrap(escapeText(hostLine(host, subject.engine)), columns)).map(style.faint),
  ];
}

function findingLines({ finding, phases }: SharedFinding, page: Page): readonly string[] {
  const { style, columns, explain } = page;
  const mark = { blocker: style.bad, risk: style.warn, notice: style.faint }[finding.severity];
  const words = [phases.join(', '), ...listOf(hostOf(finding, page))].join(', ');
  return [
    `${mark(`${finding.severity.toUpperCase()} (${words})`)}  ${style.strong(escapeText(finding.title))} ${style.faint(`[${escapeText(finding.cause)}]`)}`,
    ...messageLines(finding, page),
    ...(explain ? twoColumns(finding, columns) : []),
    ...(explain ? fillParagraphs(finding.why, columns, '  why: ', '       ') : []),
    ...fillParagraphs(finding.fix, columns, '  fix: ', '       '),
    ...(explain ? explanation(finding, page) : []),
  ];
}

/** Which host a finding is about, where there are two. Untrusted names are escaped. */
function hostOf({ occurrences }: Finding, { subject }: Page): string | undefined {
  const [side, ...others] = new Set(occurrences.map((occurrence) => occurrence.side));
  if (subject.target === undefined || side === undefined || others.length > 0 || side === 'instance') return undefined;
  const { hostname, where } = side === 'target' ? subject.target : subject.source;
  return `on the ${side} ${escapeText(hostname ?? where)}`;
}

function messageLines(finding: Finding, { columns, verbose }: Page): readonly string[] {
  const messages = messagesOf(finding);
  const shown = verbose ? messages : messages.slice(0, shownMessages);
  const lines = shown.flatMap(({ message, count }) =>
    wrap(`${escapeText(message)}${count > 1 ? ` (${count} times)` : ''}`, columns, '  - ', '    '),
  );
  const hidden = messages.length - shown.length;
  return hidden > 0 ? [...lines, `  - and ${hidden} more (--verbose shows them)`] : lines;
}

function explanation(finding: Finding, { columns, style }: Page): readonly string[] {
  const evidence =
    finding.evidence.length === 0
      ? []
      : wrap(`judged by: ${escapeText(finding.evidence.join(', '))}`, columns, '  ', '    ');
  return [...finding.refs.map((ref) => `  see: ${escapeText(ref)}`), ...evidence].map(style.faint);
}

function unknownLines({ missing, findings }: UnknownGroup, page: Page): readonly string[] {
  const { style, columns, reasons, isRecorded = false } = page;
  const label = isRecorded ? '  for a new report: ' : '  to know: ';
  const decides = findings.some((finding) => finding.severity === 'blocker');
  const lacking = [...new Set(missing.map((key) => reasons.get(key)))].map((reason) => {
    const keys = missing.filter((key) => reasons.get(key) === reason);
    const ids = keys.map((key) => (isOfTarget(key) ? `${idOfLack(key)} of the target` : key)).join(', ');
    return escapeText(reason === undefined ? `${ids}: read, and does not tell` : `${ids}: ${reason}`);
  });
  const names = joinPhases(findings).map(
    ({ finding, phases }) => `${finding.cause} (${finding.severity}, ${phases.join(' and ')})`,
  );
  return [
    `${(decides ? style.unsure : style.faint)('UNKNOWN')}  ${style.strong(`${amountOf(names.length, 'question')} could not be answered`)}`,
    ...lacking.flatMap((line) => wrap(line, columns, '  - ', '    ')),
    ...wrap(escapeText(names.join(', ')), columns, '  about: ', '         '),
    ...howToRead(missing, reasons).flatMap((hint) => wrap(hint, columns, label, ' '.repeat(label.length))),
  ];
}

function closing(assessment: Assessment, page: Page): readonly string[] {
  const { quiet, notApplicable } = groupFindings(assessment);
  const { style, columns, verbose } = page;
  if (!verbose) {
    const count = amountOf(namesOf(quiet).length, 'other cause');
    const always = assessment.notes.filter(({ isAlways }) => isAlways === true);
    return [
      ...(quiet.length === 0 ? [] : [`${count} looked for and not found (--verbose lists them).`]),
      ...always.flatMap((note) => noteLines(note, columns)),
    ].map(style.faint);
  }
  const list = (title: string, findings: readonly Finding[]): readonly string[] =>
    findings.length === 0 ? [] : wrap(escapeText(`${title}: ${namesOf(findings).join(', ')}`), columns, '', '  ');
  return [
    ...list('Looked for and not found', quiet),
    ...list('Does not apply here', notApplicable),
    ...assessment.notes.flatMap((note) => noteLines(note, columns)),
  ];
}

function noteLines({ topic, text }: Note, columns: number): readonly string[] {
  const sentence = `${topic.charAt(0).toUpperCase()}${topic.slice(1)}: ${text}`;
  return wrap(escapeText(sentence), columns, '', '  ');
}

function listOf<Value>(value: Value | undefined): readonly Value[] {
  return value === undefined ? [] : [value];
}

function namesOf(findings: readonly Finding[]): readonly string[] {
  return [...new Set(findings.map((finding) => finding.cause))];
}

function amountOf(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}
