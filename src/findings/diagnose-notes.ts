/** What a reader of a triage should know besides: what to look at next, and what was not judged. */

import type { LogReading } from '../evidence/log-reading.js';
import { timeOf } from './diagnose-history.js';
import type { JudgedEvent } from './diagnose-rank.js';
import type { Triage } from './finding.js';

const maxAdvice = 3;
const maxFiles = 5;

/** What a triage is made of, as far as notes are about it. */
export interface Judgement {
  readonly result: Triage['result'];
  readonly readings: readonly LogReading[];
  readonly events: readonly JudgedEvent[];
  /** The line that the result rests on. */
  readonly failing: JudgedEvent | undefined;
}

/** How a log that tells nothing can be made up for. */
const whatToGive =
  'Give it what the failed command printed, the whole log of CRIU (dump.log or restore.log; LXD and Incus keep them as ' +
  'snapshot_*.log and migration_*.log in /var/log/lxd/NAME or /var/log/incus/NAME) and the lxc.log beside it: ' +
  'triage takes the directory.';

const nothingOfHost =
  'The logs of the host were looked through, and no line in them is about a checkpoint or a restore that failed.';

const whatElseFails =
  'This is what CRIU says. An error of the engine afterwards would stand on the terminal or in the log of its daemon ' +
  '(lxd.log, incusd.log, the journal), not here: if the command failed, give triage what it printed as well.';

const whatIsTerse =
  'The log holds errors and warnings alone. Had the run failed, one would say so; that it came to its end is not told ' +
  'at this verbosity. `-v4` tells.';

const wholeLog =
  'What is here of the log of CRIU holds errors alone. The whole of it, best at -v4, tells in which step it stopped and what ' +
  'came before: dump.log or restore.log; LXD and Incus keep them in /var/log/lxd/NAME or /var/log/incus/NAME.';

const forTheBug =
  'For a bug report: `crdoctor report NAME -- COMMAND` puts the logs, versions, configuration and kernel messages of the ' +
  'host into one file, and triage takes that file. On the host `criu check --all` and `dmesg` tell what the log does not.';

/** Nothing was told but errors, as engines do when they quote CRIU. */
const isQuotedOnly = (readings: readonly LogReading[]): boolean =>
  !readings.some(({ runs }) => runs.some(({ marks }) => marks.some(({ mark }) => mark.outcome === undefined)));

/** What to collect for a failure that nothing explains. */
const nextNotes = ({ readings, failing }: Judgement): readonly string[] => {
  if (failing === undefined) return [whatToGive];
  return [...(failing.event.kind === 'criu' && isQuotedOnly(readings) ? [wholeLog] : []), forTheBug];
};

/** Files by name, the first few of them. */
const listFiles = (readings: Iterable<LogReading>): string => {
  const files = [...new Set([...readings].map(({ file }) => file))];
  const more = files.length - maxFiles;
  return files.slice(0, maxFiles).join(', ') + (more > 0 ? ` and ${more} more` : '');
};

/** How near to the cause a log is: CRIU's own, then liblxc's, then what the engine makes of both. */
const depthOf = ({ event }: JudgedEvent): number => (event.kind === 'criu' ? 2 : event.kind === 'lxc' ? 1 : 0);

/** Advice of the lines that only say that it failed, of those nearest to the cause. */
const adviceOf = (events: readonly JudgedEvent[]): readonly string[] => {
  const told = events.filter(({ role }) => role === 'consequence' || role === 'unexplained');
  const deepest = told.reduce((depth, judged) => Math.max(depth, depthOf(judged)), 0);
  const matches = told.filter((judged) => depthOf(judged) === deepest).flatMap((judged) => judged.matches);
  return [...new Set(matches.flatMap(({ advice }) => advice ?? []))].slice(0, maxAdvice);
};

const historyNotes = ({ events, readings, failing }: Judgement): readonly string[] => {
  const older = events.filter(({ role }) => role === 'history').map(({ reading }) => reading);
  const failedMs = failing === undefined ? undefined : timeOf(failing);
  const later = readings.filter(
    ({ kind, runs, writtenMs }) =>
      kind === 'criu' && failedMs !== undefined && (writtenMs ?? 0) > failedMs && runs.at(-1)?.succeeded === true,
  );
  return [
    ...(older.length === 0 ? [] : [`Older failures are told here too and were not judged: ${listFiles(older)}.`]),
    ...(later.length === 0 ? [] : [`A later run went well: ${listFiles(later)}.`]),
  ];
};

const cutNotes = (readings: readonly LogReading[]): readonly string[] => {
  const cut = readings.filter(({ isCutShort, lines }) => isCutShort && lines > 0);
  if (cut.length === 0) return [];
  return [`Reading stopped before the end, so what is missing may tell how it went: ${listFiles(cut)}.`];
};

/** Notes in the order of their weight; empty when there is nothing to add. */
export const notesOf = (judgement: Judgement): readonly string[] => {
  const { result, readings, events, failing } = judgement;
  if (result === 'no-failure') {
    const isTerse = readings.some(({ kind, runs }) => kind === 'criu' && runs.at(-1)?.isTerse === true);
    return isTerse ? [whatIsTerse, whatElseFails] : [whatElseFails];
  }
  const isUnexplained = result === 'unexplained';
  const advice = isUnexplained ? adviceOf(events) : [];
  return [
    ...advice,
    ...cutNotes(readings),
    ...(isUnexplained && failing === undefined && readings.some(({ isOfHost }) => isOfHost) ? [nothingOfHost] : []),
    ...(isUnexplained && advice.length === 0 ? nextNotes(judgement) : []),
    ...historyNotes(judgement),
  ];
};
