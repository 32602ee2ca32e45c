/** README.md of a report: what a person should see first, facts before opinions. */

import type { ReportSummary } from '../report/summary.js';
import type { Manifest } from '../source/manifest.js';
import { escapeLines, escapeMarkdown, markdownBlock, markdownCode, markdownName } from './escape.js';
import { excerptsOf, numberedLines } from './log-excerpt.js';
import { markdownTable } from './markdown.js';
import { artifactTables, fateOf, missingSection } from './report-artifacts.js';
import { opinionPart } from './report-opinion.js';
import { criuVerdictOf, versionsOf } from './report-versions.js';
import { percent, triageMeaning } from './triage-text.js';

/** Lines of the displayed output, from its beginning and from its end. */
const shownOutput = { first: 30, last: 30 };

/** Ends with a line break. */
export function renderReportReadme(summary: ReportSummary): string {
  const missing = missingSection(summary.manifest);
  const sections = [
    `# Report: ${escapeMarkdown(reportTitle(summary.manifest))}`,
    purpose(summary.manifest),
    overview(summary),
    `## What failed\n\n${actionPart(summary)}`,
    `## Where the logs say so\n\n${logPart(summary)}`,
    `## Versions\n\n${versionPart(summary)}`,
    missing === '' ? '' : `## What is missing, and why\n\n${missing}`,
    `## What is in here\n\n${artifactTables(summary.manifest)}`,
    `## What crdoctor makes of it\n\n${opinionPart(summary)}`,
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

/** What a report is about, without markup: `container c1 (lxd, host a)`. Untrusted parts are not escaped. */
export function reportTitle({ instance, engine, hostname }: Manifest): string {
  const host = hostname === undefined ? 'host' : `host ${hostname}`;
  if (instance === undefined) return host;
  return `container ${instance} (${[engine, host].filter((part) => part !== undefined).join(', ')})`;
}

function purpose({ crdoctor, createdAt }: Manifest): string {
  return [
    `What a bug report about checkpoint and restore needs, collected by crdoctor ${markdownName(crdoctor)}`,
    `at ${escapeMarkdown(createdAt)}. First the facts as they were found; what crdoctor makes of them stands`,
    'in a section of its own at the end. `launchpad.txt` is a description ready to paste, `crdoctor.apport` the same',
    'for apport, `manifest.json` the list of everything, `redactions.json` what was taken out. Memory, open files and queues of processes are not in here.',
  ].join('\n');
}

/** Verdict, gaps, redactions: a line each. */
function overview({ manifest, assessment, triage, notes }: ReportSummary): string {
  const [best] = triage?.diagnoses ?? [];
  const found = best === undefined ? '' : ` ${markdownName(best.cause)}, ${percent(best)} sure.`;
  const { artifacts } = manifest;
  const unread = artifacts.filter((artifact) => fateOf(artifact) === 'lacking').length;
  const absent = artifacts.filter(({ status }) => status === 'absent').length;
  const redacted = artifacts.filter(({ redactions }) => redactions > 0);
  const redactions = redacted.reduce((sum, each) => sum + each.redactions, 0);
  const lines = [
    `Logs: ${triage === undefined ? 'there was none to read.' : `${escapeMarkdown(triageMeaning(triage))}${found}`}`,
    `Verdict of the check: ${assessment === undefined ? 'none, it could not be made' : `**${assessment.verdict}**`}.`,
    `Missing: of ${artifacts.length} items, ${unread} could not be had or not as a whole, ${absent} do not exist here.`,
    `Redacted: ${redactions === 0 ? 'nothing' : `${redactions} places in ${redacted.length} files`}.`,
    ...(manifest.complete ? [] : ['**Collecting was cut short**: what had not been read by then is missing.']),
    ...notes.map(escapeMarkdown),
  ];
  return lines.map((line) => `- ${line}`).join('\n');
}

function actionPart({ action }: ReportSummary): string {
  const command = action?.command === undefined ? [] : [`$ ${action.command}`];
  const lines = action?.output === undefined ? [] : escapeLines(action.output);
  if (command.length === 0 && lines.length === 0) {
    return `No command was recorded: ${markdownCode('crdoctor report NAME --error FILE -- COMMAND...')} does that.`;
  }
  const hidden = lines.length - shownOutput.first - shownOutput.last;
  const shown =
    hidden <= 0
      ? lines
      : [
          ...lines.slice(0, shownOutput.first),
          `… ${hidden} lines are left out: action/output.txt has them`,
          ...lines.slice(-shownOutput.last),
        ];
  return markdownBlock([...command, ...shown]);
}

function logPart(summary: ReportSummary): string {
  const excerpts = excerptsOf(summary);
  if (excerpts.length > 0) {
    return excerpts
      .map((excerpt) => `${markdownName(excerpt.file)}\n\n${markdownBlock(numberedLines(excerpt))}`)
      .join('\n\n');
  }
  if (summary.triage === undefined) return 'There was no log to read.';
  return summary.triage.result === 'no-failure'
    ? 'None of the logs in here shows a failure.'
    : 'No line of the logs in here tells of the failure.';
}

function versionPart(summary: ReportSummary): string {
  const rows = versionsOf(summary).map(({ what, value, from }) => [
    escapeMarkdown(what),
    // A bar would end the cell, even in code.
    value.includes('|') ? escapeMarkdown(value) : markdownCode(value),
    markdownName(from),
  ]);
  const check = criuVerdictOf(summary);
  return [
    rows.length === 0 ? 'None could be read.' : markdownTable(['what', 'version', 'told by'], rows),
    check === undefined ? '' : `${markdownCode('criu check --all')} says: ${markdownCode(check)}`,
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}
