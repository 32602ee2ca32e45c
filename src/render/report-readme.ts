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

const contentsHead = '## What is in here\n\n';
const opinionHead = '## What crdoctor makes of it\n\n';

/** The README.md of a report whose artifacts changed: title, sizes and redactions are those of the manifest. */
export function refreshReadme(readme: string, manifest: Manifest): string {
  const begin = readme.lastIndexOf(`\n${contentsHead}`);
  const end = readme.lastIndexOf(`\n\n${opinionHead}`);
  // Of another release, which wrote it in another way.
  if (begin === -1 || end < begin) return readme;
  const top = readme
    .slice(0, begin + 1)
    .replace(/^# Report: .*$/m, () => `# Report: ${escapeMarkdown(reportTitle(manifest))}`)
    .replace(/^- Redacted: .*$/m, () => `- ${redactedLine(manifest)}`);
  return `${top}${contentsHead}${artifactTables(manifest)}${readme.slice(end)}`;
}

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
    `${contentsHead}${artifactTables(summary.manifest)}`,
    `${opinionHead}${opinionPart(summary)}`,
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

/** What a report is about, without markup: `container c1 (lxd, host a)`. Untrusted parts are not escaped. */
export function reportTitle({ instance, engine, hostname, target }: Manifest): string {
  const host = hostname === undefined ? 'host' : `host ${hostname}`;
  const there = target === undefined ? undefined : `target ${target.hostname ?? target.where}`;
  if (instance === undefined) return [host, there].filter((part) => part !== undefined).join(', ');
  return `container ${instance} (${[engine, host, there].filter((part) => part !== undefined).join(', ')})`;
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
  const lines = [
    `Logs: ${triage === undefined ? 'there was none to read.' : `${escapeMarkdown(triageMeaning(triage))}${found}`}`,
    `Verdict of the check: ${assessment === undefined ? 'none, it could not be made' : `**${assessment.verdict}**`}.`,
    `Missing: of ${artifacts.length} items, ${unread} could not be had or not as a whole, ${absent} do not exist here.`,
    redactedLine(manifest),
    ...targetLines(manifest),
    ...(manifest.complete ? [] : ['**Collecting was cut short**: what had not been read by then is missing.']),
    ...notes.map(escapeMarkdown),
  ];
  return lines.map((line) => `- ${line}`).join('\n');
}

/** What became of the second host. */
function targetLines({ target, hostname, artifacts }: Manifest): readonly string[] {
  if (target === undefined) return [];
  const { length } = artifacts.filter((artifact) => artifact.side === 'target' && fateOf(artifact) === 'whole');
  const there = `${escapeMarkdown(target.hostname ?? target.where)} in \`target/\` (${length} items as a whole)`;
  return [
    `Two hosts: ${escapeMarkdown(hostname ?? 'the source')} in \`source/\`, ${there}.`,
    ...(target.problem === undefined
      ? []
      : [`**The target could not be looked at, or not all of it**: ${escapeMarkdown(target.problem)}`]),
  ];
}

function redactedLine({ artifacts }: Manifest): string {
  const redacted = artifacts.filter(({ redactions }) => redactions > 0);
  const redactions = redacted.reduce((sum, each) => sum + each.redactions, 0);
  return `Redacted: ${redactions === 0 ? 'nothing' : `${redactions} places in ${redacted.length} files`}.`;
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
