/** Reads a report back to file it: its texts, and what the rules of today say about its logs and its host. */

import { UserError } from '../errors.js';
import type { LogReading } from '../evidence/log-reading.js';
import { readLog } from '../evidence/logs.js';
import type { Triage } from '../findings/finding.js';
import type { Filing } from '../render/filing/filing.js';
import { isReportedLog } from '../report/log-desk.js';
import { readFiledTexts } from '../report/read-filed.js';
import type { RuleSet } from '../rules/load.js';
import { openBundle, type Bundle } from '../source/bundle.js';
import type { EvidenceId } from '../source/source.js';
import type { LogInput } from '../source/log-files.js';
import type { Invocation } from './invocation.js';
import { deadlineOf, progressOf, type WorkArguments } from './output-options.js';
import { assessRecorded, readReportedLogs } from './recorded.js';
import { openRules } from './rule-set.js';
import { watchLog } from './watched-log.js';

export interface RecordedFiling {
  readonly filing: Filing;
  /** What is odd about the report, one line each. Untrusted. */
  readonly problems: readonly string[];
}

/**
 * Nothing is taken from what the report itself concludes: that may come from an older release, or from anybody.
 * @throws {UserError} it is no report, or cannot be read
 */
export async function readFiling(path: string, parsed: WorkArguments, invocation: Invocation): Promise<RecordedFiling> {
  const bundle = await openBundle(path);
  const texts = await readFiledTexts(bundle);
  const rules = await openRules(parsed, invocation);
  const triage = await triageOf(bundle, rules, parsed, invocation);
  const assessment = await assessRecorded(bundle, rules);
  const command = texts.textOf('action.command')?.trimEnd();
  const output = texts.textOf('action.output');
  const action = { ...(command !== undefined && { command }), ...(output !== undefined && { output }) };
  const summary = {
    manifest: bundle.manifest,
    ...(assessment !== undefined && { assessment }),
    ...(triage !== undefined && { triage }),
    ...(Object.keys(action).length > 0 && { action }),
    notes: [],
    textOf: (id: EvidenceId, side?: 'target') => texts.textOf(id, side),
  };
  const problems = [...new Set([...bundle.problems(), ...texts.problems])];
  return { filing: { summary, attachments: texts.attachments, leftOut: texts.leftOut }, problems };
}

/** Undefined when there is no log, as in the report of a host. */
async function triageOf(
  bundle: Bundle,
  rules: RuleSet,
  parsed: WorkArguments,
  invocation: Invocation,
): Promise<Triage | undefined> {
  const hasLogs = bundle.manifest.artifacts.some(
    (artifact) => artifact.path !== undefined && bundle.files.has(artifact.path) && isReportedLog(artifact),
  );
  if (!hasLogs) return undefined;
  const { judgeLogs, watchedWords } = await import('../findings/diagnose.js');
  const watch = {
    signal: deadlineOf(parsed, invocation),
    onProgress: progressOf(parsed, invocation),
    now: invocation.now,
  };
  const words = watchedWords(rules);
  const read = (input: LogInput): Promise<LogReading> => readLog(watchLog(input, watch), { words });
  try {
    const { readings } = await readReportedLogs(bundle, read);
    if (readings.length === 0) return undefined;
    const { triage } = judgeLogs(rules, readings);
    return triage.result === 'diagnosed' || readings.some(isOfFailure) ? triage : undefined;
  } catch (error) {
    // None of them could be read; the problems of the report say so.
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** As a report judges its logs when it is made: those of liblxc and of daemons also complain of what harms nobody. */
function isOfFailure({ kind, file }: LogReading): boolean {
  return kind === 'criu' || file.startsWith('action/');
}
