/** Opens a remote of LXD or Incus as a target: over ssh to its address where that works, else through its API alone. */

import { createRemoteApi, remoteServerRequest } from '../evidence/remote-api.js';
import { openLocal } from '../source/local.js';
import type { Evidence } from '../source/source.js';
import { createUnreachable } from '../source/unreachable.js';
import { findRemote, hostOf, type FoundRemote } from './find-remote.js';
import type { OpenTarget, OpenTargetOptions } from './open-target.js';
import { openOverSsh } from './open-target-ssh.js';

/** @throws {UserError} there is no such remote */
export async function openRemote(name: string, options: OpenTargetOptions): Promise<OpenTarget> {
  const { invocation, signal, engine } = options;
  const { env, now } = invocation;
  const remote = await findRemote('--to', name, engine, env);
  const local = openLocal({ signal, env, now });
  if (remote.address === 'unix://') return { ...closed, source: { ...local, where: `${name}:` }, told: [] };
  const host = hostOf(remote);
  const [[server], overSsh] = await Promise.all([
    local.gather([remoteServerRequest(remote)]),
    host === undefined ? undefined : openOverSsh({ user: undefined, host, port: undefined }, options),
  ]);
  const told = server === undefined ? [] : [server];
  if (overSsh !== undefined && overSsh.problem === undefined) {
    return { ...overSsh, source: { where: `${name}:`, gather: (requests) => overSsh.source.gather(requests) }, told };
  }
  return withoutSsh(remote, server, overSsh?.problem ?? `${remote.address} names no host`, options);
}

/** What a server answers to the client on this host, as evidence. @throws {UserError} there is no such remote */
export async function askServer(
  name: string,
  { invocation, signal, engine }: OpenTargetOptions,
): Promise<readonly Evidence[]> {
  const { env, now } = invocation;
  const remote = await findRemote('--to', name, engine, env);
  return openLocal({ signal, env, now }).gather([remoteServerRequest(remote)]);
}

const closed = { isRecorded: false, problems: () => [], close: () => Promise.resolve() } as const;

function withoutSsh(
  remote: FoundRemote,
  server: Evidence | undefined,
  reason: string,
  { invocation: { env, now }, signal }: OpenTargetOptions,
): OpenTarget {
  const where = `${remote.name}:`;
  if (server?.status !== 'ok') {
    const said = server?.stderr?.trim().split('\n').at(-1) ?? server?.reason ?? 'it was not asked';
    const problem = `${where} cannot be asked: ${said}; ${reason}`;
    return { ...closed, source: createUnreachable(where, problem, now), problem, told: server ? [server] : [] };
  }
  return {
    ...closed,
    source: createRemoteApi(openLocal({ signal, env, now }), remote, server),
    told: [server],
    problem: `of ${where} only its API was asked, because ${reason}`,
  };
}
