/** What guarding an instance of LXD or Incus needs: questions and commands in the words of their clients. */

import { parseSnapshots } from '../parse/server-json.js';
import type { EvidenceRequest } from '../source/source.js';
import type { EngineGuard } from './engine.js';
import type { FamilyMember } from './lxd-family.js';

const queryTimeoutMs = 15_000;

/** The remote is named everywhere, because the default one may be another machine. Names were not refused. */
export function guardOf({ client, name: engine }: FamilyMember): EngineGuard {
  return {
    snapshotsRequest: (name): EvidenceRequest => ({
      id: 'engine.snapshots',
      kind: 'command',
      argv: [client, 'query', `local:/1.0/instances/${encodeURIComponent(name)}/snapshots?recursion=1`],
      timeoutMs: queryTimeoutMs,
    }),
    targetRequest: (remote, name): EvidenceRequest => ({
      id: 'engine.instance',
      kind: 'command',
      argv: [client, 'query', `${remote}:/1.0/instances/${encodeURIComponent(name)}?recursion=1`],
      timeoutMs: queryTimeoutMs,
    }),
    readSnapshots: ({ text }) => parseSnapshots(text ?? ''),
    // The question is about rows that no command of the client shows or changes. Names hold letters, digits and dashes.
    markStateful: (name) => [
      ...(engine === 'lxd' ? ['lxd', 'sql'] : ['incus', 'admin', 'sql']),
      'global',
      `UPDATE instances SET stateful=1 WHERE name='${name}' AND project_id=(SELECT id FROM projects WHERE name='default')`,
    ],
    keepRootfs: (name, snapshot) =>
      engine === 'lxd'
        ? [client, 'snapshot', `local:${name}`, snapshot, '--no-expiry']
        : [client, 'snapshot', 'create', `local:${name}`, snapshot, '--no-expiry'],
    start: (name) => [client, 'start', `local:${name}`],
    startFresh: (name) => [client, 'start', `local:${name}`, '--stateless'],
    restore: (name, snapshot, stateful) => [
      client,
      ...(engine === 'lxd' ? ['restore'] : ['snapshot', 'restore']),
      `local:${name}`,
      snapshot,
      ...(stateful ? ['--stateful'] : []),
    ],
  };
}
