/** Writes the report of a guarded command that failed. */

import { hostname } from 'node:os';

import type { GuardRecord } from '../actions/guard-record.js';
import type { KeptLog } from '../actions/keep-logs.js';
import type { Triage } from '../findings/finding.js';
import type { ToldAction } from '../report/action.js';
import { buildReport } from '../report/build.js';
import { reportName } from '../report/output-file.js';
import type { Evidence } from '../source/source.js';
import type { GuardContext } from './guard-context.js';
import { openReportWriter } from './report-writer.js';
import { logJudgeOf } from './log-judge.js';

export interface GuardReport {
  readonly path: string;
  readonly record: GuardRecord;
  readonly watched: readonly Evidence[];
  /** Copied while the command ran. */
  readonly keptLogs: readonly KeptLog[];
  readonly output: ToldAction['output'];
  readonly context: GuardContext;
}

/** Coarse clocks of file systems, and the second that LXD puts into the names of its logs. */
const slackMs = 1000;

/** Gives what the logs say; undefined when there was none. @throws {UserError} it cannot be written */
export async function writeReport({
  path,
  record,
  watched,
  keptLogs,
  output,
  context,
}: GuardReport): Promise<Triage | undefined> {
  const { invocation, source, rules, target } = context;
  const { createRedaction } = await import('../redact/redaction.js');
  const { action, command, mark, prediction } = record;
  const now = invocation.now();
  const { learn, redact } = createRedaction({ anonymize: false });
  const writer = await openReportWriter(path, reportName(action.instance, now), now, invocation);
  try {
    const summary = await buildReport({
      source,
      ...(target && { target: { ...target, instance: action.target?.instance } }),
      request: {
        engine: action.engine,
        instance: action.instance,
        project: action.project,
        mayBeGone: true,
        wants: () => true,
      },
      action: { words: command, output },
      watched,
      keptLogs: keptLogs.map(({ evidence, modifiedS }) => ({
        evidence: { ...evidence, id: `action.kept.${evidence.id}` },
        modifiedS,
      })),
      ...(mark && { sinceMs: Date.parse(mark.at) - slackMs }),
      writer,
      redact,
      learn,
      // What was said before it ran is what the outcome is compared with.
      judge: prediction && (() => Promise.resolve(prediction)),
      logs: logJudgeOf(Promise.resolve(rules)),
      version: invocation.version,
      hostname: hostname(),
      now: invocation.now,
      signal: invocation.signal,
    });
    await writer.finish();
    return summary.triage;
  } catch (error) {
    await writer.abandon();
    throw error;
  }
}
