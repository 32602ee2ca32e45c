/** Says what a command that takes long is doing, and what can be done about it. */

import type { Work } from '../actions/look-at-work.js';

/** What there is to say. All texts are untrusted. */
export interface GuardWork extends Work {
  readonly kind: 'stop' | 'start' | 'snapshot' | 'restore' | 'move';
  readonly seconds: number;
  /** Pid of the command; undefined = it is not known. */
  readonly pid: number | undefined;
  readonly hasCopy: boolean;
}

/** A log that has been silent for this long makes it likely that CRIU waits for something that does not come. */
const silentS = 30;
/** A log of a hundred processes has some megabytes. One of CRIU going round in circles grows by that each second. */
const longBytes = 50_000_000;

/** Lines for the user, not yet escaped. */
export function describeWork(work: GuardWork): readonly string[] {
  const { seconds, pid, criu, log } = work;
  const atWork = criu.map((each) => `criu ${each.task} (pid ${each.pid})`).join(', ');
  return [
    `the command has run for ${seconds} seconds${pid === undefined ? '' : ` (pid ${pid})`}; it is left alone`,
    criu.length === 0 ? 'no CRIU works on this container now: the engine itself is at it' : `at work: ${atWork}`,
    ...(log === undefined ? [] : [`${log.path} ${lengthOf(log)} and ends with:`, ...log.lastLines.map(indent)]),
    ...work.waitsFor.map((lock) => `it waits for ${lock}`),
    ...adviceOf(work),
  ];
}

function lengthOf({ sizeBytes, silentS: silent }: NonNullable<GuardWork['log']>): string {
  if (sizeBytes > longBytes) return `has ${Math.round(sizeBytes / 1e6)} MB, which will fill the disk,`;
  return silent < silentS ? 'grows' : `has not grown for ${silent} seconds`;
}

function indent(line: string): string {
  return `  ${line}`;
}

/**
 * CRIU blocks every signal that can be blocked while it restores (CRIU 4.2 `criu/cr-restore.c`). What it has restored
 * survives it, so the init of that goes first, and CRIU then gives up by itself.
 */
function adviceOf({ kind, criu, log, hasCopy, restored, waitsFor }: GuardWork): readonly string[] {
  const [first] = criu;
  if (first === undefined) return [];
  const isBad = waitsFor.length > 0 || (log !== undefined && (log.silentS >= silentS || log.sizeBytes > longBytes));
  const when = isBad ? 'It may go on so for ever' : 'If it hangs';
  if (first.task === 'restore') {
    const kept = kind === 'start' && hasCopy ? 'guard has a copy of the state' : 'what it restores from stays';
    return [
      `${when}: kill -9 ${restored ?? first.pid} ends what is being restored; ${kept}, and guard goes on from there`,
    ];
  }
  return [
    `${when}: kill -9 ${first.pid} ends that CRIU alone; the dump fails, the processes run on, and guard goes on from there`,
  ];
}
