/** What LXD and Incus have in common: one was forked from the other, and the API stayed the same. */

import type { Evidence, EvidenceRequest } from '../source/source.js';
import { parseInstance, parseInstanceNames, parseProjectsOf, parseStatePid } from '../parse/server-json.js';
import type { Engine, Instance, InstanceAddress, InstanceAnswer, InstancePlaces, Packaging } from './engine.js';
import { guardOf } from './lxd-family-guard.js';
import { instancePath, projectWords, type FamilyMember } from './lxd-family-member.js';
import { reportOf } from './lxd-family-report.js';

/**
 * Options that liblxc passes on every dump, and the ghost limit that LXD and Incus ask it for (liblxc
 * 5.0 to 7.0 `src/lxc/criu.c`, exec_criu; LXD 5.0 and Incus 6.0 `driver_lxc.go`, migrate).
 */
export const liblxcPasses: readonly string[] = [
  '--tcp-established',
  '--skip-in-flight',
  '--file-locks',
  '--link-remap',
  '--manage-cgroups full',
  '--freeze-cgroup',
  '--ext-mount-map auto',
  '--enable-external-sharing',
  '--enable-external-masters',
  '--enable-fs hugetlbfs',
  '--enable-fs tracefs',
];
const ghostLimit = '--ghost-limit 268435456';

/** A daemon that answers at all does so within this. */
const queryTimeoutMs = 15_000;

export function createFamilyEngine(member: FamilyMember): Engine {
  // The remote is named, because the default one may be another machine (`lxc remote switch`).
  const query = (id: string, path: string): EvidenceRequest => ({
    id,
    kind: 'command',
    argv: [member.client, 'query', `local:${path}`],
    timeoutMs: queryTimeoutMs,
  });
  const engine: Engine = {
    name: member.name,
    title: member.title,
    client: member.client,
    traces: member.traces,
    passes: [...liblxcPasses, ghostLimit],
    lxcDefaults: { 'lxc.pty.max': '1024', 'lxc.tty.max': '0' },
    refuseName,
    serverRequest: query('engine.server', '/1.0'),
    instanceRequests: (name) => [
      query('engine.instance', instancePath(member, name, '', 'recursion=1')),
      query('engine.pool', '/1.0/storage-pools?recursion=1'),
    ],
    pidRequest: (name) => query('engine.instance.state', instancePath(member, name, '/state')),
    inProject: (project, isNamed = false) =>
      project === 'default' && !isNamed ? engine : createFamilyEngine({ ...member, project }),
    everywhereRequest: query('engine.instances', '/1.0/instances?all-projects=true'),
    readProjects: ({ text }, name) => parseProjectsOf(text ?? '', name) ?? [],
    targetRequests: [
      query('engine.profiles', '/1.0/profiles?recursion=1'),
      query('engine.pool', '/1.0/storage-pools?recursion=1'),
      query('engine.network.list', '/1.0/networks?recursion=1'),
      query('engine.instances', '/1.0/instances'),
    ],
    neighboursRequest: query('engine.neighbours', '/1.0/instances?recursion=1'),
    namesRequest: query('engine.instances', '/1.0/instances'),
    readInstance: (evidence) => readInstance(member, evidence),
    readNames: ({ text }) => parseInstanceNames(text ?? '') ?? [],
    findPlaces: (instance, packaging) => findPlaces(member, instance, packaging),
    report: reportOf(member),
    guard: guardOf(member),
    startCommand: (name) => [member.client, 'start', ...projectWords(member), name].join(' '),
  };
  return engine;
}

/** The rule of both daemons (`shared/validate`, IsHostname): a host name of one part that is no number. */
function refuseName(name: string): string | undefined {
  if (name.includes(':')) return 'a name of another server is not taken here; run crdoctor on that server';
  if (name.length > 63) return 'names have at most 63 characters';
  if (!/^[A-Za-z0-9-]+$/.test(name)) return 'names are made of the letters a to z, digits and dashes';
  if (name.startsWith('-') || name.endsWith('-')) return 'names neither begin nor end with a dash';
  return /^\d+$/.test(name) ? 'names are not numbers' : undefined;
}

