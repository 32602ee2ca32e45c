/** Opens a place that evidence comes from. */

import type { Bundle } from '../source/bundle.js';
import { openLocal, type LocalOptions } from '../source/local.js';
import type { Source } from '../source/source.js';
import type { FarHost } from '../source/ssh.js';
import type { Place } from './where-option.js';

/** A place that was opened; whoever opened it has to close it. */
export interface OpenedPlace {
  readonly source: Source;
  /** Set for a report: what else it holds. */
  readonly bundle: Bundle | undefined;
  /** Set for a host over ssh: what it said of itself. */
  readonly far: FarHost | undefined;
  /** Ends the connection to another host, and waits for its end; never throws. */
  readonly close: () => Promise<void>;
}

export interface OpenOptions extends LocalOptions {
  /** Become root on another host by sudo. */
  readonly sudo?: boolean | undefined;
}

/** A place as {@link openPlace} takes it: a remote has to be turned into the address of its host before. */
export type OpenablePlace = Exclude<Place, { kind: 'remote' }>;

/**
 * Opens a place. Only what is needed for it is loaded.
 * @throws {UserError} it cannot be reached, or the report cannot be read
 */
export async function openPlace(place: OpenablePlace, options: OpenOptions): Promise<OpenedPlace> {
  switch (place.kind) {
    case 'ssh': {
      const { openSsh } = await import('../source/ssh.js');
      return { bundle: undefined, ...(await openSsh(place.address, options)) };
    }
    case 'report': {
      const { openBundle } = await import('../source/bundle.js');
      const bundle = await openBundle(place.path);
      return { source: bundle, bundle, far: undefined, close: () => Promise.resolve() };
    }
    case 'local':
    default:
      return { source: openLocal(options), bundle: undefined, far: undefined, close: () => Promise.resolve() };
  }
}
