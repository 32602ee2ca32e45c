/** Fills a field of a form from a report. */

import type { Attachment } from '../../report/attachment.js';
import type { EvidenceId } from '../../source/source.js';
import { markdownName } from '../escape.js';
import { askFor, blank, joinAnswers, plainValue, prose, verbatim, type Answer, type AnswerPart } from './answer.js';
import { cutText } from './cut-text.js';
import { hasTarget, type Filing } from './filing.js';
import { hostFactsOf, type FiledHostFacts, type HostFactName } from './host-facts.js';
import { factNamesIn, factWords, type AttachedOption, type Fill, type FormField } from './issue-form.js';
import { logsOf } from './telling-logs.js';
import { failureParts, opinionPart, outlineOf, stepsOf } from './story.js';

/** Artifacts whose end is the interesting part. */
const endMatters = /log|dmesg|journal|criu\.check/;

export function fillField({ fill, render }: FormField, filing: Filing, maxCharacters: number): Answer {
  switch (fill.kind) {
    case 'confirm':
      return confirm(fill.options);
    case 'attached':
      return attached(fill.options, filing.attachments);
    case 'facts':
      return fillFacts(fill.lines, filing);
    case 'evidence':
      return fillEvidence(fill, filing, { maxCharacters, isBlock: render !== undefined });
    case 'logs':
      return fillLogs(fill.ask, filing, maxCharacters);
    case 'failure':
      return fillFailure(filing, fill.opinion === true);
    case 'outline':
      return joinAnswers([{ parts: [prose(outlineOf(filing))], blanks: [] }, askFor(fill.question)]);
    case 'steps':
      return stepsOf(filing);
    case 'choose':
      return askFor(`${fill.options.join(' or ')}: ${fill.question}`);
    default:
      return askFor(fill.question);
  }
}

function confirm(options: readonly string[]): Answer {
  return {
    parts: [prose(...options.map((option) => `- [ ] ${option}`))],
    blanks: options.map((each) => `tick: ${each}`),
  };
}

function attached(options: readonly AttachedOption[], attachments: readonly Attachment[]): Answer {
  const isThere = ({ ids = [] }: AttachedOption): boolean => attachments.some(({ id }) => ids.includes(id));
  return { parts: [prose(...options.map((each) => `- [${isThere(each) ? 'x' : ' '}] ${each.label}`))], blanks: [] };
}

/** Both hosts share a line where they are the same. */
function fillFacts(lines: readonly string[], filing: Filing): Answer {
  const source = fillLines(lines, hostFactsOf(filing.summary));
  if (!hasTarget(filing)) return source;
  const target = fillLines(lines, hostFactsOf(filing.summary, 'target'));
  const [here, there] = [textOf(source), textOf(target)];
  if (here === there) return source;
  const blanks = [...source.blanks, ...target.blanks.map((each) => `${each} of the target`)];
  const parts =
    lines.length === 1
      ? [prose(`${here} (source), ${there} (target)`)]
      : [prose('Source:', '', here), prose('Target:', '', there)];
  return { parts, blanks };
}

function textOf({ parts }: Answer): string {
  return parts.flatMap(({ lines }) => lines).join('\n');
}

function fillLines(lines: readonly string[], facts: FiledHostFacts): Answer {
  const asked = lines.flatMap(factNamesIn).filter((name) => factOf(facts, name) === undefined);
  const filled = lines.map((line) =>
    line.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
      const value = factOf(facts, name);
      return value === undefined ? blank(wordsFor(name)) : plainValue(value);
    }),
  );
  return { parts: [prose(...filled)], blanks: asked.map(wordsFor) };
}

function isFact(name: string): name is HostFactName {
  return Object.hasOwn(factWords, name);
}

function factOf(facts: FiledHostFacts, name: string): string | undefined {
  return isFact(name) ? facts[name] : undefined;
}

function wordsFor(name: string): string {
  return isFact(name) ? factWords[name] : name;
}

function fillEvidence(
  { ids, ask, isWhole }: Fill & { readonly kind: 'evidence' },
  filing: Filing,
  { maxCharacters, isBlock }: { readonly maxCharacters: number; readonly isBlock: boolean },
): Answer {
  const sides = hasTarget(filing) ? ([undefined, 'target'] as const) : ([undefined] as const);
  const parts = sides.flatMap((side): readonly AnswerPart[] => {
    const id = ids.find((each) => isText(filing.summary.textOf(each, side)));
    if (id === undefined) return [];
    const text = wholeText(filing, id, side);
    const keeps = endMatters.test(id) ? 'tail' : 'head';
    const room = isWhole === true ? Number.MAX_SAFE_INTEGER : maxCharacters;
    const lines = cutText(text, { maxCharacters: room, keeps, rest: restOf(filing, id, side) });
    if (sides.length === 1) return [verbatim(lines)];
    const name = side ?? 'source';
    return isBlock ? [verbatim([`# ${name}`, ...lines])] : [prose(`On the ${name}:`), verbatim(lines)];
  });
  return parts.length === 0 ? askFor(ask) : { parts, blanks: [] };
}

function isText(text: string | undefined): boolean {
  return text !== undefined && text.trim() !== '';
}

/** The attachments have all of it, what the program complained of as well; the summary has the end. */
function wholeText({ summary, attachments }: Filing, id: EvidenceId, side: 'target' | undefined): string {
  const found = attachmentsOf(attachments, id, side);
  if (found.length === 0) return summary.textOf(id, side) ?? '';
  return found.map(({ content }) => content.toString('utf8').trimEnd()).join('\n');
}

function restOf({ attachments }: Filing, id: EvidenceId, side: 'target' | undefined): string {
  const [found] = attachmentsOf(attachments, id, side);
  return found === undefined ? '' : `see ${found.name}`;
}

function attachmentsOf(
  attachments: readonly Attachment[],
  id: EvidenceId,
  side: 'target' | undefined,
): readonly Attachment[] {
  return attachments.filter((each) => each.id === id && (each.side === 'target') === (side === 'target'));
}

function fillLogs(ask: string, filing: Filing, maxCharacters: number): Answer {
  const logs = logsOf(filing);
  if (logs.length === 0) return askFor(ask);
  const room = Math.floor(maxCharacters / logs.length);
  const parts = logs.flatMap(({ name, text, isAttached }) => {
    const rest = isAttached ? `see ${name}` : 'too large to be attached';
    return [prose(`${markdownName(name)}:`), verbatim(cutText(text, { maxCharacters: room, keeps: 'tail', rest }))];
  });
  return { parts, blanks: [] };
}

function fillFailure(filing: Filing, withOpinion: boolean): Answer {
  const answer = failureParts(filing);
  const opinion = withOpinion ? opinionPart(filing.summary.triage) : undefined;
  return opinion === undefined ? answer : { ...answer, parts: [...answer.parts, opinion] };
}
