/** `index.html` of a report: the same as README.md, to look at. */

import type { LedgerEntry } from '../../redact/ledger.js';
import type { ReportSummary } from '../../report/summary.js';
import { fateOf } from '../report-artifacts.js';
import { criuVerdictOf, versionsOf } from '../report-versions.js';
import { reportTitle } from '../report-readme.js';
import { percent, triageMeaning } from '../triage-text.js';
import { operationTitle, subjectTitle, verdictMeaning } from '../verdict.js';
import { findingsPart, moodOfVerdict } from './findings-part.js';
import { block, html, nothing, type Html } from './markup.js';
import { renderPage, type Page } from './page.js';
import { processTree } from './process-tree.js';
import { items, name, table } from './prose.js';
import { excerptPart, textPart } from './report-evidence.js';
import { classicTable, fileLink, otherTable, redactionTable } from './report-items.js';
import { sideBySide, type ComparedFact } from './side-by-side.js';
import { timelines } from './timeline-picture.js';
import { comparisonPart, diagnosisPart, moodOfTriage } from './triage-part.js';

/** What the summary of a report does not hold. */
export interface PageMaterial {
  readonly redactions: readonly LedgerEntry[];
  /** Text of `instance.tasks`; undefined = there is none. */
  readonly tasks: string | undefined;
}

/** Ends with a line break. */
export function renderReportPage(summary: ReportSummary, material: PageMaterial): string {
  const { manifest, triage, assessment } = summary;
  const title = reportTitle(manifest);
  return renderPage({
    kind: 'report',
    title: title.charAt(0).toUpperCase() + title.slice(1),
    verdicts: verdictsOf(summary),
    remarks: remarksOf(summary),
    sections: [
      { id: 'failed', title: 'What failed', body: actionPart(summary) },
      {
        id: 'cause',
        title: 'The cause, from the logs',
        body: triage === undefined ? nothing : diagnosisPart(triage, false),
      },
      { id: 'lines', title: 'Where the logs say so', body: excerptPart(summary) },
      { id: 'timeline', title: 'Timeline', body: triage === undefined ? nothing : timelines(triage) },
      { id: 'comparison', title: 'Compared with a good run', body: comparisonPart(triage?.comparison) },
      { id: 'findings', title: 'The state now', body: assessment === undefined ? nothing : findingsPart(assessment) },
      { id: 'processes', title: 'Processes', body: processTree(material.tasks, assessment?.findings ?? []) },
      { id: 'sides', title: 'Source and target', body: sidesOf(summary) },
      { id: 'versions', title: 'Versions', body: versionPart(summary) },
      { id: 'list', title: 'What bug reports ask for', body: html`${classicTable(manifest)}${otherTable(manifest)}` },
      { id: 'evidence', title: 'Evidence', body: textPart(summary) },
      { id: 'redactions', title: 'Redactions', body: redactionTable(material.redactions) },
    ],
    footer: `Made by crdoctor ${manifest.crdoctor} at ${manifest.createdAt}. Causes and findings come from rules, not from a person; manifest.json and findings.json have all of it for programs.`,
  });
}

function verdictsOf({ triage, assessment }: ReportSummary): Page['verdicts'] {
  const best = triage?.diagnoses[0];
  const found = best === undefined ? '' : ` ${best.title} (${percent(best)} sure).`;
  return [
    ...(triage === undefined
      ? []
      : [{ mood: moodOfTriage[triage.result], word: 'Logs:', meaning: `${triageMeaning(triage)}${found}` }]),
    assessment === undefined
      ? { mood: 'unsure', word: 'State:', meaning: 'It was not, or could not be, judged.' }
      : {
          mood: moodOfVerdict[assessment.verdict],
          word: `State now: ${assessment.verdict}`,
          meaning: `${capital(operationTitle(assessment.subject.operation))}, ${subjectTitle(assessment.subject)}: ${verdictMeaning(assessment)}`,
        },
  ];
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function remarksOf({ manifest, notes }: ReportSummary): readonly string[] {
  const { artifacts, complete, target } = manifest;
  const unread = artifacts.filter((artifact) => fateOf(artifact) === 'lacking').length;
  const absent = artifacts.filter(({ status }) => status === 'absent').length;
  const redacted = artifacts.reduce((sum, { redactions }) => sum + redactions, 0);
  return [
    ...(complete ? [] : ['Collecting was cut short: what had not been read by then is missing.']),
    ...(target?.problem === undefined
      ? []
      : [`The target could not be looked at, or not all of it: ${target.problem}`]),
    `Of ${artifacts.length} items, ${unread} could not be had or not as a whole, ${absent} do not exist here.`,
    redacted === 0 ? 'Nothing was redacted.' : `${redacted} places were redacted.`,
    ...notes,
  ];
}

function actionPart({ action }: ReportSummary): Html {
  if (action === undefined) {
    return html`<p>No command was recorded: ${name('crdoctor report NAME --error FILE -- COMMAND...')} does that.</p>`;
  }
  const command = action.command === undefined ? nothing : html`<strong>$ ${action.command}</strong>${block('\n')}`;
  return html`<pre>${command}${block((action.output ?? '').trimEnd())}</pre>`;
}

function sidesOf(summary: ReportSummary): Html {
  const { manifest, assessment } = summary;
  if (manifest.target === undefined) return nothing;
  const fact = (what: string, id: string, pattern: RegExp): ComparedFact => ({
    what,
    source: pattern.exec(summary.textOf(id) ?? '')?.[0],
    target: pattern.exec(summary.textOf(id, 'target') ?? '')?.[0],
  });
  return sideBySide(assessment, [
    fact('distribution', 'host.os-release', /(?<=^PRETTY_NAME="?)[^"\n]+/m),
    fact('processor', 'proc.cpuinfo', /(?<=^model name\s*: ).+/m),
    fact('CRIU checks itself', 'criu.check.all', /^looks good\b.*/im),
  ]);
}

function versionPart(summary: ReportSummary): Html {
  const rows = versionsOf(summary).map(({ what, value, from }) => [what, value, name(from)]);
  const check = criuVerdictOf(summary);
  return html`${rows.length === 0 ? html`<p>None could be read.</p>` : table('Versions as they were told', ['what', 'version', 'told by'], rows)}${
    check === undefined ? nothing : html`<p>${name('criu check --all')} says: ${name(check)}</p>`
  }${items([html`All of it in words: ${fileLink('README.md')}`, html`A description ready to paste: ${fileLink('launchpad.txt')}`])}`;
}
