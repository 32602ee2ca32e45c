/** Opens a host that a move goes to over ssh; that it does not answer is told and no error. */

import { createUnreachable } from '../source/unreachable.js';
import type { OpenTarget, OpenTargetOptions } from './open-target.js';

/** `host`: `[user@]host[:port]`, as behind `ssh:`. */
export function openOverSsh(host: string, { invocation }: OpenTargetOptions): Promise<OpenTarget> {
  const problem = `ssh:${host}: this release has no ssh`;
  return Promise.resolve({
    source: createUnreachable(`ssh:${host}`, problem, invocation.now),
    isRecorded: false,
    problems: () => [],
    close: () => Promise.resolve(),
    told: [],
    problem,
  });
}
