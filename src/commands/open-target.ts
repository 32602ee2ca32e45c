/** Opens the host that a move goes to; that it cannot be reached is told, and the rest is judged all the same. */

import { UserError } from '../errors.js';
import { openLocal } from '../source/local.js';
import type { Evidence, Source } from '../source/source.js';
import type { Invocation } from './invocation.js';
import type { Place } from './where-option.js';

/** A host that was opened as a target. */
export interface OpenTarget {
  readonly source: Source;
  /** It is a report, which nothing can be added to. */
  readonly isRecorded: boolean;
  /** What was odd about it so far. Untrusted. */
  readonly problems: () => readonly string[];
  /** Why it, or most of it, cannot be looked at. Untrusted. */
  readonly problem?: string;
  /** Evidence about the way to it, which it cannot tell itself. */
  readonly told: readonly Evidence[];
  readonly close: () => Promise<void>;
}

export interface OpenTargetOptions {
  /** The user says whose container it is. */
  readonly engine?: string | undefined;
  readonly invocation: Invocation;
  readonly signal: AbortSignal;
  /** Become root on that host by sudo. */
  readonly sudo?: boolean | undefined;
}

/** @throws {UserError} a report that cannot be read */
export async function openTarget(place: Place, options: OpenTargetOptions): Promise<OpenTarget> {
  const { invocation, signal } = options;
  const close = (): Promise<void> => Promise.resolve();
  if (place.kind === 'report') {
    const { openBundle } = await import('../source/bundle.js');
    const bundle = await openBundle(place.path).catch((error: unknown) => {
      throw suggestOtherPlaces(error, place.path);
    });
    return { source: bundle.asTarget(), isRecorded: true, problems: () => bundle.problems(), told: [], close };
  }
  if (place.kind === 'ssh') return (await import('./open-target-ssh.js')).openOverSsh(place.address, options);
  if (place.kind === 'remote') return (await import('./open-remote.js')).openRemote(place.name, options);
  const { env, now } = invocation;
  return { source: openLocal({ signal, env, now }), isRecorded: false, problems: () => [], told: [], close };
}

/** A bare name is meant as a remote or a host more often than as a file. */
function suggestOtherPlaces(error: unknown, name: string): unknown {
  if (!(error instanceof UserError) || !/^[A-Za-z0-9._-]+$/.test(name) || !error.message.includes(': no such file'))
    return error;
  return new UserError(error.message, {
    exitStatus: error.exitStatus,
    hint: `A remote of lxc or incus is written --to ${name}:, a host that ssh reaches --to ssh:${name}`,
  });
}
