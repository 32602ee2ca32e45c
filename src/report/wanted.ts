/** Reads which evidence a report is to hold. */

import { UserError } from '../errors.js';
import { findNearNames } from '../evidence/near-names.js';
import { knownIds, openIds } from '../evidence/report-catalogue.js';
import type { EvidenceId } from '../source/source.js';

export type Wants = (id: EvidenceId) => boolean;

/**
 * A comma separated list of ids; one stands for itself and for all that continue it behind a dot:
 * `instance.log` for `instance.log.lxc.log`. Undefined: everything.
 * @throws {UserError} for an id that nothing has
 */
export function parseWanted(text: string | undefined): Wants {
  if (text === undefined) return () => true;
  const ids = text
    .split(',')
    .map((id) => id.trim())
    .filter((id) => id !== '');
  if (ids.length === 0) throw new UserError('--only names nothing', { hint: hint('') });
  const known = knownIds();
  for (const id of ids) {
    const isKnown = known.some((each) => continues(each, id)) || openIds.some((open) => continues(id, open));
    if (!isKnown) throw new UserError(`--only ${id}: there is no such evidence`, { hint: hint(id) });
  }
  return (id) => ids.some((wanted) => continues(id, wanted));
}

function continues(id: EvidenceId, beginning: EvidenceId): boolean {
  return id === beginning || id.startsWith(`${beginning}.`);
}

function hint(id: string): string {
  const near = findNearNames(id, knownIds());
  if (near.length > 0) return `Did you mean ${near.join(' or ')}?`;
  return 'manifest.json of a report lists all ids; for example engine.info,host.dmesg,instance.log';
}
