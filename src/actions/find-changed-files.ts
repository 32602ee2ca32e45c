/** Finds out whether the files of a stopped instance are still those that its saved state goes with. */

import { join } from 'node:path';

import type { Source } from '../source/source.js';
import { seenBy, type Look } from './observe.js';

/** More would be told than anybody reads. */
const maxBytes = 2048;
const searchMs = 10_000;
const maxNamed = 3;

/**
 * A line for the user when files have changed since the dump: CRIU opens them by their names and compares sizes.
 * Undefined: none has, or it cannot be told, as where a pool is not mounted.
 */
export async function findChangedFiles(source: Source, look: Look): Promise<string | undefined> {
  const { observation, places, daemonPid } = look;
  const { stateDirectory, state } = observation;
  if (stateDirectory === undefined || state !== 'whole' || places?.storage === undefined) return undefined;
  const rootfs = seenBy(join(places.storage, 'rootfs'), daemonPid);
  // The inventory is among the last that a dump writes, when the processes are frozen already.
  const argv = ['find', rootfs, '-xdev', '-type', 'f', '-cnewer', join(stateDirectory, 'inventory.img')] as const;
  const [answer] = await source.gather([
    { id: 'instance.changed', kind: 'command', argv, maxBytes, keep: 'head', timeoutMs: searchMs },
  ]);
  const names = (answer?.text ?? '').split('\n').filter((name) => name.startsWith(`${rootfs}/`));
  if (names.length === 0) return undefined;
  const shown = names.slice(0, maxNamed).map((name) => name.slice(rootfs.length));
  const more = names.length > maxNamed ? ' …' : '';
  return `its files have moved on since the state was saved, and the restore fails where one of them was open then: ${shown.join(', ')}${more}`;
}
