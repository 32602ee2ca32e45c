/** The half of the rules that judges logs, loaded when there is a log to judge. */

import type { LogJudge } from '../report/log-desk.js';
import type { RuleSet } from '../rules/load.js';

/** Judges the logs of a report by these rules. */
export function logJudgeOf(rules: Promise<RuleSet>): LogJudge {
  const loading = import('../findings/diagnose.js');
  let words: readonly string[] | undefined;
  return {
    words: async () => (words ??= (await loading).watchedWords(await rules)),
    diagnose: async (readings) => (await loading).diagnose(await rules, readings),
  };
}
