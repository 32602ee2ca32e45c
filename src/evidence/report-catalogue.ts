/** What a report holds besides what a check looks at: the list that bug reports are asked for, and what comes next. */

import type { Engine, Packaging } from '../engines/engine.js';
import { engines } from '../engines/index.js';
import type { EvidenceId, EvidenceRequest } from '../source/source.js';
import { clockRequest, pairRequests } from './pair-catalogue.js';
import { hostRequests, placeRequests, processRequests, scoutRequests, snapRequests } from './catalogue.js';

const shortCommandMs = 10_000;
const mebibyte = 1024 * 1024;

/** Packages by dpkg's patterns: the engines, what they run for a checkpoint, and what gets in its way. */
const packagePatterns: readonly string[] = [
  'criu*',
  'python3-pycriu',
  'libcriu*',
  'lxd*',
  'incus*',
  'liblxc*',
  'lxc*',
  'snapd',
  'apparmor',
  'iptables',
  'nftables',
  'iproute2',
  'runc',
  'crun',
  'podman',
  'docker*',
  'containerd*',
  'libc6',
  'systemd',
];

/** Of the host, whatever engines it has. */
export const reportHostRequests: readonly EvidenceRequest[] = [
  {
    id: 'host.dmesg',
    kind: 'command',
    argv: ['dmesg'],
    timeoutMs: shortCommandMs,
    maxBytes: 8 * mebibyte,
    keep: 'tail',
  },
  { id: 'host.lxd-bridge', kind: 'file', paths: ['/etc/default/lxd-bridge'] },
  { id: 'host.os-release', kind: 'file', paths: ['/etc/os-release', '/usr/lib/os-release'] },
  {
    id: 'host.packages',
    kind: 'command',
    argv: ['dpkg-query', '--show', '--showformat=${Package} ${Version}\\n', ...packagePatterns],
    timeoutMs: shortCommandMs,
  },
  { id: 'proc.cmdline', kind: 'file', paths: ['/proc/cmdline'] },
  { id: 'proc.modules', kind: 'file', paths: ['/proc/modules'] },
  { id: 'proc.cgroups', kind: 'file', paths: ['/proc/cgroups'] },
];

/** Asked where there is no dpkg. */
export const rpmRequest: EvidenceRequest = {
  id: 'host.packages',
  kind: 'command',
  argv: ['rpm', '--query', '--all', '--queryformat=%{NAME} %{VERSION}-%{RELEASE}\\n'],
  timeoutMs: shortCommandMs,
};

/** Of the engine, all instances together. `hasSnap`: there is a program `snap`. */
export function reportEngineRequests(
  engine: Engine,
  packaging: Packaging,
  hasSnap: boolean,
): readonly EvidenceRequest[] {
  const bases = ['core20', 'core22', 'core24', 'core26', 'snapd'] as const;
  const snaps: EvidenceRequest = {
    id: 'host.snaps',
    kind: 'command',
    argv: ['snap', 'list', '--all', 'lxd', ...bases],
    timeoutMs: shortCommandMs,
  };
  return [...engine.report.requests(packaging), ...(hasSnap ? [snaps] : [])];
}

/** Of the daemon, once its pid is known: a snap has mounts of its own. */
export function daemonRequests(pid: number): readonly EvidenceRequest[] {
  return [{ id: 'engine.mountinfo', kind: 'file', paths: [`/proc/${pid}/mountinfo`] }];
}

/** Of a running instance, besides what a check reads of its processes. */
export function reportProcessRequests(pid: number): readonly EvidenceRequest[] {
  return [{ id: 'instance.cgroup', kind: 'file', paths: [`/proc/${pid}/cgroup`] }];
}

/** Asked for about every host. */
const hostItems: readonly EvidenceId[] = [
  'engine.info',
  'engine.version',
  'engine.log',
  'host.journal',
  'engine.networks',
  'engine.network.show',
  'engine.operations',
  'engine.warnings',
  'engine.storage',
  'engine.profiles',
];
/** Asked for about every instance. */
const instanceItems: readonly EvidenceId[] = [
  'engine.info.instance',
  'engine.show-log',
  'engine.config.expanded',
  'instance.logs',
  'instance.state',
  'instance.snapshots',
  'engine.checkpoints',
];
/** Asked for about every instance that runs. */
const runningItems: readonly EvidenceId[] = [...processRequests(1), ...reportProcessRequests(1)].map(({ id }) => id);

/** What a report answers about in any case, so that nothing is missing without a word. */
export function expectedItems(hasInstance: boolean): readonly EvidenceId[] {
  return hasInstance ? [...hostItems, ...instanceItems, ...runningItems] : hostItems;
}

/** Ids that only come into being with the files that are found; each stands for all that follows it. */
export const openIds: readonly EvidenceId[] = [
  'instance.log',
  'instance.state',
  'instance.snapshot',
  'engine.checkpoints',
];

/** Every id that `--only` can name besides {@link openIds}. */
export function knownIds(): readonly EvidenceId[] {
  const places = { logs: '/', lxcConfig: ['/'], storage: '/', cgroup: '/' };
  const requests = [
    ...scoutRequests,
    ...hostRequests(undefined),
    ...snapRequests,
    ...reportHostRequests,
    ...daemonRequests(1),
    ...placeRequests(places, undefined),
    ...pairRequests(undefined),
    clockRequest,
    ...Object.values(engines).flatMap((engine) => [
      ...reportEngineRequests(engine, 'other', true),
      ...engine.report.instanceRequests('x', 'x'),
      ...engine.instanceRequests('x'),
      ...engine.targetRequests,
      ...[engine.serverRequest, engine.pidRequest('x')].filter((request) => request !== undefined),
    ]),
  ];
  const ofTarget = ['target.api', 'target.paths', 'target.space'];
  const ids = [...requests.map(({ id }) => id), ...expectedItems(true), ...ofTarget, 'criu.check'];
  return [...new Set([...ids, 'action.command', 'action.output'])].toSorted();
}
