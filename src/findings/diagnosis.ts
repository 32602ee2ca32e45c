/** Puts a cause that was found in logs into words. */

import type { LogReading } from '../evidence/log-reading.js';
import { fixedVersions } from '../rules/version-range.js';
import { engineOf } from './diagnose-facts.js';
import type { Candidate, JudgedEvent } from './diagnose-rank.js';
import type { Diagnosis, LogLine } from './finding.js';
import { compareFixes, type Versions } from './fixes.js';

/** Lines of one cause that are quoted as evidence, and lines that followed from them. */
const maxOwnLines = 4;
const maxFollowing = 2;

/** The line as it stands in its file. */
export const lineOf = ({ event, reading }: JudgedEvent): LogLine => ({
  file: reading.file,
  line: event.line,
  text: event.text,
});

/** The line in the log of CRIU itself, where the terminal or a daemon only quotes it. */
export const inLogOfCriu = (judged: JudgedEvent, events: readonly JudgedEvent[]): JudgedEvent =>
  judged.run.criu === undefined && judged.event.kind === 'criu'
    ? (events.find(({ run, event }) => run.criu !== undefined && event.message === judged.event.message) ?? judged)
    : judged;

/** The same lines, each where it was written and once. */
const withoutQuotes = (lines: readonly JudgedEvent[], events: readonly JudgedEvent[]): readonly JudgedEvent[] => [
  ...new Set(lines.map((each) => inLogOfCriu(each, events))),
];

/** What followed from a line: the consequences behind it in the same run, up to the next error of another kind. */
const followers = (
  line: JudgedEvent,
  own: readonly JudgedEvent[],
  events: readonly JudgedEvent[],
): readonly JudgedEvent[] => {
  const behind = events
    .slice(events.indexOf(line) + 1)
    .filter((each) => each.run === line.run && each.role !== 'noise' && !own.includes(each));
  const end = behind.findIndex((each) => each.role !== 'consequence');
  return (end < 0 ? behind : behind.slice(0, end)).slice(0, maxFollowing);
};

/**
 * The task it happened to. On dump the next line names it (`Dump files (pid: 139) failed with -1`,
 * CRIU's cr-dump.c), on restore the line itself is the task's.
 */
const taskOf = (line: JudgedEvent, behind: readonly JudgedEvent[]): string => {
  const named = behind
    .map((each) => / \(pid: (\d{1,10})\) /.exec(each.event.message)?.[1])
    .find((pid) => pid !== undefined);
  const pid =
    named ?? (line.run.phase === 'restore' && line.event.kind === 'criu' ? line.event.pid?.toString() : undefined);
  if (pid === undefined) return '';
  const name = Object.hasOwn(line.run.tasks, pid) ? line.run.tasks[pid] : undefined;
  return name === undefined ? `process ${pid}` : `process ${pid}, ${name}`;
};

const sentence = (text: string): string => {
  // A path at the beginning stays as it is.
  const begun = /^\S+\//.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
};

const explain = ({ cause, line, match }: Candidate, behind: readonly JudgedEvent[]): string => {
  const task = taskOf(line, behind);
  const seen = match.message() ?? cause.title;
  const isNamed = task === '' || seen.includes(task.split(' ')[1]?.replace(',', '') ?? '');
  return `${sentence(isNamed ? seen : `${seen.replace(/\.$/, '')} (${task})`)} ${cause.why}`;
};

/** The diagnosis as a user sees it, with the lines that prove it. */
export const describeCandidate = (
  candidate: Candidate,
  events: readonly JudgedEvent[],
  readings: readonly LogReading[],
  versions: Versions,
): Diagnosis => {
  const { cause, confidence, line, support } = candidate;
  const behind = followers(line, support, events);
  const engine = engineOf(readings);
  const fixedIn = fixedVersions(cause);
  const fixes = compareFixes(fixedIn, versions, engine);
  const own = withoutQuotes([line, ...support], events).slice(0, maxOwnLines);
  return {
    cause: cause.id,
    confidence: Math.round(confidence * 100) / 100,
    title: cause.title,
    explanation: explain(candidate, behind),
    fix: (Object.hasOwn(cause.fix, engine) ? cause.fix[engine] : undefined) ?? cause.fix['default'] ?? '',
    blame: cause.blame,
    fixedIn,
    ...(fixes.length === 0 ? {} : { fixes }),
    predicted: cause.predict.length > 0,
    refs: cause.refs,
    evidence: withoutQuotes([...own, ...behind], events).map(lineOf),
  };
};
