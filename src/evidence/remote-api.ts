/** A server of LXD or Incus that is known by its API alone: what its client on this host can ask it. */

import { parseEnvironment } from '../parse/server-json.js';
import type { CommandRequest, Evidence, EvidenceId, EvidenceRequest, Source } from '../source/source.js';

/** A remote as a client on this host names it. */
export interface RemoteServer {
  readonly client: string;
  /** Without the colon. */
  readonly name: string;
}

const queryTimeoutMs = 15_000;

/** Asks whether the API answers; the reason stands in the evidence when it does not. */
export function remoteServerRequest({ client, name }: RemoteServer): CommandRequest {
  return { id: 'target.api', kind: 'command', argv: [client, 'query', `${name}:/1.0`], timeoutMs: queryTimeoutMs };
}

/**
 * Answers what the API tells, and says of all else that it does not. `local`: the host whose client is used;
 * `server`: its answer to {@link remoteServerRequest}.
 */
export function createRemoteApi(local: Source, remote: RemoteServer, server: Evidence): Source {
  const told = toldByServer(server);
  return {
    where: `${remote.name}:`,
    async gather(requests) {
      const forwarded = requests.flatMap((request) => forward(request, remote));
      const answers = await local.gather(forwarded);
      const byRequest = new Map(forwarded.map(({ id }, index) => [id, answers[index]]));
      return requests.map(({ id }) => {
        const text = told.get(id);
        return byRequest.get(id) ?? (text === undefined ? notTold(id, remote, server) : toldAnswer(id, text, server));
      });
    },
  };
}

/** The same question of the client, put to the other server; nothing for what is no question of the client. */
function forward(request: EvidenceRequest, { client, name }: RemoteServer): readonly CommandRequest[] {
  if (request.kind !== 'command' || request.argv[0] !== client) return [];
  const [program, ...words] = request.argv;
  const changed = words.map((word) => (word.startsWith('local:') ? `${name}:${word.slice('local:'.length)}` : word));
  const isForOther = changed.some((word, index) => word !== words[index]);
  return isForOther ? [{ ...request, argv: [program, ...changed] }] : [];
}

/** Evidence that a host would answer from its files, in the same form. */
function toldByServer({ text = '' }: Evidence): ReadonlyMap<EvidenceId, string> {
  const { hostname, kernel, machine } = parseEnvironment(text) ?? {};
  const told = new Map<EvidenceId, string>();
  if (kernel === undefined) return told;
  told.set('proc.osrelease', `${kernel}\n`);
  if (hostname !== undefined && machine !== undefined) {
    told.set('host.uname', `Linux ${hostname} ${kernel} ${machine} GNU/Linux\n`);
  }
  return told;
}

function toldAnswer(id: EvidenceId, text: string, { origin, startedAt }: Evidence): Evidence {
  return { id, origin, status: 'ok', text, startedAt, durationMs: 0, bytes: Buffer.byteLength(text) };
}

function notTold(id: EvidenceId, { name }: RemoteServer, { startedAt }: Evidence): Evidence {
  const reason = `the API of ${name}: does not tell it, and that host could not be reached otherwise`;
  return { id, origin: `${name}:`, status: 'failed', reason, startedAt, durationMs: 0, bytes: 0 };
}
