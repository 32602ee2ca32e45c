/** Opens the host where something is and, for a move, the one that it goes to, both at the same time. */

import { UserError } from '../errors.js';
import { findRemote, hostOf } from './find-remote.js';
import type { Invocation } from './invocation.js';
import { openPlace, type OpenablePlace, type OpenedPlace, type OpenOptions } from './open-place.js';
import { openTarget, type OpenTarget } from './open-target.js';
import type { Place } from './where-option.js';

/** Hosts that were opened; whoever opened them has to close them. */
export interface OpenEnds {
  readonly opened: OpenedPlace;
  /** Undefined: there is one host alone. */
  readonly target: OpenTarget | undefined;
  /** Never throws. */
  readonly close: () => Promise<void>;
}

export interface EndsOptions extends OpenOptions {
  /** The user says whose container it is. */
  readonly engine: string | undefined;
  readonly invocation: Invocation;
  readonly signal: AbortSignal;
}

/**
 * `to`: undefined = one host alone.
 * @throws {UserError} the source cannot be reached, or a report cannot be read
 */
export async function openEnds(on: Place, to: Place | undefined, options: EndsOptions): Promise<OpenEnds> {
  const opening = to === undefined ? Promise.resolve(undefined) : openTarget(to, options);
  const [source, target] = await Promise.allSettled([openSource(on, options), opening]);
  const opened = [source, target].flatMap((each) => (each.status === 'fulfilled' ? (each.value ?? []) : []));
  const close = async (): Promise<void> => void (await Promise.all(opened.map((each) => each.close())));
  if (source.status === 'fulfilled' && target.status === 'fulfilled') {
    return { opened: source.value, target: target.value, close };
  }
  await close();
  throw source.status === 'rejected' ? source.reason : target.status === 'rejected' ? target.reason : undefined;
}

async function openSource(on: Place, options: EndsOptions): Promise<OpenedPlace> {
  return openPlace(on.kind === 'remote' ? await addressOf(on.name, options) : on, options);
}

/** A remote as a source is the host at its address: of a container, its API alone tells too little. */
async function addressOf(name: string, { engine, invocation }: EndsOptions): Promise<OpenablePlace> {
  const remote = await findRemote('--on', name, engine, invocation.env);
  if (remote.address === 'unix://') return { kind: 'local' };
  const host = hostOf(remote);
  if (host === undefined) throw new UserError(`--on ${name}: is at ${remote.address}, which ssh cannot call`);
  return { kind: 'ssh', address: { user: undefined, host, port: undefined } };
}
