/** Opens a place that evidence comes from. */

import { exitStatus, UserError } from '../errors.js';
import { escapeText } from '../render/escape.js';
import type { Bundle } from '../source/bundle.js';
import { openLocal, type LocalOptions } from '../source/local.js';
import type { Source } from '../source/source.js';
import type { FarHost } from '../source/ssh.js';
import type { Invocation } from './invocation.js';
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

/** The same error as one about that place, so that it does not seem to speak of this host. */
export function explainPlace(error: unknown, { source, far }: OpenedPlace): unknown {
  if (far === undefined || !(error instanceof UserError)) return error;
  const lost = far.lost();
  if (lost === undefined) {
    const { message, exitStatus: status, hint } = error;
    return new UserError(`${source.where}: ${message}`, { exitStatus: status, ...(hint !== undefined && { hint }) });
  }
  return new UserError(`${source.where}: the connection was lost too early to judge anything: ${lost}`, {
    exitStatus: exitStatus.unknown,
    hint: 'Try it again; what was seen until then is not enough',
  });
}

/** Says on standard error what has to be known about a place before its answers are read. */
export function tellAboutPlace({ source, far }: OpenedPlace, sudo: boolean, { stderr }: Invocation): void {
  if (far === undefined || far.isRoot) return;
  const what = sudo ? 'sudo has made us another user than root there' : '--sudo asks for root there';
  stderr.write(`crdoctor: ${escapeText(`${source.where}: not root, so some things cannot be seen; ${what}`)}\n`);
}