function readInstance(member: FamilyMember, evidence: ReadonlyMap<string, Evidence>): InstanceAnswer {
  const answer = evidence.get('engine.instance');
  if (answer === undefined) return unreachable(member, 'it was not asked', '');
  if (answer.status !== 'ok') return explainFailure(member, answer);
  const instance = parseInstance(answer.text ?? '');
  if (instance === undefined)
    return unreachable(member, 'its answer was not understood', `Try \`${answer.origin}\` yourself.`);
  const statePid = parseStatePid(evidence.get('engine.instance.state')?.text ?? '');
  return { outcome: 'found', instance: { ...instance, pid: instance.pid ?? statePid } };
}

/**
 * Messages of the clients of LXD 5.0 and Incus 6.0. "not found" is what the daemon says of an
 * instance; what the system says of the socket ends in "no such file or directory". Incus says both
 * of the socket in words of its own (6.0 `client/connection.go`, ConnectIncusUnixWithContext).
 */
function explainFailure(member: FamilyMember, { stderr = '', status, reason = '', origin }: Evidence): InstanceAnswer {
  const message = firstError(stderr) ?? reason;
  if (/not found$|No such object|Invalid instance name/i.test(message)) return { outcome: 'missing' };
  if (status === 'timed-out') {
    return unreachable(member, 'it did not answer in time', `Look at the daemon: journalctl -u ${member.service.deb}`);
  }
  if (/permission denied|have the needed permissions/i.test(message) || status === 'denied') {
    return unreachable(
      member,
      'no permission to use its socket',
      `Run as root, or as a member of the group ${member.socketGroup}.`,
    );
  }
  if (/connection refused|no such file or directory|connection reset|appear to be started|EOF$/i.test(message)) {
    const services = [...new Set(Object.values(member.service))].join(' or ');
    return unreachable(member, 'its daemon is not running', `Start it: systemctl start ${services}`);
  }
  return unreachable(member, message, `Try \`${origin}\` yourself.`);
}

function firstError(stderr: string): string | undefined {
  return /^Error: (.+)$/m.exec(stderr)?.[1]?.trim();
}

function unreachable(member: FamilyMember, reason: string, hint: string): InstanceAnswer {
  return { outcome: 'unreachable', reason: `${member.title} could not be asked: ${reason}`, hint };
}

function findPlaces(member: FamilyMember, instance: InstanceAddress, packaging: Packaging): InstancePlaces {
  const { logs, config, data } = member.placesFor(packaging);
  // Outside of the default project, everything on the host carries the project in its name.
  const name = instance.project === 'default' ? instance.name : `${instance.project}_${instance.name}`;
  const pool = findRootPool(instance);
  return {
    logs: `${logs}/${name}`,
    lxcConfig: [`${config}/${name}/lxc.conf`],
    storage: pool === undefined ? undefined : `${data}/storage-pools/${pool}/containers/${name}`,
    // Without the pool through the links that the daemon keeps.
    state: `${pool === undefined ? data : `${data}/storage-pools/${pool}`}/containers/${name}/state`,
    snapshots:
      pool === undefined
        ? `${data}/${member.snapshots}/${name}`
        : `${data}/storage-pools/${pool}/containers-snapshots/${name}`,
    cgroup: `lxc.payload.${name}`,
    passing: [`${member.name}_checkpoint_`, `${member.name}_restore_`],
  };
}

/** Name of the pool with the root file system; undefined when no device says it. */
export function findRootPool(instance: Pick<Instance, 'devices'>): string | undefined {
  const root = Object.values(instance.devices).find((device) => device['type'] === 'disk' && device['path'] === '/');
  const pool = root?.['pool'];
  // It becomes a part of a path; names with a slash cannot be made.
  return pool === undefined || pool.includes('/') || pool === '..' ? undefined : pool;
}
