/** Reads from file systems that may hang, through small programs that can be killed. */

import { runCommand, type RunOptions, type RunResult } from '../process/run.js';
import type { Answer } from './evidence.js';
import type { ReadLimits } from './local-file.js';

export type RunContext = Pick<RunOptions, 'env' | 'signal'>;

/** Contents of a file on a slow mount. A fifo or a device there costs the time limit, no more. */
export async function readSlowFile(path: string, limits: ReadLimits, context: RunContext): Promise<Answer> {
  const result = await runCommand(['cat', '--', path], {
    ...context,
    timeoutMs: limits.limitMs,
    maxBytes: limits.maxBytes,
    keep: limits.keep,
  });
  if (result.status === 'ok') {
    return { origin: path, status: result.truncated ? 'truncated' : 'ok', content: result.stdout };
  }
  return explain(path, result, limits.limitMs);
}

/**
 * Size and free space by `stat -f`: the lines `block size`, `total`, `available`, all but the first
 * in blocks of that size.
 */
export async function statSlowSpace(
  path: string,
  limitMs: number,
  context: RunContext,
): Promise<Answer & { blocks?: readonly number[] }> {
  const argv = ['stat', '-f', '-c', '%S %b %a', '--', path] as const;
  const result = await runCommand(argv, { ...context, timeoutMs: limitMs, maxBytes: 4096, keep: 'head' });
  if (result.status !== 'ok') return explain(path, result, limitMs);
  return { origin: path, status: 'ok', blocks: result.stdout.toString('latin1').trim().split(' ').map(Number) };
}

/** Entries of a directory in the form of listDirectory, unsorted; needs GNU find. */
export async function listSlowDirectory(path: string, limitMs: number, context: RunContext): Promise<Answer> {
  const format = '%y %s %T@ %f\\n';
  const argv = ['find', path, '-mindepth', '1', '-maxdepth', '1', '-printf', format] as const;
  const result = await runCommand(argv, { ...context, timeoutMs: limitMs, maxBytes: 4 * 1024 * 1024, keep: 'head' });
  if (result.status !== 'ok') return explain(path, result, limitMs);
  return { origin: path, status: result.truncated ? 'truncated' : 'ok', content: result.stdout };
}

/** What the usual small programs mean with their messages; they run with LC_ALL=C. */
function explain(path: string, result: RunResult, limitMs: number): Answer {
  if (result.status === 'timed-out')
    return { origin: path, status: 'timed-out', reason: `no answer within ${limitMs} ms` };
  const reason = result.stderr.toString('utf8').split('\n', 1)[0] ?? '';
  if (reason.includes('No such file or directory')) return { origin: path, status: 'absent', reason };
  return { origin: path, status: reason.includes('ermission denied') ? 'denied' : 'failed', reason };
}
