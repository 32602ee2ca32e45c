/** A triage as Markdown, to be pasted into a bug report. */

import type { Diagnosis, LogLine, Triage } from '../findings/finding.js';
import { escapeMarkdown, markdownBlock, markdownCode, markdownLink, markdownName } from './escape.js';
import { markdownParagraphs, markdownTable } from './markdown.js';
import { blameLine } from './triage-story.js';
import { percent, triageMeaning } from './triage-text.js';

const shownLines = 20;

/** Ends with a line break. */
export function renderTriageMarkdown(triage: Triage): string {
  const { criu, kernel, engine } = triage.versions;
  const cells = [criu, kernel, engine].map((version) => (version === undefined ? 'not known' : markdownName(version)));
  const sections = [
    `# crdoctor triage: ${triage.result}`,
    escapeMarkdown(triageMeaning(triage)),
    markdownTable(['CRIU', 'kernel', 'engine'], [cells]),
    ...triage.diagnoses.map((diagnosis) => diagnosisSection(diagnosis)),
    triage.unexplained.length === 0 ? '' : `## Error lines that nothing explains\n\n${logBlock(triage.unexplained)}`,
    triage.notes.map(escapeMarkdown).join('\n\n'),
    triage.signature === '' ? '' : `Signature: ${markdownCode(triage.signature)}`,
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

/** A cause with its proof and its remedy; `heading` is the marks in front of its title. */
export function diagnosisSection(diagnosis: Diagnosis, heading = '##'): string {
  return [
    `${heading} ${escapeMarkdown(diagnosis.title)}`,
    `${markdownName(diagnosis.cause)}, ${percent(diagnosis)} sure, ${escapeMarkdown(blameLine(diagnosis))}`,
    markdownParagraphs(diagnosis.explanation),
    diagnosis.evidence.length === 0 ? '' : logBlock(diagnosis.evidence),
    `**Fix:** ${markdownParagraphs(diagnosis.fix)}`,
    diagnosis.refs.map((ref) => `- ${markdownLink(ref)}`).join('\n'),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function logBlock(lines: readonly LogLine[]): string {
  const shown = lines.slice(0, shownLines).map(({ file, line, text }) => `${file}:${line}: ${text}`);
  return markdownBlock(lines.length > shownLines ? [...shown, `and ${lines.length - shownLines} more`] : shown);
}
