/** Walks through the entries of an archive of any form that is known here. */

import type { RawEntry, WalkLimits } from './entries.js';
import type { ArchiveForm } from './unpack.js';

/**
 * Gives the entries in the order of the archive. Throws an Error where it is damaged or stops.
 * @throws {UserError} there is more in it than the limits allow
 */
export async function* walkEntries(path: string, form: ArchiveForm, limits: WalkLimits): AsyncGenerator<RawEntry> {
  if (form.container === 'zip') yield* (await import('./zip.js')).walkZip(path, limits);
  else yield* (await import('./entries.js')).walkTar(path, form.packing, limits);
}
