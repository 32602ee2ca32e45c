/** What guarding an instance of LXD or Incus needs: questions and commands in the words of their clients. */

import { parseSnapshots } from '../parse/server-json.js';
import type { EvidenceRequest } from '../source/source.js';
import type { EngineGuard } from './engine.js';
import { instancePath, projectWords, type FamilyMember } from './lxd-family-member.js';

const queryTimeoutMs = 15_000;

/** The remote is named everywhere, because the default one may be another machine. Names were not refused. */
export function guardOf(member: FamilyMember): EngineGuard {
  const { client, name: engine, project = 'default' } = member;
  const inProject = projectWords(member);
  return {
    snapshotsRequest: (name): EvidenceRequest => ({
      id: 'engine.snapshots',
      kind: 'command',
      argv: [client, 'query', `local:${instancePath(member, name, '/snapshots', 'recursion=1')}`],
      timeoutMs: queryTimeoutMs,
    }),
    targetRequest: (remote, name): EvidenceRequest => ({
      id: 'engine.instance',
      kind: 'command',
      argv: [client, 'query', `${remote}:${instancePath(member, name, '', 'recursion=1')}`],
      timeoutMs: queryTimeoutMs,
    }),
    readSnapshots: ({ text }) => parseSnapshots(text ?? ''),
    // It is about rows that no command of the client shows or changes. Names of instances hold letters, digits and
    // dashes, those of projects nearly anything.
    markStateful: (name) => [
      ...(engine === 'lxd' ? ['lxd', 'sql'] : ['incus', 'admin', 'sql']),
      'global',
      `UPDATE instances SET stateful=1 WHERE name='${name}' AND project_id=(SELECT id FROM projects WHERE name='${project.replaceAll("'", "''")}')`,
    ],
    keepRootfs: (name, snapshot) =>
      engine === 'lxd'
        ? [client, ...inProject, 'snapshot', `local:${name}`, snapshot, '--no-expiry']
        : [client, ...inProject, 'snapshot', 'create', `local:${name}`, snapshot, '--no-expiry'],
    start: (name) => [client, ...inProject, 'start', `local:${name}`],
    startFresh: (name) => [client, ...inProject, 'start', `local:${name}`, '--stateless'],
    restore: (name, snapshot, stateful) => [
      client,
      ...inProject,
      ...(engine === 'lxd' ? ['restore'] : ['snapshot', 'restore']),
      `local:${name}`,
      snapshot,
      ...(stateful ? ['--stateful'] : []),
    ],
  };
}
