/** Finds a remote of LXD or Incus by the name that the client on this host gives it. */

import { readClientSettings } from '../actions/client-settings.js';
import type { ClientRemote } from '../engines/action.js';
import { findClient } from '../engines/recognise.js';
import { UserError } from '../errors.js';
import type { RemoteServer } from '../evidence/remote-api.js';
import type { Invocation } from './invocation.js';

/** A remote and where it is. */
export interface FoundRemote extends RemoteServer {
  /** `https://ADDRESS:PORT`, or `unix://` for the server of this host. */
  readonly address: string;
}

const clients = ['lxc', 'incus'] as const;
const clientOf: Readonly<Record<string, (typeof clients)[number]>> = { lxd: 'lxc', incus: 'incus' };

/**
 * Looks in the configuration of the client of `engine`, or of both. `option`: the one that names it.
 * @throws {UserError} neither knows it, both do, or it has images alone
 */
export async function findRemote(
  option: string,
  name: string,
  engine: string | undefined,
  env: Invocation['env'],
): Promise<FoundRemote> {
  const client = engine === undefined ? undefined : clientOf[engine];
  const found: FoundRemote[] = [];
  for (const each of client === undefined ? clients : [client]) {
    const remote = await readRemote(each, name, env);
    if (remote?.isForImages === true) throw new UserError(`${option} ${name}: has images alone, it runs no containers`);
    if (remote !== undefined) found.push({ client: each, name, address: remote.address });
  }
  const [first, second] = found;
  if (first !== undefined && second === undefined) return first;
  if (first === undefined) {
    const asked = client ?? clients.join(' or ');
    throw new UserError(`${option} ${name}: is no remote that ${asked} knows`, {
      hint: `${client ?? clients[0]} remote list shows them; a host without one is ssh:[user@]host`,
    });
  }
  throw new UserError(`${option} ${name}: both lxc and incus have a remote of that name`, {
    hint: 'Say which one is meant: --engine lxd or --engine incus',
  });
}

async function readRemote(client: string, name: string, env: Invocation['env']): Promise<ClientRemote | undefined> {
  const place = findClient(client);
  if (place === undefined) return undefined;
  const { remotes } = await readClientSettings(place, env);
  return Object.hasOwn(remotes, name) ? remotes[name] : undefined;
}

/** The host of an address, for ssh; undefined where it cannot be told. */
export function hostOf({ address }: FoundRemote): string | undefined {
  if (!URL.canParse(address)) return undefined;
  const { protocol, hostname } = new URL(address);
  return protocol === 'https:' && hostname !== '' ? hostname : undefined;
}
