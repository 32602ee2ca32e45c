/** A triage for a terminal: what it was, the lines that prove it, what to do. */

import type { Comparison, Diagnosis, LogLine, RunStory, Triage } from '../findings/finding.js';
import { comparisonRows, comparisonTitle } from './comparison-words.js';
import { escapeText } from './escape.js';
import type { TextOptions } from './options.js';
import { fillParagraphs } from './paragraphs.js';
import { makeStyle, type Style } from './style.js';
import { blameLine, seconds, statisticsLine, stepsOf, storyLine, toldStories, versionsLine } from './triage-story.js';
import { displayWidth, wrap } from './wrap.js';

const shownEvidence = 5;
const shownUnexplained = 10;
/** Characters from which on the name of a log is not written before each of its lines. */
const longName = 24;

interface Page extends TextOptions {
  readonly style: Style;
}

/** Ends with a line break. */
export function renderTriageText(triage: Triage, options: TextOptions): string {
  const page: Page = { ...options, style: makeStyle(options.hasColor) };
  const [best, ...others] = triage.diagnoses;
  const sections = [
    headline(triage, page),
    best === undefined ? [] : diagnosisLines(best, page),
    ...others.map((diagnosis) => otherLines(diagnosis, page)),
    unexplainedLines(triage, page),
    triage.notes.flatMap((note) => wrap(escapeText(note), page.columns)),
    storyLines(triage, page),
    triage.comparison === undefined ? [] : comparisonSection(triage.comparison, page),
    // In one line however long, to be copied and searched for.
    triage.signature === '' ? [] : [page.style.faint(`signature: ${escapeText(triage.signature)}`)],
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

/** What the result means, in one sentence. */
export function triageMeaning({ result, phase, signature, unexplained }: Triage): string {
  const what = {
    dump: 'The dump',
    restore: 'The restore',
    migrate: 'The migration',
    check: 'The check of CRIU',
    unknown: 'The operation',
  }[phase];
  if (result === 'no-failure') return 'The log shows no failure: CRIU succeeded.';
  if (result === 'unexplained' && signature === '' && unexplained.length === 0) {
    return 'The log says neither that something failed nor that it went well.';
  }
  return result === 'diagnosed'
    ? `${what} failed, and the cause was found.`
    : `${what} failed for a reason that no known cause explains.`;
}

function headline(triage: Triage, { style, columns }: Page): readonly string[] {
  const versions = versionsLine(triage.versions);
  const mark = { diagnosed: style.bad, unexplained: style.unsure, 'no-failure': style.good }[triage.result];
  return [
    `${mark(triage.result.toUpperCase())}  ${style.strong(triageMeaning(triage))}`,
    ...(versions === '' ? [] : wrap(escapeText(versions), columns).map(style.faint)),
  ];
}

function diagnosisLines(diagnosis: Diagnosis, page: Page): readonly string[] {
  const { style, columns, explain } = page;
  return [
    ...titleLines(diagnosis, page),
    ...fillParagraphs(diagnosis.explanation, columns, '  ', '  '),
    ...evidenceLines(diagnosis.evidence, page),
    ...fillParagraphs(diagnosis.fix, columns, '  fix: ', '       '),
    ...wrap(escapeText(blameLine(diagnosis)), columns, '  ', '    '),
    ...(diagnosis.predicted ? wrap('crdoctor check sees this before the freeze', columns, '  ', '    ') : []),
    ...(explain ? diagnosis.refs.map((ref) => style.faint(`  see: ${escapeText(ref)}`)) : []),
  ];
}

function otherLines(diagnosis: Diagnosis, page: Page): readonly string[] {
  if (page.explain || page.verbose) return diagnosisLines(diagnosis, page);
  return [
    ...titleLines(diagnosis, page, 'also possible: '),
    ...wrap(firstLine(diagnosis.explanation), page.columns, '  '),
  ];
}

function evidenceLines(evidence: readonly LogLine[], page: Page): readonly string[] {
  const shown = page.verbose ? evidence : evidence.slice(0, shownEvidence);
  const hidden = evidence.length - shown.length;
  const lines = quotedLines(shown, page);
  return hidden > 0
    ? [...lines, `  and ${hidden} more ${hidden === 1 ? 'line' : 'lines'} (--verbose shows them)`]
    : lines;
}

/** Lines with their places; a long name that they share stands above them once. */
function quotedLines(lines: readonly LogLine[], { style }: Page): readonly string[] {
  const [first] = lines;
  const isShared = lines.length > 1 && lines.every(({ file }) => file === first?.file);
  if (first === undefined || !isShared || first.file.length < longName) {
    return lines.map((line) => `  ${style.faint(place(line))} ${escapeText(line.text)}`);
  }
  const quoted = lines.map(({ line, text }) => `  ${style.faint(`${line}:`)} ${escapeText(text)}`);
  return [`  ${style.faint(`${escapeText(first.file)}:`)}`, ...quoted];
}

function unexplainedLines({ result, unexplained }: Triage, page: Page): readonly string[] {
  if (unexplained.length === 0 || (result !== 'unexplained' && !page.verbose)) return [];
  const shown = page.verbose ? unexplained : unexplained.slice(0, shownUnexplained);
  const hidden = unexplained.length - shown.length;
  return [
    page.style.strong('Error lines that nothing explains'),
    ...quotedLines(shown, page),
    ...(hidden > 0 ? [`  and ${hidden} more (--verbose shows them)`] : []),
  ];
}

/** Each run in a line, or with all of its steps. */
function storyLines(triage: Triage, page: Page): readonly string[] {
  const stories = toldStories(triage);
  const files = new Set(stories.map(({ file, run }) => `${file} ${String(run)}`));
  const told = stories.flatMap((story) => {
    const name = files.size > 1 ? `${runName(story, stories)}: ` : '';
    const line = wrap(escapeText(name + storyLine(triage, story)), page.columns, '', '  ');
    return page.verbose ? [...line, ...stepLines(triage, story)] : line;
  });
  const counted = (triage.statistics ?? []).flatMap((each) =>
    wrap(escapeText(statisticsLine(each)), page.columns, '', '  '),
  );
  return [...told, ...counted];
}

/** The log, and which of its runs where it holds several. */
function runName({ file, run }: RunStory, stories: readonly RunStory[]): string {
  return stories.some((other) => other.file === file && other.run !== run) ? `${file} run ${run}` : file;
}

function stepLines(triage: Triage, story: RunStory): readonly string[] {
  const rows = stepsOf(triage, story).map(({ timeS, durationS, rounds, text, isWhereItStopped }) => {
    const time = timeS === undefined ? '' : `${timeS.toFixed(3)} s`;
    const took = durationS === undefined ? '' : seconds(durationS);
    const times = rounds === undefined ? '' : `, ${rounds} times`;
    return `  ${time.padStart(10)} ${took.padStart(10)}  ${escapeText(text)}${times}${isWhereItStopped === true ? '  <- stopped here' : ''}`;
  });
  const gap = story.hasGap === true ? ['  a part of the log was passed by: steps and times may be missing'] : [];
  return rows.length === 0 ? [] : [`  ${'at'.padStart(10)} ${'took'.padStart(10)}`, ...rows, ...gap];
}

function comparisonSection(comparison: Comparison, { style, columns }: Page): readonly string[] {
  const rows = comparisonRows(comparison).flatMap(({ topic, text, quoted = [] }) => [
    ...wrap(escapeText(text === '' ? `${topic}:` : `${topic}: ${text}`), columns, '  ', '    '),
    ...quoted.map((line) => `    ${escapeText(line)}`),
  ]);
  return [style.strong(escapeText(comparisonTitle(comparison))), ...rows];
}

/** Title and id of a cause, on two lines where they do not fit on one. */
export function titleLines(
  diagnosis: Diagnosis,
  { style, columns }: Pick<Page, 'style' | 'columns'>,
  before = '',
): readonly string[] {
  const title = escapeText(diagnosis.title);
  const id = `[${escapeText(diagnosis.cause)}, ${percent(diagnosis)} sure]`;
  const isShort = displayWidth(`${before}${title} ${id}`) <= columns;
  if (isShort) return [`${before}${style.strong(title)} ${style.faint(id)}`];
  return [`${before}${style.strong(title)}`, `  ${style.faint(id)}`];
}

/** Confidence as people read it. */
export function percent({ confidence }: Diagnosis): string {
  return `${Math.round(confidence * 100)} %`;
}

function place({ file, line }: LogLine): string {
  return `${escapeText(file)}:${line}:`;
}

function firstLine(text: string): string {
  return escapeText(text.trim().split('\n')[0] ?? '');
}
