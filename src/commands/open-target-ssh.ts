/** Opens a host that a move goes to over ssh; that it does not answer is told and no error. */

import { UserError } from '../errors.js';
import { writeSshAddress, type SshAddress } from '../source/ssh-address.js';
import { createUnreachable } from '../source/unreachable.js';
import { openPlace, type OpenedPlace } from './open-place.js';
import type { OpenTarget, OpenTargetOptions } from './open-target.js';

function problemsOf(where: string, far: OpenedPlace['far']): readonly string[] {
  const lost = far?.lost();
  return [
    ...(far?.isRoot === false ? [`${where}: not root, so some things cannot be seen; --sudo asks for root there`] : []),
    ...(lost === undefined ? [] : [`${where}: the connection was lost: ${lost}`]),
  ];
}

export async function openOverSsh(address: SshAddress, options: OpenTargetOptions): Promise<OpenTarget> {
  const { invocation, signal, sudo } = options;
  const { env, now } = invocation;
  try {
    const { source, far, close } = await openPlace({ kind: 'ssh', address }, { signal, env, now, sudo });
    return { source, isRecorded: false, problems: () => problemsOf(source.where, far), told: [], close };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const where = `ssh:${writeSshAddress(address)}`;
    const problem = error.hint === undefined ? error.message : `${error.message}. ${error.hint}`;
    return {
      source: createUnreachable(where, `that host could not be reached: ${error.message}`, now),
      isRecorded: false,
      problems: () => [],
      told: [],
      problem,
      close: () => Promise.resolve(),
    };
  }
}
