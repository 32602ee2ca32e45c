/** What guard does while a command runs: it keeps the logs, and says what is going on when it takes long. */

import { keepLogs } from '../actions/keep-logs.js';
import { lookAtWork } from '../actions/look-at-work.js';
import { commandPid } from '../actions/run-supervised.js';
import { describeWork } from '../render/guard-work.js';
import type { GuardContext } from './guard-context.js';

/** Nobody waits longer than this for a small container without wondering. */
const usualWarnAfterS = 120;
/** Logs are looked at this soon, and then this often. */
const firstKeepMs = 1000;
const keepMs = 3000;

/** Begins with it, for the command of the supervisor in `directory`; the function that it gives ends it. */
export function watchOver(context: GuardContext, directory: string): () => Promise<void> {
  const stopKeeping = keepOn(context);
  const stopWarning = warnLater(context, directory);
  return () => {
    stopWarning();
    return stopKeeping();
  };
}

/** Copies logs now and then, and a last time in the end. */
function keepOn({ guard, source }: GuardContext): () => Promise<void> {
  let pass = Promise.resolve();
  const keep = (): void => {
    pass = pass.then(() => keepLogs(source, guard.record().mark, guard.directory));
  };
  let timer = setTimeout(function again() {
    keep();
    timer = setTimeout(again, keepMs);
  }, firstKeepMs);
  return () => {
    clearTimeout(timer);
    keep();
    return pass;
  };
}

/** Tells it, and again when it takes much longer. */
function warnLater(context: GuardContext, directory: string): () => void {
  const { guard } = context;
  let afterS = guard.record().wish.warnAfterS ?? usualWarnAfterS;
  let timer = setTimeout(function again() {
    // What cannot be told must not end what waits for the command.
    tellSlow(context, directory, afterS).catch((error: unknown) => {
      context.voice.tell(`what the command does could not be looked at: ${String(error)}`);
    });
    // Each pause is as long as everything before it.
    timer = setTimeout(again, afterS * 1000);
    afterS *= 2;
  }, afterS * 1000);
  return () => clearTimeout(timer);
}

async function tellSlow({ guard, source, voice }: GuardContext, directory: string, seconds: number): Promise<void> {
  const { action, mark, insurances } = guard.record();
  const pid = await commandPid(directory);
  const work = await lookAtWork(source, mark, guard.directory);
  const hasCopy = insurances.some(({ kind }) => kind === 'state-copy');
  for (const line of describeWork({ kind: action.kind, seconds, pid, hasCopy, ...work })) voice.tell(line);
}
