/** The story of the runs of CRIU in words: steps and their times, where it stopped, how long tasks stood still. */

import type { Diagnosis, Fix, RunStatistics, RunStory, TimelineEntry, Triage } from '../findings/finding.js';

const shownSteps = 5;
/** Shorter steps are not worth a word in one line. */
const leastShownS = 0.001;
/** Size of a page on x86 and on most others. */
const pageBytes = 4096;

/** A time as people read it. */
export function seconds(value: number): string {
  if (value >= 10) return `${value.toFixed(1)} s`;
  return value >= 0.0095 ? `${value.toFixed(2)} s` : `${value.toFixed(3)} s`;
}

/** Versions in a line; empty when none is known. */
export function versionsLine({ criu, kernel, engine }: Triage['versions']): string {
  return [criu && `criu ${criu}`, kernel && `kernel ${kernel}`, engine]
    .filter((part) => part !== undefined && part !== '')
    .join(', ');
}

/** Steps of one run. */
export function stepsOf(triage: Triage, story: Pick<RunStory, 'file' | 'run'>): readonly TimelineEntry[] {
  return triage.timeline.filter(({ file, run }) => file === story.file && run === story.run);
}

const phaseWords: Readonly<Record<RunStory['phase'], string>> = {
  dump: 'dump',
  restore: 'restore',
  migrate: 'migration',
  check: 'check',
  unknown: 'run',
};

/** The longest steps up to the one in which it stopped, in their order. */
function longestSteps(steps: readonly TimelineEntry[]): readonly TimelineEntry[] {
  const stop = steps.findIndex(({ isWhereItStopped }) => isWhereItStopped === true);
  const before = (stop < 0 ? steps : steps.slice(0, stop)).filter(({ durationS = 0 }) => durationS >= leastShownS);
  const longest = new Set(before.toSorted((a, b) => (b.durationS ?? 0) - (a.durationS ?? 0)).slice(0, shownSteps));
  return before.filter((step) => longest.has(step));
}

function endOf({ outcome, stoppedIn, stoppedAtS, endS }: RunStory): string {
  const at = (time: number | undefined): string => (time === undefined ? '' : ` at ${seconds(time)}`);
  if (stoppedIn !== undefined) return `stopped in: ${stoppedIn}${at(stoppedAtS)}`;
  if (outcome === 'succeeded') return endS === undefined ? 'succeeded' : `succeeded after ${seconds(endS)}`;
  return outcome === 'failed' ? `failed${at(endS)}` : `its last line${at(endS)} tells no end`;
}

/** How long tasks stood still; empty where no line says that they did. */
export function frozenWords({ frozenS, frozenUntil }: RunStory): string {
  if (frozenUntil === undefined) return '';
  const then = {
    running: 'then they ran on',
    ended: 'then they were ended',
    stopped: 'then they were left stopped',
    released: 'then they were let go',
    'not-told': '',
  }[frozenUntil];
  if (frozenUntil === 'not-told') return 'tasks were frozen, and no line says that they were let go';
  return frozenS === undefined ? `tasks were frozen, ${then}` : `tasks frozen for ${seconds(frozenS)}, ${then}`;
}

/**
 * A run in one line.
 *
 *     dump: freeze 0.10 s, network lock 0.01 s; stopped in: open files at 0.19 s; tasks frozen for 0.09 s, then they ran on
 */
export function storyLine(triage: Triage, story: RunStory): string {
  const steps = longestSteps(stepsOf(triage, story)).map(({ text, durationS = 0 }) => `${text} ${seconds(durationS)}`);
  const parts = [steps.join(', '), endOf(story), frozenWords(story)].filter((part) => part !== '');
  return `${phaseWords[story.phase]}: ${parts.join('; ')}`;
}

/** Runs that have something to tell: a run of which only its end is known is told by the headline. */
export function toldStories({ runs = [] }: Triage): readonly RunStory[] {
  return runs.filter(({ stoppedIn, frozenUntil, endS }) => (stoppedIn ?? frozenUntil ?? endS) !== undefined);
}

function pages(count: number): string {
  const mib = (count * pageBytes) / 2 ** 20;
  return `${count} pages (${mib >= 10 ? mib.toFixed(0) : mib.toFixed(1)} MiB)`;
}

const us = (value: number | undefined, words: string): string =>
  value === undefined ? '' : `${words} ${seconds(value / 1e6)}`;

/**
 * What CRIU counted itself, in one line.
 *
 *     stats-dump: frozen 0.13 s after freezing for 0.10 s; 342 pages (1.3 MiB) written, 646 scanned, 0 unchanged since the pre-dump
 */
export function statisticsLine({ file, dump, restore }: RunStatistics): string {
  const told = [
    dump && [us(dump.frozenTimeUs, 'frozen'), us(dump.freezingTimeUs, 'after freezing for')].filter(Boolean).join(' '),
    dump?.pagesWritten !== undefined && `${pages(dump.pagesWritten)} written`,
    dump?.pagesScanned !== undefined && `${dump.pagesScanned} scanned`,
    dump?.pagesSkippedParent !== undefined && `${dump.pagesSkippedParent} unchanged since the dump before`,
    us(dump?.memwriteTimeUs, 'writing memory took'),
    restore && us(restore.restoreTimeUs, 'restored in'),
    restore && us(restore.forkingTimeUs, 'forking took'),
    restore?.pagesRestored !== undefined && `${pages(restore.pagesRestored)} restored`,
  ];
  return `${file}: ${told.filter((part) => typeof part === 'string' && part !== '').join(', ')}`;
}

function fixWords({ program, fixedIn, running, isInRunning }: Fix): string {
  const fixed = `${program} ${fixedIn}`;
  if (running === undefined) return fixed;
  if (isInRunning === undefined) return `${fixed} (this is ${running})`;
  return isInRunning ? `${fixed}, which this one (${running}) has` : `${fixed} (this is ${running}, which is older)`;
}

/** Who has to change something, and since when it is fixed, compared with what runs. */
export function blameLine({ blame, fixedIn, fixes }: Diagnosis): string {
  const known = fixes ?? Object.entries(fixedIn).map(([program, version]) => ({ program, fixedIn: version }));
  return `lies with: ${blame}${known.length === 0 ? '' : `; fixed in ${known.map(fixWords).join(', ')}`}`;
}
