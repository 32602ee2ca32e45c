/** Names the cause of a failure from logs that were read; says nothing about logs of good runs. */

import { isEndOfLog, type LogReading } from '../evidence/log-reading.js';
import { readLogText } from '../evidence/logs.js';
import type { LogKind } from '../rules/cause.js';
import { engineOf, logFactsOf, placeEvents, versionsOfRun, type PlacedEvent } from './diagnose-facts.js';
import { findPhases, markHistory } from './diagnose-history.js';
import { isAboutCheckpoint } from './diagnose-host.js';
import { indexLines, matchEvent, watchedWords, type LineMatch, type LineRules } from './diagnose-match.js';
import { notesOf } from './diagnose-notes.js';
import { rankCauses, type Candidate, type JudgedEvent } from './diagnose-rank.js';
import { describeCandidate, inLogOfCriu, lineOf } from './diagnosis.js';
import type { LogPhase, Triage } from './finding.js';
import { signatureOf } from './signature.js';
import { runStoriesOf, timelineOf } from './timeline.js';

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
  if (placed.reading.isOfHost === true && !isAboutCheckpoint(placed, kept.length > 0)) {
    return { ...placed, matches: [], role: 'quiet' };
  }
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
  const mustSay = ({ kind, problem, isOfHost }: LogReading): boolean =>
    kind === 'criu' || (problem !== undefined && isOfHost !== true);
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

const signatureOfLine = ({ event }: JudgedEvent, best: Candidate | undefined): string =>
  signatureOf({
    message: event.message,
    isFromCriu: event.kind === 'criu',
    ...(best === undefined ? {} : { cause: best.cause.id, captures: best.match.captures }),
  });

/** The command that failed, as far as what the terminal showed is there. */
const commandOf = (readings: readonly LogReading[]): Pick<Triage, 'command'> => {
  const command = readings.find((reading) => reading.command !== undefined)?.command;
  return command === undefined ? {} : { command };
};

/** A triage with the line that it rests on. */
export interface JudgedTriage {
  readonly triage: Triage;
  readonly failing: JudgedEvent | undefined;
}

/** Judges logs by the rules, and tells which line the answer rests on. */
export const judgeLogs = (rules: LineRules, readings: readonly LogReading[]): JudgedTriage => {
  const events = judgeAll(rules, readings);
  const candidates = diagnosesOf(events);
  const open = openLines(events);
  const [best] = candidates;
  const engine = engineOf(readings);
  const result = resultOf(readings, events, best !== undefined);
  const failing = best?.line ?? (result === 'unexplained' ? open[0] : undefined);
  const own = failing && inLogOfCriu(failing, events);
  const versions = versionsOf(readings, failing);
  const triage: Triage = {
    result,
    phase: phaseOf(readings, events, failing),
    signature: failing === undefined ? '' : signatureOfLine(failing, best),
    versions,
    ...(engine === '' ? {} : { engine }),
    ...commandOf(readings),
    diagnoses: candidates.map((candidate) => describeCandidate(candidate, events, readings, versions)),
    timeline: timelineOf(readings, own),
    runs: runStoriesOf(readings, own),
    unexplained: result === 'unexplained' ? open.map(lineOf) : [],
    notes: notesOf({ result, readings, events, failing }),
  };
  return { triage, failing: own };
};

/** Judges logs by the rules. Diagnoses come best first; the logs of a good run give none. */
export const diagnose = (rules: LineRules, readings: readonly LogReading[]): Triage =>
  judgeLogs(rules, readings).triage;

/** Judges a log that is in memory: the tests inside the rules, text that was pasted. */
export const diagnoseText = (rules: LineRules, text: string, kind: LogKind, file = 'log'): Triage =>
  diagnose(rules, [readLogText(text, { file, words: watchedWords(rules), kind })]);
