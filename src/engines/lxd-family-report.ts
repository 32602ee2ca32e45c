/** What a report asks LXD and Incus for: the commands that bug reports are made of. */

import type { EvidenceRequest } from '../source/source.js';
import type { EngineReport } from './engine.js';
import { projectWords, type FamilyMember } from './lxd-family-member.js';

/** A daemon that answers at all does so within this. */
const clientTimeoutMs = 15_000;
/** Of a daemon that has run for years, the end is what matters. */
const maxLogBytes = 16 * 1024 * 1024;
const journalLines = 5000;

/** Commands in the words of the client, and where the daemon's log is, for each way it can be installed. */
export function reportOf(member: FamilyMember): EngineReport {
  // The remote is named, because the default one may be another machine (`lxc remote switch`).
  const run = (id: string, ...words: readonly string[]): EvidenceRequest => ({
    id,
    kind: 'command',
    argv: [member.client, ...words],
    timeoutMs: clientTimeoutMs,
    keep: 'tail',
  });
  const inProject = projectWords(member);
  return {
    requests: (packaging) => {
      const { logs } = member.placesFor(packaging);
      const [first = '', ...more] = member.daemonLogs.map((name) => (name.startsWith('/') ? name : `${logs}/${name}`));
      return [
        run('engine.info', 'info', 'local:'),
        run('engine.version', 'version', 'local:'),
        run('engine.networks', 'network', 'list', 'local:'),
        run('engine.operations', 'operation', 'list', 'local:'),
        run('engine.warnings', 'warning', 'list', 'local:'),
        run('engine.storage', 'storage', 'list', 'local:'),
        run('engine.profiles', 'query', 'local:/1.0/profiles?recursion=1'),
        run('engine.network.show', 'network', 'show', `local:${member.bridge}`),
        { id: 'engine.log', kind: 'file', paths: [first, ...more], maxBytes: maxLogBytes, keep: 'tail' },
        {
          id: 'host.journal',
          kind: 'command',
          argv: [
            'journalctl',
            '--no-pager',
            '--quiet',
            '--output=short-iso',
            `--lines=${journalLines}`,
            `--unit=${member.service[packaging]}`,
          ],
          maxBytes: maxLogBytes,
          keep: 'tail',
        },
      ];
    },
    instanceRequests: (name, network) => [
      run('engine.info.instance', ...inProject, 'info', `local:${name}`),
      run('engine.show-log', ...inProject, 'info', `local:${name}`, '--show-log'),
      run('engine.config.expanded', ...inProject, 'config', 'show', '--expanded', `local:${name}`),
      ...(network === undefined || network === member.bridge
        ? []
        : [run('engine.network.instance', ...inProject, 'network', 'show', `local:${network}`)]),
    ],
    lacks: {},
  };
}
