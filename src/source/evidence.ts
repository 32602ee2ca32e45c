/** Builds evidence from what reading gave, the same way for every kind of request. */

import { errorCode } from '../errors.js';
import type { Evidence, EvidenceId, EvidenceStatus } from './source.js';

/** What a reader found out, before it is dressed as evidence. */
export interface Answer {
  readonly origin: string;
  readonly status: EvidenceStatus;
  readonly content?: Buffer;
  readonly stderr?: string;
  readonly exitStatus?: number;
  readonly reason?: string;
}

export interface Clock {
  now(): Date;
}

/** Runs a reader and adds when it ran and how long that took. */
export async function timeAnswer(id: EvidenceId, clock: Clock, read: () => Promise<Answer>): Promise<Evidence> {
  const startedAt = clock.now();
  const { content, ...answer } = await read();
  return {
    id,
    ...answer,
    ...(content && { text: content.toString('utf8') }),
    startedAt: startedAt.toISOString(),
    durationMs: Math.max(0, clock.now().getTime() - startedAt.getTime()),
    bytes: content?.length ?? 0,
  };
}

/** The answer for something that could not be opened or read. */
export function answerForError(origin: string, error: unknown): Answer {
  const code = errorCode(error);
  const reason = error instanceof Error ? error.message.split('\n', 1)[0] : undefined;
  return { origin, status: statusForCode(code), ...(reason !== undefined && { reason }) };
}

/** ESRCH is what /proc says of a process that has just ended. */
function statusForCode(code: string | undefined): EvidenceStatus {
  if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ESRCH') return 'absent';
  return code === 'EACCES' || code === 'EPERM' ? 'denied' : 'failed';
}

/** Gives the answer of `read`, or `timed-out` when it takes longer than `limitMs`. The reading itself goes on. */
export async function answerWithin(origin: string, limitMs: number, read: () => Promise<Answer>): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Answer>((resolve) => {
    const answer: Answer = { origin, status: 'timed-out', reason: `no answer within ${limitMs} ms` };
    timer = setTimeout(() => resolve(answer), limitMs);
  });
  try {
    return await Promise.race([read(), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Text of one line for line based artifacts: control characters and the backslash as \xNN. */
export function escapeLine(text: string): string {
  return text.replaceAll(/[\\\u0000-\u001f\u007f-\u009f]/g, (character) => {
    return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
}
