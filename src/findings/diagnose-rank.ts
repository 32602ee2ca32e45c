/** Finds the cause among the lines of a failure: what came first and is specific, apart from what followed. */

import { endOfBlock, isEndOfLog } from '../evidence/log-reading.js';
import type { Cause } from '../rules/cause.js';
import type { PlacedEvent } from './diagnose-facts.js';
import type { LineMatch } from './diagnose-match.js';

/** A line with what it is to the failure. */
export interface JudgedEvent extends PlacedEvent {
  /**
   * `unexplained`: an error no rule knows. `quiet`: a line that says nothing about a failure. `history`:
   * a line of an older failure.
   */
  readonly role: 'root' | 'consequence' | 'noise' | 'unexplained' | 'quiet' | 'history';
  readonly matches: readonly LineMatch[];
}

/** A cause with the lines that speak for it. */
export interface Candidate {
  readonly cause: Cause;
  readonly confidence: number;
  /** The line that it is seen by best. */
  readonly line: JudgedEvent;
  readonly match: LineMatch;
  /** Further lines of the same cause. */
  readonly support: readonly JudgedEvent[];
}

/** What a line loses for each other cause whose line stands before it in the same run. */
const lossPerEarlierCause = 0.06;
const maxLoss = 0.36;
/** What is left when an error that nothing explains stands before the line. */
const shareAfterUnexplained = 0.9;
/** What a line gains when the cause has further lines of its own in the same log. */
const gainBySupport = 0.03;

/** What is left of what others say (terminal, daemons) when CRIU itself tells why it failed. */
const shareBesideCriu = 0.8;
/** From here on CRIU's own words count as telling why. */
const tellingConfidence = 0.6;

/** A line that was cut off, of which no rule can know what it was to say. */
const isCutOff = ({ event, role }: JudgedEvent, all: readonly JudgedEvent[]): boolean =>
  role === 'unexplained' && all.some((end) => end.event.message === endOfBlock && end.event.line === event.line);

/** The end of a log says something only when nothing before it does. */
const isMeaningful = (judged: JudgedEvent, all: readonly JudgedEvent[]): boolean =>
  !isEndOfLog(judged.event.message) ||
  !all.some((each) => each !== judged && ['root', 'unexplained', 'consequence'].includes(each.role));

interface Line {
  readonly judged: JudgedEvent;
  readonly match: LineMatch;
  readonly cause: Cause;
  readonly confidence: number;
}

/** The root lines of one run, each with the confidence that its place leaves it. */
const weighRun = (all: readonly JudgedEvent[]): Line[] => {
  const events = all.filter((judged) => !isCutOff(judged, all));
  const lines: Line[] = [];
  const causes = new Set<string>();
  let hasUnexplained = false;
  for (const judged of events) {
    if (judged.role === 'unexplained') hasUnexplained = true;
    if (judged.role !== 'root' || !isMeaningful(judged, events)) continue;
    const roots = judged.matches.filter((match) => match.role === 'root');
    for (const match of roots) {
      const { cause } = match;
      if (cause === undefined) continue;
      const others = [...causes].filter((id) => id !== cause.id).length;
      const placed = match.confidence - Math.min(maxLoss, others * lossPerEarlierCause);
      lines.push({ judged, match, cause, confidence: placed * (hasUnexplained ? shareAfterUnexplained : 1) });
    }
    for (const { cause } of roots) if (cause !== undefined) causes.add(cause.id);
  }
  return lines;
};

const groupBy = <Item, Key>(items: readonly Item[], keyOf: (item: Item) => Key): Map<Key, Item[]> => {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
};

/** Whether a line is the words of CRIU or of what runs directly around it. */
const isNearCriu = ({ event }: JudgedEvent): boolean => ['criu', 'lxc', 'kernel'].includes(event.kind);

/** CRIU's own words come before what a terminal or a daemon makes of them. */
const preferCriu = (lines: readonly Line[]): readonly Line[] => {
  const isTold = lines.some(
    ({ judged, confidence }) =>
      judged.event.kind === 'criu' && !isEndOfLog(judged.event.message) && confidence >= tellingConfidence,
  );
  if (!isTold) return lines;
  return lines.map((line) =>
    isNearCriu(line.judged) ? line : { ...line, confidence: line.confidence * shareBesideCriu },
  );
};

/** Candidates, best first; of equal ones the one whose line came first. */
export const rankCauses = (all: readonly JudgedEvent[]): readonly Candidate[] => {
  const events = all.filter((judged) => judged.role !== 'history');
  const lines = preferCriu([...groupBy(events, (judged) => judged.run).values()].flatMap(weighRun));
  const candidates = [...groupBy(lines, (line) => line.cause.id).values()].flatMap((own) => {
    const [best] = own.toSorted((a, b) => b.confidence - a.confidence);
    if (best === undefined) return [];
    const support = events.filter(
      (judged) => judged !== best.judged && judged.matches.some((match) => match.cause?.id === best.cause.id),
    );
    const isSupported = support.some((judged) => judged.event.message !== best.judged.event.message);
    const confidence = Math.min(0.99, best.confidence + (isSupported ? gainBySupport : 0));
    return [{ cause: best.cause, confidence, line: best.judged, match: best.match, support }];
  });
  return candidates.toSorted((a, b) => b.confidence - a.confidence);
};
