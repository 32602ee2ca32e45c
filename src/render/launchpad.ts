/** launchpad.txt: a bug description ready to paste, in the order in which the bug list asks. */

import type { ReportSummary } from '../report/summary.js';
import type { Artifact } from '../source/manifest.js';
import { sortByClassicList } from './classic-list.js';
import { escapeLines, escapeText } from './escape.js';
import { blockOf, type Block } from './launchpad-block.js';
import { excerptsOf, numberedLines, tellingLines } from './log-excerpt.js';
import { reportTitle } from './report-readme.js';
import { blameLine } from './triage-story.js';
import { percent } from './triage-text.js';
import { wrap } from './wrap.js';

/** Launchpad refuses descriptions over 50,000 characters (`lp/bugs/interfaces/bug.py`, IBugView.description). */
const maxDescription = 48_000;
/** Of these, what the command displayed may take. */
const maxDisplayed = 8_000;
const maxFilesOfOneItem = 12;
const maxTitle = 200;
const columns = 100;

/** The item of the list under which the logs of a failure belong. */
const logItem = 'Log directory of the container';

interface Section {
  readonly title: string;
  readonly blocks: readonly Block[];
}

export interface DescriptionOptions {
  readonly maxCharacters?: number;
  /** Where the files are that it names, one sentence. */
  readonly whereFilesAre?: string;
}

/** Ends with a line break; at most 48,000 characters, or what is given. */
export function renderLaunchpad(summary: ReportSummary, options: DescriptionOptions = {}): string {
  const { maxCharacters = maxDescription, whereFilesAre = 'Files named below are in the attached tarball.' } = options;
  const head = headOf(summary, whereFilesAre);
  const tail = opinionOf(summary);
  const sections = sectionsOf(summary);
  const bare = lengthOf(head) + lengthOf(tail) + sections.reduce((sum, section) => sum + bareLength(section), 0);
  const inlined = chooseBodies(sections, maxCharacters - bare);
  const lines = sections.flatMap(({ title, blocks }, index) => [
    `${index + 1}. ${title}`,
    ...blocks.flatMap((block) => [block.reference, ...(inlined.has(block) ? block.body : [])]),
    '',
  ]);
  return [...head, ...lines, ...tail].join('\n').slice(0, maxCharacters).trimEnd() + '\n';
}

function headOf(summary: ReportSummary, whereFilesAre: string): readonly string[] {
  const { manifest } = summary;
  const about = `Collected by crdoctor ${manifest.crdoctor} at ${manifest.createdAt} from ${reportTitle(manifest)}. ${whereFilesAre}`;
  return [
    failureTitle(summary),
    '',
    ...wrap(escapeText(about), columns),
    ...(manifest.complete ? [] : ['Collecting was cut short; what is missing has a status that says so.']),
    '',
  ];
}

/** One line that others can search for: what was done and the words of the failure. */
export function failureTitle({ action, triage, manifest }: ReportSummary): string {
  const [line] = tellingLines(triage);
  const failure = line === undefined ? firstError(action?.output) : wordsOf(line.text);
  const done = action?.command ?? `Checkpoint or restore of ${reportTitle(manifest)}`;
  const title = Array.from(escapeText(failure === undefined ? done : `${done}: ${failure}`));
  return title.length > maxTitle ? `${title.slice(0, maxTitle).join('')}…` : title.join('');
}

/** A line of CRIU's log without its time stamp, task and place in the source. */
function wordsOf(text: string): string {
  return text.replace(/^\(\d+\.\d+\) */, '').replace(/^(?:\d+: )?Error \([^)]{1,100}\): */, '');
}

function firstError(output: string | undefined): string | undefined {
  return output?.split('\n').find((line) => line.startsWith('Error: '));
}

function sectionsOf(summary: ReportSummary): readonly Section[] {
  const { artifacts } = summary.manifest;
  const { items, others } = sortByClassicList(summary.manifest);
  const textOf = ({ id, side }: Artifact): string | undefined =>
    summary.textOf(id, side === 'target' ? 'target' : undefined);
  const tellsSide = artifacts.some(({ side }) => side === 'target');
  const rest = others
    .filter(({ side }) => side !== 'action')
    .map(({ id, side, path }) => escapeText(path ?? `${side === 'target' ? '[target] ' : ''}${id}: none`));
  const listed = items.map(({ title, artifacts: found }): Section => {
    const hidden = found.length - maxFilesOfOneItem;
    const blocks = found.slice(0, maxFilesOfOneItem).map((each) => blockOf(each, textOf(each), tellsSide));
    return {
      title,
      blocks: [
        ...(found.length === 0 ? [{ reference: 'not asked for', body: [] }] : blocks),
        ...(hidden > 0 ? [{ reference: `and ${hidden} more files, see manifest.json`, body: [] }] : []),
        ...(title === logItem ? excerptBlocks(summary) : []),
      ],
    };
  });
  return [
    { title: 'The command and its error as displayed', blocks: [displayedBlock(summary)] },
    ...listed,
    {
      title: 'What else is in the tarball',
      blocks: rest.slice(0, maxFilesOfOneItem * 3).map((reference) => ({ reference, body: [] })),
    },
  ];
}

function displayedBlock({ action }: ReportSummary): Block {
  const output = action?.output === undefined ? [] : escapeLines(action.output);
  const command = action?.command === undefined ? 'not recorded' : `$ ${escapeText(action.command)}`;
  const kept: string[] = [];
  let room = maxDisplayed;
  for (const line of output.map((each) => `  ${each}`)) {
    room -= line.length + 1;
    if (room < 0) break;
    kept.push(line);
  }
  return {
    reference: command,
    body: kept.length < output.length ? [...kept, '  … the rest is in action/output.txt'] : kept,
  };
}

function excerptBlocks(summary: ReportSummary): readonly Block[] {
  return excerptsOf(summary).map((excerpt) => ({
    reference: `The failure in ${escapeText(excerpt.file)}:`,
    body: numberedLines(excerpt).map((line) => `  ${escapeText(line)}`),
    isUrgent: true,
  }));
}

/** What is ours and no fact, last. */
function opinionOf({ triage, assessment }: ReportSummary): readonly string[] {
  const [best] = triage?.diagnoses ?? [];
  const lines = [
    ...(best === undefined
      ? []
      : [
          `Logs: ${best.title} [${best.cause}, ${percent(best)} sure, ${blameLine(best)}]`,
          `Remedy: ${best.fix.trim()}`,
        ]),
    ...(triage === undefined || triage.signature === '' ? [] : [`Signature: ${triage.signature}`]),
    ...(assessment === undefined ? [] : [`Check of the state afterwards: ${assessment.verdict}`]),
  ];
  return lines.length === 0
    ? []
    : ['What crdoctor makes of it (found by rules, not by a person)', ...lines.flatMap(escapeLines)];
}

/** Which bodies there is room for: what failed first, then in the order of the list. */
function chooseBodies(sections: readonly Section[], room: number): ReadonlySet<Block> {
  const blocks = sections.flatMap((section) => section.blocks);
  const chosen = new Set<Block>();
  let left = room;
  for (const block of [...blocks.filter(({ isUrgent }) => isUrgent), ...blocks.filter(({ isUrgent }) => !isUrgent)]) {
    const length = lengthOf(block.body);
    if (length > left) continue;
    left -= length;
    chosen.add(block);
  }
  return chosen;
}

function bareLength({ title, blocks }: Section): number {
  // The number, its dot, a space, the line break and the empty line behind.
  return title.length + 6 + lengthOf(blocks.map(({ reference }) => reference));
}

function lengthOf(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + line.length + 1, 0);
}
