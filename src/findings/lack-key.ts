/** Names evidence that is missing together with the host it is missing of. */

import type { Side } from '../facts/side.js';
import type { EvidenceId } from '../source/source.js';

const ofTarget = 'target:';

/** `criu.check`; of a target `target:criu.check`. The source is where everything is unless something else is said. */
export function lackKey(side: Side, id: EvidenceId): string {
  return side === 'target' ? `${ofTarget}${id}` : id;
}

/** The id alone. */
export function idOfLack(key: string): EvidenceId {
  return isOfTarget(key) ? key.slice(ofTarget.length) : key;
}

/** True for evidence of a target. */
export function isOfTarget(key: string): boolean {
  return key.startsWith(ofTarget);
}
