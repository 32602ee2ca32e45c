/** Says what the images beside the logs are. */

import type { ImageInventory } from '../parse/crit-inventory.js';
import type { Triage } from './finding.js';

/** A set of images, by its inventory. */
export interface NamedInventory {
  /** Untrusted. */
  readonly name: string;
  readonly inventory: ImageInventory;
}

/** The triage with a note on each set of images. */
export function addImages(triage: Triage, images: readonly NamedInventory[]): Triage {
  const notes = images.map(({ name, inventory }) => `Images (${name}, by crit): ${describe(inventory)}.`);
  return notes.length === 0 ? triage : { ...triage, notes: [...triage.notes, ...notes] };
}

function describe({ version, securityModule, networkLock, runId }: ImageInventory): string {
  const parts = [
    version === undefined ? undefined : `format ${version}`,
    securityModule === undefined ? undefined : `security module ${securityModule}`,
    networkLock === undefined ? undefined : `network lock ${networkLock}`,
    runId === undefined ? undefined : `made by the run ${runId}`,
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? 'nothing is told of them' : parts.join(', ');
}
