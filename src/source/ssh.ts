/** Another host as a source of evidence, over ssh. */

import { UserError } from '../errors.js';
import type { LocalOptions } from './local.js';
import type { Source } from './source.js';
import { writeSshAddress, type SshAddress } from './ssh-address.js';

/** What a host said of itself when the connection was made. */
export interface FarHost {
  readonly hostname: string;
  readonly isRoot: boolean;
}

export interface SshOptions extends LocalOptions {
  /** Become root there by `sudo -n`. */
  readonly sudo?: boolean | undefined;
}

/** A connection that is open; it serves any number of calls of `gather`. */
export interface OpenedSsh {
  readonly source: Source;
  readonly far: FarHost;
  /** Ends the connection and waits for the end of ssh; never throws. */
  readonly close: () => Promise<void>;
}

/**
 * Calls a host.
 * @throws {UserError} it cannot be reached, does not let us in, or has no shell that works
 */
export async function openSsh(address: SshAddress, _options: SshOptions): Promise<OpenedSsh> {
  throw new UserError(`ssh:${writeSshAddress(address)}: this release calls no other host yet`);
}
