/** Names the cause of a failure from logs that were read; says nothing about logs of good runs. */

import { isEndOfLog, type LogReading } from '../evidence/log-reading.js';
import { readLogText } from '../evidence/logs.js';
import type { LogKind } from '../rules/cause.js';
import { logFactsOf, placeEvents, versionsOfRun, type PlacedEvent } from './diagnose-facts.js';
import { findPhases, markHistory } from './diagnose-history.js';
import { indexLines, matchEvent, watchedWords, type LineMatch, type LineRules } from './diagnose-match.js';
import { notesOf } from './diagnose-notes.js';
import { rankCauses, type Candidate, type JudgedEvent } from './diagnose-rank.js';
import { describeCandidate, lineOf } from './diagnosis.js';
import type { LogPhase, Triage } from './finding.js';
import { signatureOf } from './signature.js';
import { timelineOf } from './timeline.js';

export { watchedWords } from './diagnose-match.js';

/** Less sure than this is not worth saying. */
const leastConfidence = 0.3;
/** How far behind the best a further diagnosis may be. */
const widestGap = 0.45;
const maxDiagnoses = 5;
const maxUnexplained = 10;

const roleOf = (matches: readonly LineMatch[], { event }: PlacedEvent): JudgedEvent['role'] => {
  if (matches.some((match) => match.role === 'root')) return 'root';
  if (matches.some((match) => match.role === 'consequence')) return 'consequence';
  if (matches.some((match) => match.role === 'noise')) return 'noise';
  if (isEndOfLog(event.message)) return 'consequence';
  return event.level === 'error' ? 'unexplained' : 'quiet';
};

/** Every run of CRIU in the logs that says how it ended ended well. */
const allWentWell = (readings: readonly LogReading[]): boolean => {
  const runs = readings.flatMap((reading) => reading.runs);
  return runs.some((run) => run.succeeded) && !runs.some((run) => run.failed);
};

/**
 * Errors of a run that ends well were none, unless a rule asks for just that. What liblxc has to say
 * about such a run counts only when a rule knows it: it also reports what it cleans up afterwards.
 */
const judge = (placed: PlacedEvent, matches: readonly LineMatch[], isAllWell: boolean): JudgedEvent => {
  const wentWell = placed.run.succeeded && !placed.run.failed && placed.event.kind === 'criu';
  const kept = wentWell ? matches.filter((match) => match.judgesSuccess) : matches;
  const isHarmless = kept.length === 0 && (wentWell || (isAllWell && placed.event.kind === 'lxc'));
  return { ...placed, matches: kept, role: isHarmless ? 'noise' : roleOf(kept, placed) };
};

const judgeAll = (rules: LineRules, readings: readonly LogReading[]): readonly JudgedEvent[] => {
  const index = indexLines(rules);
  const isAllWell = allWentWell(readings);
  const judged = placeEvents(readings).map((placed) => {
    let facts: ReturnType<typeof logFactsOf> | undefined;
    const log = (): ReturnType<typeof logFactsOf> => (facts ??= logFactsOf(placed, readings));
    return judge(placed, matchEvent(index, placed.event, log), isAllWell);
  });
  return markHistory(judged);
};

const phaseOf = (
  readings: readonly LogReading[],
  events: readonly JudgedEvent[],
  failing: JudgedEvent | undefined,
): LogPhase => {
  if (readings.some((reading) => reading.operation === 'migrate')) return 'migrate';
  const own = failing === undefined ? undefined : findPhases(events).get(failing);
  const history = new Set(events.filter(({ role }) => role === 'history').map(({ run }) => run));
  const runs = readings.flatMap((reading) => reading.runs).filter((run) => !history.has(run));
  return (
    own ??
    failing?.reading.operation ??
    runs.find((run) => run.failed)?.phase ??
    runs.findLast((run) => run.phase !== undefined)?.phase ??
    readings.find((reading) => reading.operation !== undefined)?.operation ??
    readings.find((reading) => reading.phase !== undefined)?.phase ??
    'unknown'
  );
};

