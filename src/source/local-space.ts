/** Tells how much room there is on the file system behind a path of this machine. */

import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';

import { answerForError, answerWithin, type Answer } from './evidence.js';
import { statSlowSpace, type RunContext } from './slow-paths.js';
import type { SlowPathTest } from './slow-mounts.js';

/**
 * The lines `path P` (the path itself or its nearest existing parent), `total N` and `available N`
 * (bytes, without what is reserved for the administrator):
 *
 *     path /var/lib/lxd/storage-pools/default
 *     total 16729894912
 *     available 11225292800
 */
export async function measureSpace(
  path: string,
  limitMs: number,
  isSlow: SlowPathTest,
  context: RunContext,
): Promise<Answer> {
  for (let candidate = path; ; candidate = dirname(candidate)) {
    const answer = isSlow(candidate)
      ? await measureSlowly(candidate, limitMs, context)
      : await answerWithin(candidate, limitMs, () => measure(candidate));
    if (answer.status !== 'absent' || candidate === dirname(candidate)) return answer;
  }
}

async function measure(path: string): Promise<Answer> {
  try {
    const { bsize, blocks, bavail } = await statfs(path);
    return toAnswer(path, [bsize, blocks, bavail]);
  } catch (error) {
    return answerForError(path, error);
  }
}

async function measureSlowly(path: string, limitMs: number, context: RunContext): Promise<Answer> {
  const { blocks, ...answer } = await statSlowSpace(path, limitMs, context);
  return blocks === undefined ? answer : toAnswer(path, blocks);
}

function toAnswer(path: string, [blockBytes = 0, total = 0, available = 0]: readonly number[]): Answer {
  const text = `path ${path}\ntotal ${blockBytes * total}\navailable ${blockBytes * available}\n`;
  return { origin: path, status: 'ok', content: Buffer.from(text) };
}
