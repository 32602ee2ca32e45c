/** Words about several triages that all formats share. */

import type { FailureGroup, TriagedInput, TriageGroups } from '../findings/group.js';
import { triageMeaning } from './triage-text.js';
import { versionsLine } from './triage-story.js';

const count = (number: number, one: string, many: string): string => `${number} ${number === 1 ? one : many}`;

/** How many of what, in one line. */
export function groupsTitle({ groups, inputs, unread }: TriageGroups): string {
  const failures = inputs.filter(({ triage }) => triage.result !== 'no-failure').length;
  const kinds = groups.filter(({ result }) => result !== 'no-failure').length;
  const good = inputs.length - failures;
  return [
    failures === 0 ? 'no failure' : `${count(failures, 'failure', 'failures')} of ${count(kinds, 'kind', 'kinds')}`,
    good === 0 ? '' : `${good} without failure`,
    unread.length === 0 ? '' : `${unread.length} not read`,
  ]
    .filter((part) => part !== '')
    .join(', ');
}

/** What a group is about. */
export function groupTitle({ diagnosis, result, inputs }: FailureGroup): string {
  if (diagnosis !== undefined) return diagnosis.title;
  if (result === 'no-failure') return 'No failure: CRIU succeeded';
  const [first] = inputs;
  return first === undefined ? '' : triageMeaning(first.triage);
}

/** One input of a group in a line: where, on what, in which step. */
export function inputWords({ triage }: TriagedInput): string {
  const stop = triage.runs?.find(({ stoppedIn }) => stoppedIn !== undefined)?.stoppedIn;
  return [triage.phase, versionsLine(triage.versions), stop === undefined ? '' : `stopped in: ${stop}`]
    .filter((part) => part !== '' && part !== 'unknown')
    .join(', ');
}

/** The name of a log without that of the directory or archive it lies in. */
export function fileWithin(input: string, file: string): string {
  const folder = input.endsWith('/') ? input : `${input}/`;
  return file.startsWith(folder) ? file.slice(folder.length) : file;
}
