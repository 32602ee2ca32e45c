/** Several triages as Markdown: a table of the kinds of failures, then each of them. */

import type { FailureGroup, TriageGroups } from '../findings/group.js';
import { escapeMarkdown, markdownCode, markdownName } from './escape.js';
import { markdownParagraphs, markdownTable } from './markdown.js';
import { groupsTitle, groupTitle, inputWords } from './triage-groups-words.js';
import { logBlock } from './triage-markdown.js';
import { blameLine } from './triage-story.js';
import { percent } from './triage-text.js';

const shownInputs = 50;

/** Ends with a line break. */
export function renderGroupsMarkdown(groups: TriageGroups): string {
  const rows = groups.groups.map(({ inputs, diagnosis, result }, at) => [
    `${at + 1}`,
    `${inputs.length}`,
    diagnosis === undefined ? escapeMarkdown(result) : markdownName(diagnosis.cause),
  ]);
  const unread = groups.unread.map(({ problem }) => `- ${escapeMarkdown(problem)}`).join('\n');
  const sections = [
    `# crdoctor triage: ${groupsTitle(groups)}`,
    markdownTable(['', 'inputs', 'cause'], rows),
    ...groups.groups.map(groupSection),
    unread === '' ? '' : `## Not read\n\n${unread}`,
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function groupSection(group: FailureGroup, at: number): string {
  const { diagnosis, inputs, signature } = group;
  const [first] = inputs;
  const shown = inputs.slice(0, shownInputs).map((input) => {
    const words = inputWords(input);
    return `- ${escapeMarkdown(input.input)}${words === '' ? '' : `: ${escapeMarkdown(words)}`}`;
  });
  const hidden = inputs.length - shown.length;
  const proof = first?.triage.diagnoses[0]?.evidence ?? first?.triage.unexplained ?? [];
  return [
    `## ${at + 1}. ${escapeMarkdown(groupTitle(group))}`,
    [...shown, ...(hidden > 0 ? [`- and ${hidden} more`] : [])].join('\n'),
    proof.length === 0 ? '' : logBlock(proof),
    signature === '' ? '' : `Signature: ${markdownCode(signature)}`,
    diagnosis === undefined ? '' : markdownParagraphs(diagnosis.explanation),
    diagnosis === undefined
      ? ''
      : `${markdownName(diagnosis.cause)}, ${percent(diagnosis)} sure, ${escapeMarkdown(blameLine(diagnosis))}`,
    diagnosis === undefined ? '' : `**Fix:** ${markdownParagraphs(diagnosis.fix)}`,
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}
