/** A check as a page. */

import type { Assessment } from '../../findings/finding.js';
import { hostLine } from '../grouping.js';
import type { CheckContext } from '../options.js';
import { operationTitle, subjectTitle, verdictMeaning } from '../verdict.js';
import { findingsPart, moodOfVerdict } from './findings-part.js';
import { html, type Html } from './markup.js';
import { renderPage } from './page.js';
import { processTree } from './process-tree.js';
import { items } from './prose.js';
import { sideBySide } from './side-by-side.js';

/** Ends with a line break. `tasks`: text of `instance.tasks`; undefined = there is none. */
export function renderCheckPage(assessment: Assessment, { reasons }: CheckContext, tasks?: string): string {
  const { verdict, subject, findings, notes } = assessment;
  const hosts = subject.target === undefined ? [subject.source] : [subject.source, subject.target];
  const title = `${subjectTitle(subject)}: ${operationTitle(subject.operation)}`;
  const said: readonly Html[] = notes.map(({ topic, text }) => html`${topic}: ${text}`);
  return renderPage({
    kind: 'check',
    title: title.charAt(0).toUpperCase() + title.slice(1),
    verdicts: [{ mood: moodOfVerdict[verdict], word: verdict, meaning: verdictMeaning(assessment) }],
    remarks: hosts.map((host) => hostLine(host, subject.engine)),
    sections: [
      { id: 'findings', title: 'Findings', body: findingsPart(assessment, reasons) },
      { id: 'processes', title: 'Processes', body: processTree(tasks, findings) },
      { id: 'sides', title: 'Source and target', body: sideBySide(assessment) },
      { id: 'notes', title: 'Notes', body: items(said) },
    ],
    footer: 'Made by crdoctor check. Findings come from rules, not from a person.',
  });
}
