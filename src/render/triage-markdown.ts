/** A triage as Markdown for a comment on a bug: facts, what crdoctor makes of them, what to collect next. */

import type { Comparison, Diagnosis, LogLine, RunStory, Triage } from '../findings/finding.js';
import { comparisonLines } from './comparison-words.js';
import { escapeMarkdown, markdownBlock, markdownCode, markdownLink, markdownName } from './escape.js';
import { markdownParagraphs, markdownTable } from './markdown.js';
import { blameLine, seconds, statisticsLine, stepsOf, storyLine, toldStories } from './triage-story.js';
import { percent, triageMeaning } from './triage-text.js';

const shownLines = 20;

/** Ends with a line break. */
export function renderTriageMarkdown(triage: Triage): string {
  return `${[factsSections(triage), opinionSections(triage)]
    .flat()
    .filter((section) => section !== '')
    .join('\n\n')}\n`;
}

function factsSections(triage: Triage): readonly string[] {
  const { criu, kernel, engine } = triage.versions;
  const cells = [criu, kernel, engine ?? triage.engine].map((version) =>
    version === undefined ? 'not known' : markdownName(version),
  );
  const lines = failingLines(triage);
  return [
    `# ${headings[triage.result]}`,
    '## Facts',
    markdownTable(['operation', 'CRIU', 'kernel', 'engine'], [[triage.phase, ...cells]]),
    triage.command === undefined ? '' : markdownBlock([triage.command]),
    lines.length === 0 ? '' : logBlock(lines),
    storyBlock(triage),
    triage.comparison === undefined ? '' : comparisonBlock(triage.comparison),
  ];
}

const headings: Readonly<Record<Triage['result'], string>> = {
  diagnosed: 'Checkpoint/restore failure',
  unexplained: 'Checkpoint/restore failure, unexplained',
  'no-failure': 'Checkpoint/restore without failure',
};

function opinionSections(triage: Triage): readonly string[] {
  const { diagnoses, signature, notes } = triage;
  const next = notes.map((note) => `- ${escapeMarkdown(note)}`).join('\n');
  return [
    '## What crdoctor makes of it',
    escapeMarkdown(triageMeaning(triage)),
    ...diagnoses.map((diagnosis, at) => diagnosisSection(diagnosis, '###', at > 0)),
    signature === '' ? '' : `Signature, to search for the same failure: ${markdownCode(signature)}`,
    next === '' ? '' : `## What to know and to collect next\n\n${next}`,
  ];
}

/** The lines that the best diagnosis rests on, else those that nothing explains. */
function failingLines({ diagnoses, unexplained }: Triage): readonly LogLine[] {
  return diagnoses[0]?.evidence ?? unexplained;
}

/** In a block, because the names of files in it are untrusted. */
function storyBlock(triage: Triage): string {
  const stories = toldStories(triage);
  const lines = stories.flatMap((story) => [
    ...(stories.length > 1 ? [`${story.file}:`] : []),
    storyLine(triage, story),
    ...stepRows(triage, story),
  ]);
  const counted = (triage.statistics ?? []).map(statisticsLine);
  return lines.length + counted.length === 0 ? '' : markdownBlock([...lines, ...counted]);
}

function stepRows(triage: Triage, story: RunStory): readonly string[] {
  return stepsOf(triage, story).map(({ timeS, durationS, text, isWhereItStopped }) => {
    const time = timeS === undefined ? '' : `${timeS.toFixed(3)} s`;
    const took = durationS === undefined ? '' : seconds(durationS);
    return `${time.padStart(10)} ${took.padStart(8)}  ${text}${isWhereItStopped === true ? '  <- stopped here' : ''}`;
  });
}

function comparisonBlock(comparison: Comparison): string {
  return markdownBlock(comparisonLines(comparison));
}

/** A cause with its proof and its remedy; `heading` is the marks in front of its title. */
export function diagnosisSection(diagnosis: Diagnosis, heading = '##', hasEvidence = true): string {
  return [
    `${heading} ${escapeMarkdown(diagnosis.title)}`,
    `${markdownName(diagnosis.cause)}, ${percent(diagnosis)} sure, ${escapeMarkdown(blameLine(diagnosis))}`,
    markdownParagraphs(diagnosis.explanation),
    diagnosis.evidence.length === 0 || !hasEvidence ? '' : logBlock(diagnosis.evidence),
    `**Fix:** ${markdownParagraphs(diagnosis.fix)}`,
    diagnosis.refs.map((ref) => `- ${markdownLink(ref)}`).join('\n'),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** Lines of logs with their places, verbatim. */
export function logBlock(lines: readonly LogLine[]): string {
  const shown = lines.slice(0, shownLines).map(({ file, line, text }) => `${file}:${line}: ${text}`);
  return markdownBlock(lines.length > shownLines ? [...shown, `and ${lines.length - shownLines} more`] : shown);
}
