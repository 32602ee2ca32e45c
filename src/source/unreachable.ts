/** A host that cannot be reached: every question about it is answered with the reason. */

import type { Evidence, Source } from './source.js';

/** `where`: as the user named it. `reason`: one line, untrusted. */
export function createUnreachable(where: string, reason: string, now: () => Date): Source {
  return {
    where,
    gather: (requests) =>
      Promise.resolve(
        requests.map(({ id }): Evidence => ({
          id,
          origin: where,
          status: 'failed',
          reason,
          startedAt: now().toISOString(),
          durationMs: 0,
          bytes: 0,
        })),
      ),
  };
}
