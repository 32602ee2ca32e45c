/** What differs between a run that failed and one that worked, in lines of plain text. */

import type { ComparedRun, Comparison, LogLine, MessageClass } from '../findings/finding.js';
import { seconds } from './triage-story.js';

const shownMessages = 5;
const shownSteps = 6;

/** A line of a comparison: what it is about, and what there is to say. */
export interface ComparisonRow {
  readonly topic: string;
  readonly text: string;
  /** Lines of logs, to be shown as they are. */
  readonly quoted?: readonly string[];
}

/** Untrusted parts are not escaped yet. */
export function comparisonRows(comparison: Comparison): readonly ComparisonRow[] {
  const { bad, good, firstDifference, lastDifference, onlyBad, onlyGood } = comparison;
  return [
    ...versionRows(bad, good),
    ...stepRows(comparison),
    ...(firstDifference === undefined
      ? []
      : [lineRow('first line of a kind that the good run lacks', firstDifference)]),
    ...(lastDifference === undefined ? [] : [lineRow('last such line before the failure', lastDifference)]),
    ...messageRows('errors and warnings only here', onlyBad),
    ...messageRows('errors and warnings only in the good run', onlyGood),
    ...comparison.counts.map(({ what, bad: here, good: there }) => ({
      topic: what,
      text: `${here} here until it stopped, ${there} in the good run`,
    })),
    ...comparison.durations.map(({ step, badS, goodS }) => ({
      topic: `time of ${step}`,
      text: `${seconds(badS)} here, ${seconds(goodS)} in the good run`,
    })),
    ...(comparison.isPartial ? [{ topic: 'not compared', text: 'the middle of a large log was passed by' }] : []),
  ];
}

/** The same as single lines. */
export function comparisonLines(comparison: Comparison): readonly string[] {
  const rows = comparisonRows(comparison).flatMap(({ topic, text, quoted = [] }) => [
    `${topic}: ${text}`,
    ...quoted.map((line) => `  ${line}`),
  ]);
  return [comparisonTitle(comparison), ...rows];
}

/** What is compared with what. */
export function comparisonTitle({ good, phase }: Comparison): string {
  const end = good.endS === undefined ? '' : `, ${seconds(good.endS)}`;
  return `Compared with a ${phase} that worked (${good.file}${end})`;
}

function versionRows(bad: ComparedRun, good: ComparedRun): readonly ComparisonRow[] {
  return (['criu', 'kernel'] as const).flatMap((what) => {
    const [here, there] = [bad[what], good[what]];
    if (here === there) return [];
    return [{ topic: what, text: `${here ?? 'not told'} here, ${there ?? 'not told'} in the good run` }];
  });
}

function stepRows({ stoppedIn, notReached }: Comparison): readonly ComparisonRow[] {
  const shown = notReached.slice(0, shownSteps).join(', ');
  const more = notReached.length > shownSteps ? ` and ${notReached.length - shownSteps} more` : '';
  const missed = notReached.length === 0 ? 'every step of the good run was reached' : `not reached: ${shown}${more}`;
  return [{ topic: 'steps', text: stoppedIn === undefined ? missed : `stopped in ${stoppedIn}; ${missed}` }];
}

function lineRow(topic: string, { file, line, text }: LogLine): ComparisonRow {
  return { topic, text: '', quoted: [`${file}:${line}: ${text}`] };
}

function messageRows(topic: string, messages: readonly MessageClass[]): readonly ComparisonRow[] {
  if (messages.length === 0) return [];
  const quoted = messages
    .slice(0, shownMessages)
    .map(({ line, text, count }) => `${line}: ${text}${count > 1 ? ` (${count} times)` : ''}`);
  const hidden = messages.length - quoted.length;
  return [{ topic, text: hidden > 0 ? `${messages.length}, the first of them` : '', quoted }];
}
