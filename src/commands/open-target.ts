/** Opens the host that a move goes to; that it cannot be reached is told, and the rest is judged all the same. */

import { openLocal } from '../source/local.js';
import type { Source } from '../source/source.js';
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
  readonly close: () => Promise<void>;
}

export interface OpenTargetOptions {
  readonly invocation: Invocation;
  readonly signal: AbortSignal;
}

/** @throws {UserError} a report that cannot be read */
export async function openTarget(place: Place, { invocation, signal }: OpenTargetOptions): Promise<OpenTarget> {
  const close = (): Promise<void> => Promise.resolve();
  if (place.kind === 'report') {
    const { openBundle } = await import('../source/bundle.js');
    const bundle = await openBundle(place.path);
    return { source: bundle.asTarget(), isRecorded: true, problems: () => bundle.problems(), close };
  }
  const { env, now } = invocation;
  return { source: openLocal({ signal, env, now }), isRecorded: false, problems: () => [], close };
}
