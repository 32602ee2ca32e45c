/** Several triages for a terminal: kinds of failures, the most frequent first, each with its inputs, proof and fix. */

import type { FailureGroup, TriageGroups } from '../findings/group.js';
import { escapeText } from './escape.js';
import type { TextOptions } from './options.js';
import { fillParagraphs } from './paragraphs.js';
import { makeStyle, type Style } from './style.js';
import { fileWithin, groupsTitle, groupTitle, inputWords } from './triage-groups-words.js';
import { blameLine } from './triage-story.js';
import { renderTriageText, titleLines } from './triage-text.js';
import { wrap } from './wrap.js';

const shownInputs = 20;
const shownLines = 2;
const mostWithoutSummary = 3;

/** Ends with a line break. */
export function renderGroupsText(groups: TriageGroups, options: TextOptions): string {
  const style = makeStyle(options.hasColor);
  const sections = [
    [style.strong(groupsTitle(groups)), ...summaryLines(groups)],
    ...groups.groups.map((group) => groupLines(group, options, style)),
    groups.unread.length === 0
      ? []
      : [style.bad('NOT READ'), ...groups.unread.map(({ problem }) => `  ${escapeText(problem)}`)],
    ...(options.verbose
      ? groups.inputs.map(({ input, triage }) => wholeTriage(input, renderTriageText(triage, options), style))
      : []),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function groupLines(group: FailureGroup, options: TextOptions, style: Style): readonly string[] {
  const { diagnosis, inputs, signature, result } = group;
  const mark = { diagnosed: style.bad, unexplained: style.unsure, 'no-failure': style.good }[result];
  const count = `${mark(`${inputs.length} x`)} `;
  const shown = options.verbose ? inputs : inputs.slice(0, shownInputs);
  const hidden = inputs.length - shown.length;
  return [
    ...(diagnosis === undefined
      ? [`${count}${style.strong(escapeText(groupTitle(group)))}`]
      : titleLines(diagnosis, { style, columns: options.columns }, count)),
    ...shown.flatMap((input) => {
      const words = inputWords(input);
      return wrap(escapeText(words === '' ? input.input : `${input.input}: ${words}`), options.columns, '  - ', '    ');
    }),
    ...(hidden > 0 ? [`  and ${hidden} more (--verbose shows them)`] : []),
    ...proofLines(group, style),
    ...(diagnosis === undefined ? [] : fillParagraphs(diagnosis.fix, options.columns, '  fix: ', '       ')),
    ...(diagnosis === undefined ? [] : wrap(escapeText(blameLine(diagnosis)), options.columns, '  ', '    ')),
    ...(signature === '' ? [] : [style.faint(`  signature: ${escapeText(signature)}`)]),
  ];
}

/** The lines of the first input stand for those of all; its name is told above them. */
function proofLines({ inputs: [first] }: FailureGroup, style: Style): readonly string[] {
  if (first === undefined) return [];
  const lines = first.triage.diagnoses[0]?.evidence ?? first.triage.unexplained;
  return lines.slice(0, shownLines).map(({ file, line, text }) => {
    const place = `${escapeText(fileWithin(first.input, file))}:${line}:`;
    return `  ${style.faint(place)} ${escapeText(text)}`;
  });
}

/** Kinds at a glance, where the whole is long. */
function summaryLines({ groups }: TriageGroups): readonly string[] {
  if (groups.length <= mostWithoutSummary) return [];
  return groups.map(
    (group) => `${`${group.inputs.length} x`.padStart(6)} ${escapeText(group.diagnosis?.cause ?? groupTitle(group))}`,
  );
}

function wholeTriage(input: string, page: string, style: Style): readonly string[] {
  return [style.strong(`== ${escapeText(input)}`), page.trimEnd()];
}
