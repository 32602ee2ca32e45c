/** Says what became of a guarded command, for a terminal. */

import type { Triage } from '../findings/finding.js';
import { escapeText } from './escape.js';
import { fillParagraphs } from './paragraphs.js';
import { wrap } from './wrap.js';

/** How a command ended, as the user is told. */
export interface GuardEnding {
  readonly exitStatus?: number | undefined;
  readonly signal?: string | undefined;
}

/** What there is to say. All texts are untrusted. */
export interface GuardStory {
  readonly instance: string;
  /** What was done: stop, start … */
  readonly kind: string;
  readonly ending: GuardEnding;
  readonly outcome: 'done' | 'unharmed' | 'harmed' | 'unknown';
  readonly checks: readonly { readonly what: string; readonly result: string; readonly detail: string }[];
  readonly diagnosis?: Triage | undefined;
  /** What can be done now, the best first. */
  readonly waysOut: readonly {
    readonly title: string;
    readonly commands: readonly string[];
    readonly note?: string | undefined;
  }[];
  /** Where a copy of the state lies, if one was made. */
  readonly copy?: string | undefined;
}

/** Everything but the path of the report; ends with a line break. */
export function renderGuardStory(story: GuardStory, columns: number): string {
  const isSmooth = story.outcome === 'done' && story.ending.exitStatus === 0;
  const lines = [
    ...wrap(`crdoctor: ${escapeText(headline(story))}`, columns, '', '  '),
    ...checkLines(story, columns),
    ...(story.outcome === 'done' ? [] : diagnosisLines(story.diagnosis, columns)),
    ...story.waysOut.flatMap((way) => [
      '',
      ...wrap(escapeText(way.title), columns, '  '),
      // Commands stay whole, so that they can be copied.
      ...way.commands.map((command) => `    ${escapeText(command)}`),
      ...(way.note === undefined ? [] : wrap(escapeText(way.note), columns, '  ')),
    ]),
    ...(isSmooth || story.copy === undefined
      ? []
      : ['', `  A copy of the saved state is in ${escapeText(story.copy)}`]),
  ];
  return `${lines.join('\n')}\n`;
}

function headline({ instance, kind, ending, outcome, checks }: GuardStory): string {
  const [goal] = checks;
  const fact = goal?.detail ?? '';
  const said = ending.exitStatus === 0 ? 'says that it worked' : `ended with ${endingWords(ending)}`;
  switch (outcome) {
    case 'done':
      return ending.exitStatus === 0
        ? `${instance}: verified, ${fact}`
        : `${instance}: the ${kind} ${said}, and yet it did what it is for: ${fact}`;
    case 'unharmed':
      return `${instance}: the ${kind} ${said} and did not do it; everything is as it was before`;
    case 'harmed':
      return ending.exitStatus === 0
        ? `${instance}: the ${kind} ${said}, but not all is well: ${fact}`
        : `${instance}: the ${kind} ${said}, and not all is as it was before: ${fact}`;
    default:
      return `${instance}: the ${kind} ${said}; it could not be told whether all is well: ${fact}`;
  }
}

function endingWords({ exitStatus, signal }: GuardEnding): string {
  if (signal !== undefined) return signal;
  return exitStatus === undefined ? 'a status that nobody saw' : `status ${exitStatus}`;
}

/** Of a good end only what is not as it was. */
function checkLines({ outcome, checks, ending }: GuardStory, columns: number): readonly string[] {
  const isSmooth = outcome === 'done' && ending.exitStatus === 0;
  const marks: Readonly<Record<string, string>> = { ok: 'ok', bad: 'NO', changed: 'changed', unknown: 'unknown' };
  const shown = isSmooth ? checks.filter(({ result }) => result !== 'ok') : checks;
  return shown.flatMap(({ what, result, detail }) =>
    wrap(escapeText(`${marks[result] ?? result}: ${what}: ${detail}`), columns, '  - ', '    '),
  );
}

function diagnosisLines(triage: Triage | undefined, columns: number): readonly string[] {
  if (triage === undefined) return ['', '  There was no log that tells why.'];
  const [best] = triage.diagnoses;
  if (best === undefined) {
    const lines = triage.unexplained.slice(0, 3).flatMap(({ text }) => wrap(escapeText(text), columns, '    '));
    return triage.result === 'no-failure'
      ? ['', '  The logs show no failure.']
      : ['', '  The logs show a failure that crdoctor cannot explain.', ...lines];
  }
  const foretold = best.predicted ? 'The check had said so.' : 'The check had not seen this coming.';
  return [
    '',
    ...wrap(`${escapeText(best.title)} [${escapeText(best.cause)}]. ${foretold}`, columns, '  '),
    ...fillParagraphs(best.explanation, columns, '  ', '  '),
    ...fillParagraphs(best.fix, columns, '  fix: ', '       '),
  ];
}

/** One guard in the list. */
export interface ListedGuard {
  readonly id: string;
  readonly command: string;
  readonly state: string;
  /** Bytes of the copy that it keeps; undefined = none. */
  readonly copyBytes: number | undefined;
}

/** The list of guards, a line each; ends with a line break. */
export function renderGuardList(guards: readonly ListedGuard[]): string {
  if (guards.length === 0) return 'There are no guards.\n';
  const lines = guards.map(({ id, command, state, copyBytes }) => {
    const copy = copyBytes === undefined ? 'keeps no state' : `keeps a state of ${copyBytes} bytes`;
    return escapeText(`${id}  ${state}; ${copy}: ${command}`);
  });
  return `${lines.join('\n')}\n`;
}
