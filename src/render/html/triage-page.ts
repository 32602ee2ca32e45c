/** A triage as a page: of one failure, or of several. */

import type { Triage } from '../../findings/finding.js';
import type { FailureGroup, TriageGroups } from '../../findings/group.js';
import { groupsTitle, groupTitle, inputWords } from '../triage-groups-words.js';
import { versionsLine } from '../triage-story.js';
import { percent, triageMeaning } from '../triage-text.js';
import { block, html, nothing, type Html } from './markup.js';
import { renderPage, type Mood, type Section } from './page.js';
import { items } from './prose.js';
import { timelines } from './timeline-picture.js';
import { comparisonPart, diagnosisPart, moodOfTriage } from './triage-part.js';

const footer = 'Made by crdoctor triage. Causes come from rules, not from a person.';

const titles: Readonly<Record<Triage['result'], string>> = {
  diagnosed: 'Checkpoint/restore failure',
  unexplained: 'Checkpoint/restore failure, unexplained',
  'no-failure': 'Checkpoint/restore without failure',
};

/** One failure. Ends with a line break. */
export function renderTriagePage(triage: Triage): string {
  const versions = versionsLine(triage.versions);
  return renderPage({
    kind: 'triage',
    title: titles[triage.result],
    verdicts: [verdictOf(triage)],
    remarks: versions === '' ? [] : [versions],
    sections: [
      { id: 'command', title: 'Command', body: commandPart(triage) },
      { id: 'cause', title: 'What the logs tell', body: diagnosisPart(triage, true) },
      { id: 'timeline', title: 'Timeline', body: timelines(triage) },
      { id: 'comparison', title: 'Compared with a good run', body: comparisonPart(triage.comparison) },
    ],
    footer,
  });
}

/** Several failures. Ends with a line break. */
export function renderGroupsPage(groups: TriageGroups): string {
  const unread = groups.unread.map(({ problem }) => problem);
  return renderPage({
    kind: 'triage',
    title: groupsTitle(groups),
    verdicts: [],
    remarks: [],
    sections: [...groups.groups.map(groupSection), { id: 'unread', title: 'Not read', body: items(unread) }],
    footer,
  });
}

function groupSection(group: FailureGroup, at: number): Section {
  const told = group.inputs.map((input) => {
    const words = inputWords(input);
    return html`<bdi>${input.input}</bdi>${words === '' ? '' : `: ${words}`}`;
  });
  const [first] = group.inputs;
  return {
    id: `group-${at + 1}`,
    title: `${at + 1}. ${groupTitle(group)}`,
    body: html`${items(told)}${first === undefined ? nothing : html`${diagnosisPart(first.triage, true)}`}`,
  };
}

function verdictOf(triage: Triage): { readonly mood: Mood; readonly word: string; readonly meaning: string } {
  const [best] = triage.diagnoses;
  const found = best === undefined ? '' : ` ${best.title} (${percent(best)} sure).`;
  return { mood: moodOfTriage[triage.result], word: triage.result, meaning: `${triageMeaning(triage)}${found}` };
}

function commandPart({ command }: Triage): Html {
  return command === undefined ? nothing : html`<pre>${block(command)}</pre>`;
}
