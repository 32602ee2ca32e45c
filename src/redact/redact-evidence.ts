/** Takes secrets out of evidence before it is written to a report: by structure first, then by form. */

import type { Evidence } from '../source/source.js';
import { chooseRedactor, isConsole, isKernelConfig, isLog, noSearch, type Search } from './choose-redactor.js';
import { redactCommandWords } from './command-words.js';
import { applyEdits, editLines, hide, isHarmless, markOf, type Edit, type Watch } from './edits.js';
import { redactFreeText } from './free-text.js';
import { createTally, type LedgerEntry, type Tally } from './ledger.js';
import { redactKernelArguments } from './mount-options.js';
import { findPemBlocks } from './pem-blocks.js';
import { createTextStream } from './text-stream.js';

/** What goes on besides the taking out of secrets by structure and by form. */
export interface RedactionCourse {
  readonly search: Search;
  /** Is told what is taken out, for as long as it is there to be seen. */
  readonly watch?: Watch;
}

const plainCourse: RedactionCourse = { search: noSearch };

/**
 * The same evidence without what may be a secret, and what was taken out. Lines keep their numbers, JSON stays
 * JSON, and the facts that are derived from it stay the same. Redacting twice is redacting once.
 */
export function redactEvidence(
  evidence: Evidence,
  course: RedactionCourse = plainCourse,
): { evidence: Evidence; entries: readonly LedgerEntry[] } {
  const tally = createTally();
  const { text, stderr, reason } = evidence;
  const redacted: Evidence = {
    ...evidence,
    origin: redactAside(evidence.origin, tally, course, true),
    ...(text !== undefined && { text: redactOrWithhold(evidence, text, tally, course) }),
    ...(stderr !== undefined && { stderr: redactAside(stderr, tally, course, false) }),
    ...(reason !== undefined && { reason: redactAside(reason, tally, course, false) }),
  };
  return { evidence: redacted, entries: tally.entries(evidence.id) };
}

/** True for documents, in which values are looked into one by one, so that they stay documents. */
export function isDocument(evidence: Evidence): boolean {
  return chooseRedactor(evidence)?.isWhole === true;
}

/** What was redacted before, with copies of secrets, names and addresses taken out as well. Not for documents. */
export function searchEvidence(
  evidence: Evidence,
  search: Search,
): { evidence: Evidence; entries: readonly LedgerEntry[] } {
  const tally = createTally();
  const aside: Tally = { add: (rule) => tally.add(rule, 0), entries: () => [] };
  const { text, stderr, reason } = evidence;
  const isSearched = text !== undefined && !isKernelConfig(evidence);
  const searched: Evidence = {
    ...evidence,
    origin: searchText(evidence.origin, aside, search),
    ...(isSearched && { text: searchText(text, tally, search) }),
    ...(stderr !== undefined && { stderr: searchText(stderr, aside, search) }),
    ...(reason !== undefined && { reason: searchText(reason, aside, search) }),
  };
  return { evidence: searched, entries: tally.entries(evidence.id) };
}

/** A hostile text may be more than the engine of regular expressions can take; then nothing of it is told. */
function redactOrWithhold(evidence: Evidence, text: string, tally: Tally, course: RedactionCourse): string {
  try {
    return redactText(evidence, text, tally, course);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    tally.add('unparsable', 0);
    return `${markOf('unparsable')}\n`;
  }
}

function redactText(evidence: Evidence, text: string, tally: Tally, course: RedactionCourse): string {
  const { search, watch } = course;
  const apply = (before: string, edits: readonly Edit[]): string => {
    if (edits.length > 0) watch?.(before, edits);
    return applyEdits(before, edits, tally);
  };
  if (isConsole(evidence)) return withholdConsole(text, tally);
  if (isKernelConfig(evidence)) return apply(text, findCommandLine(text));
  const choice = chooseRedactor(evidence, search);
  const structured = choice === undefined ? text : apply(text, choice.redactor(text));
  if (choice?.isWhole === true) return apply(structured, findPemBlocks(structured));
  const isTail = evidence.status === 'truncated' && isLog(evidence);
  const whole = isTail ? apply(structured, findCutLine(structured)) : structured;
  return searchText(redactPlain(whole, tally, watch), tally, search);
}

/** Text without any structure, block by block, so that what is held besides the text stays small. */
function redactPlain(text: string, tally: Tally, watch?: Watch): string {
  const stream = createTextStream((block, firstLine) => {
    const inBlock: Tally = { add: (rule, line) => tally.add(rule, line + firstLine - 1), entries: () => [] };
    return redactBlock(block, inBlock, watch);
  });
  const begun = stream.push(text);
  return begun === '' ? stream.finish() : `${begun}${stream.finish()}`;
}

/** Keys first, because they go over several lines. */
function redactBlock(text: string, tally: Tally, watch?: Watch): string {
  const blocks = findPemBlocks(text);
  if (blocks.length > 0) watch?.(text, blocks);
  return redactFreeText(applyEdits(text, blocks, tally), tally, watch);
}

/** Copies of secrets, names and addresses. */
function searchText(text: string, tally: Tally, { inText }: Search): string {
  return inText.reduce((before, redactor) => applyEdits(before, redactor(before), tally), text);
}

function withholdConsole(text: string, tally: Tally): string {
  if (isHarmless(text.trim())) return text;
  tally.add('console', 1);
  return `${markOf('console')}\n`;
}

/** A kernel may be built with arguments of its own. */
function findCommandLine(text: string): readonly Edit[] {
  return editLines(text, (line) => (line.startsWith('CONFIG_CMDLINE=') ? redactKernelArguments(line) : []));
}

/** How the lines of logs and tables begin that are worth keeping; see parse/log-line.ts and mountinfo. */
const wholeLine =
  /^(?:\(\d+\.\d{6}\)|t(?:ime)?=|lxc |\[ *\d+\.\d+\]|[A-Z][a-z]{2} [ \d]\d \d\d:|\d{4}-\d\d-\d\d[ T]|<\d+>|[\w.]+(?:\[\d+\])?: |==? |\d+ \d+ \d+:\d+ |\s*[{[#]|-----)/;

/** When the tail was kept, the first line may be the end of a secret whose name is gone. */
function findCutLine(text: string): readonly Edit[] {
  const [line = ''] = text.split('\n', 1);
  return isHarmless(line) || wholeLine.test(line) ? [] : [hide(0, line.length, 'cut-line')];
}

/** Standard error, reasons and commands: not part of the artifact's lines, so counted as line 0. */
function redactAside(text: string, tally: Tally, { search, watch }: RedactionCourse, isCommand: boolean): string {
  const aside: Tally = { add: (rule) => tally.add(rule, 0), entries: () => [] };
  const found = isCommand ? redactCommandWords(text) : [];
  if (found.length > 0) watch?.(text, found);
  return searchText(redactPlain(applyEdits(text, found, aside), aside, watch), aside, search);
}
