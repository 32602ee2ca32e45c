/** The failure in the words that forms ask for: what was run, what came of it, and how to see it again. */

import type { Triage } from '../../findings/finding.js';
import { escapeMarkdown, markdownCode, markdownName } from '../escape.js';
import { failureTitle } from '../launchpad.js';
import { excerptsOf, numberedLines } from '../log-excerpt.js';
import { askFor, blank, joinAnswers, plainValue, prose, verbatim, type Answer, type AnswerPart } from './answer.js';
import { cutText } from './cut-text.js';
import type { Filing } from './filing.js';
import { hostFactsOf } from './host-facts.js';

/** Of what the command displayed; more goes into the attachment. */
const maxDisplayed = 4000;

/** The title of an issue, one line of at most 200 characters. */
export function titleOf({ summary }: Filing): string {
  return failureTitle(summary);
}

/** The command as typed, what it displayed, and the lines of the logs. */
export function failureParts({ summary }: Filing): Answer {
  const { action } = summary;
  const limit = { maxCharacters: maxDisplayed, keeps: 'tail', rest: 'see action-output.txt' } as const;
  const shown = [
    ...(action?.command === undefined ? [] : [`$ ${action.command}`]),
    ...(action?.output === undefined ? [] : cutText(action.output, limit)),
  ];
  const displayed: Answer =
    action?.output === undefined
      ? joinAnswers([
          { parts: shown.length === 0 ? [] : [verbatim(shown)], blanks: [] },
          askFor('what the command displayed, and what happened then'),
        ])
      : { parts: [verbatim(shown)], blanks: [] };
  const excerpts = excerptsOf(summary).flatMap((excerpt): readonly AnswerPart[] => [
    prose(`The failure in ${markdownName(excerpt.file)}, with the numbers of its lines:`),
    verbatim(numberedLines(excerpt)),
  ]);
  return { parts: [...displayed.parts, ...excerpts], blanks: displayed.blanks };
}

/** What the rules say, marked as what it is. */
export function opinionPart(triage: Triage | undefined): AnswerPart | undefined {
  const best = triage?.diagnoses[0];
  if (best === undefined) return undefined;
  return prose(
    `What the rules of crdoctor make of it, not a person: ${escapeMarkdown(best.title)} (${markdownName(best.cause)}).`,
  );
}

/** One sentence: which engine, which container, which versions. */
export function outlineOf({ summary }: Filing): string {
  const { manifest, triage } = summary;
  const facts = hostFactsOf(summary);
  const phase = triage === undefined || triage.phase === 'unknown' ? 'checkpoint or restore' : triage.phase;
  const of = manifest.instance === undefined ? '' : ` of the container ${markdownName(manifest.instance)}`;
  const versions = [
    versionOf(manifest.engine, facts.engineVersion),
    versionOf('CRIU', facts.criu),
    versionOf('kernel', facts.kernel),
  ].filter((part) => part !== undefined);
  return `The ${phase}${of} fails${versions.length === 0 ? '' : ` (${versions.join(', ')})`}.`;
}

function versionOf(what: string | undefined, version: string | undefined): string | undefined {
  if (what === undefined) return undefined;
  return version === undefined ? plainValue(what) : `${plainValue(what)} ${plainValue(version)}`;
}

export function stepsOf({ summary }: Filing): Answer {
  const before = 'how the container was made, and what runs in it';
  const command = summary.action?.command;
  const what = 'the command that fails';
  const lines = [
    `1. ${blank(before)}`,
    `2. ${command === undefined ? blank(what) : markdownCode(command)}`,
    '3. It fails as described here.',
  ];
  return { parts: [prose(...lines)], blanks: command === undefined ? [before, what] : [before] };
}