const versionsOf = (readings: readonly LogReading[], failing: JudgedEvent | undefined): Triage['versions'] => {
  const known = versionsOfRun(failing?.run, readings);
  const runs = readings.flatMap((reading) => reading.runs);
  const criu = known.criu ?? runs.find((run) => run.criu !== undefined)?.criu;
  const kernel = known.kernel ?? runs.find((run) => run.kernel !== undefined)?.kernel;
  return { ...known, ...(criu === undefined ? {} : { criu }), ...(kernel === undefined ? {} : { kernel }) };
};

const diagnosesOf = (events: readonly JudgedEvent[]): readonly Candidate[] => {
  const ranked = rankCauses(events);
  const best = ranked[0]?.confidence ?? 0;
  return ranked
    .filter(({ confidence }) => confidence >= Math.max(leastConfidence, best - widestGap))
    .slice(0, maxDiagnoses);
};

/** Lines that a reader should look at: errors nothing explains, else what says that it failed. */
const openLines = (events: readonly JudgedEvent[]): readonly JudgedEvent[] => {
  const unexplained = events.filter((judged) => judged.role === 'unexplained');
  const shown = unexplained.length > 0 ? unexplained : events.filter((judged) => judged.role === 'consequence');
  return shown.slice(0, maxUnexplained);
};

/** Whether anything in the logs says that something failed. */
const hasFailed = (readings: readonly LogReading[], events: readonly JudgedEvent[]): boolean =>
  events.some((judged) => ['root', 'consequence', 'unexplained'].includes(judged.role)) ||
  readings.some((reading) => reading.runs.some((run) => run.failed));

/**
 * Whether CRIU says that it succeeded, in its last run of each of its logs. Silence is no success, but a
 * log of errors and warnings alone ends with `FAILED` when the run did (cr-dump.c, cr-restore.c).
 */
const hasSucceeded = (readings: readonly LogReading[]): boolean => {
  const isGood = ({ kind, runs }: LogReading): boolean =>
    runs.at(-1)?.succeeded === true || (kind === 'criu' && runs.at(-1)?.isTerse === true);
  const mustSay = ({ kind, problem }: LogReading): boolean => kind === 'criu' || problem !== undefined;
  return readings.some(isGood) && readings.filter(mustSay).every(isGood);
};

const resultOf = (
  readings: readonly LogReading[],
  events: readonly JudgedEvent[],
  isDiagnosed: boolean,
): Triage['result'] => {
  if (isDiagnosed) return 'diagnosed';
  return !hasFailed(readings, events) && hasSucceeded(readings) ? 'no-failure' : 'unexplained';
};

/** Judges logs by the rules. Diagnoses come best first; the logs of a good run give none. */
export const diagnose = (rules: LineRules, readings: readonly LogReading[]): Triage => {
  const events = judgeAll(rules, readings);
  const candidates = diagnosesOf(events);
  const open = openLines(events);
  const [best] = candidates;
  const result = resultOf(readings, events, best !== undefined);
  const failing = best?.line ?? (result === 'unexplained' ? open[0] : undefined);
  return {
    result,
    phase: phaseOf(readings, events, failing),
    signature: failing === undefined ? '' : signatureOf(failing.event.message, best?.match.captures),
    versions: versionsOf(readings, failing),
    diagnoses: candidates.map((candidate) => describeCandidate(candidate, events, readings)),
    timeline: timelineOf(readings),
    unexplained: result === 'unexplained' ? open.map(lineOf) : [],
    notes: notesOf({ result, readings, events, failing }),
  };
};

/** Judges a log that is in memory: the tests inside the rules, text that was pasted. */
export const diagnoseText = (rules: LineRules, text: string, kind: LogKind, file = 'log'): Triage =>
  diagnose(rules, [readLogText(text, { file, words: watchedWords(rules), kind })]);
