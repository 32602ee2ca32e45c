/** What became of a program that was run for a request. */

import type { RunResult } from '../process/run.js';
import type { Answer } from './evidence.js';
import type { CommandRequest } from './source.js';

/** The answer to a command; `whenLate` says why one that took too long was ended. */
export function answerForRun({ argv }: Pick<CommandRequest, 'argv'>, result: RunResult, whenLate: string): Answer {
  const origin = argv.join(' ');
  const status = statusOf(result);
  if (status === 'absent') return { origin, status, reason: `there is no program ${argv[0]}` };
  const reason = explain(status, result, whenLate);
  return {
    origin,
    status,
    content: result.stdout,
    stderr: result.stderr.toString('utf8'),
    ...(result.exitStatus !== undefined && { exitStatus: result.exitStatus }),
    ...(reason !== undefined && { reason }),
  };
}

function statusOf({ status, truncated }: RunResult): Answer['status'] {
  return status === 'ok' && truncated ? 'truncated' : status;
}

function explain(status: Answer['status'], result: RunResult, whenLate: string): string | undefined {
  if (status === 'ok') return undefined;
  if (status === 'timed-out') return whenLate;
  if (status === 'truncated') return 'too much output';
  return (
    result.reason ?? (result.signal === undefined ? `exit status ${result.exitStatus}` : `ended by ${result.signal}`)
  );
}
