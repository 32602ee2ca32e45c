/** Reads from file systems that may hang, through small programs that can be killed. */

import { runCommand, type RunOptions, type RunResult } from '../process/run.js';
import type { Answer } from './evidence.js';
import { escapeFileName } from './file-name.js';
import type { ReadLimits } from './local-file.js';
import type { ListingRequest } from './source.js';

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
  return explainFailure(path, result, limits.limitMs);
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
  if (result.status !== 'ok') return explainFailure(path, result, limitMs);
  return { origin: path, status: 'ok', blocks: result.stdout.toString('latin1').trim().split(' ').map(Number) };
}

/** Entries of a directory in the form of listDirectory; needs GNU find. */
export async function listSlowDirectory(
  { path, maxDepth = 1, beginnings }: ListingRequest,
  limitMs: number,
  context: RunContext,
): Promise<Answer> {
  const depth = ['-mindepth', '1', '-maxdepth', String(maxDepth)] as const;
  // The slash, because a link at the path itself is followed. Ended by NUL, because names may hold line breaks.
  const argv = ['find', `${path}/`, ...depth, '-printf', '%y %s %T@ %P\\0'] as const;
  const result = await runCommand(argv, { ...context, timeoutMs: limitMs, maxBytes: 4 * 1024 * 1024, keep: 'head' });
  if (result.status !== 'ok') return explainFailure(path, result, limitMs);
  const lines = splitAtNul(result.stdout).map((entry) => `${escapeFileName(entry)}\n`);
  const wanted = lines.filter((line) => beginnings?.some((beginning) => nameOf(line).startsWith(beginning)) ?? true);
  const content = Buffer.from(wanted.toSorted(byName).join(''));
  return { origin: path, status: result.truncated ? 'truncated' : 'ok', content };
}

/** Without a last part that is not ended. */
function splitAtNul(bytes: Buffer): readonly Buffer[] {
  const parts: Buffer[] = [];
  for (let begin = 0, end = bytes.indexOf(0); end >= 0; begin = end + 1, end = bytes.indexOf(0, begin)) {
    parts.push(bytes.subarray(begin, end));
  }
  return parts;
}

function nameOf(line: string): string {
  return line.split(' ').slice(3).join(' ');
}

function byName(left: string, right: string): number {
  return nameOf(left) < nameOf(right) ? -1 : 1;
}

/** What the usual small programs mean with their messages; they run with LC_ALL=C. */
export function explainFailure(path: string, result: RunResult, limitMs: number): Answer {
  if (result.status === 'timed-out')
    return { origin: path, status: 'timed-out', reason: `no answer within ${limitMs} ms` };
  const reason = result.stderr.toString('utf8').split('\n', 1)[0] ?? '';
  if (reason.includes('No such file or directory')) return { origin: path, status: 'absent', reason };
  return { origin: path, status: reason.includes('ermission denied') ? 'denied' : 'failed', reason };
}
