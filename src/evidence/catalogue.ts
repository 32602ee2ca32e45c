/** What evidence there is about a host and about an instance, and how it is asked for. */

import type { InstancePlaces } from '../engines/engine.js';
import { snapCriuPaths, tracePaths } from '../engines/packaging.js';
import type { CommandRequest, EvidenceRequest } from '../source/source.js';

/** Programs that CRIU, the engines or crdoctor run. */
const programNames: readonly string[] = [
  'criu',
  ...snapCriuPaths,
  'lxc',
  'lxd',
  'incus',
  'incusd',
  'lxc-info',
  'lxc-ls',
  'lxc-checkpoint',
  'snap',
  'iptables',
  'ip6tables',
  'iptables-restore',
  'ip6tables-restore',
  'iptables-save',
  'ip6tables-save',
  'iptables-legacy-restore',
  'iptables-legacy-save',
  'nft',
  'ip',
  'tar',
  'gzip',
  'sh',
  'apparmor_parser',
  'cuda-checkpoint',
];

/** Sysctls that matter to CRIU (`criu/kerndat.c`, `criu/sysctl.c`) or to what can be dumped. */
const sysctlPaths: readonly string[] = [
  'kernel/ns_last_pid',
  'kernel/pid_max',
  'kernel/cap_last_cap',
  'kernel/yama/ptrace_scope',
  'kernel/io_uring_disabled',
  'kernel/unprivileged_userns_clone',
  'kernel/dmesg_restrict',
  'kernel/apparmor_restrict_unprivileged_userns',
  'kernel/core_pattern',
  'kernel/threads-max',
  'user/max_user_namespaces',
  'vm/unprivileged_userfaultfd',
  'vm/overcommit_memory',
  'vm/max_map_count',
  'vm/nr_hugepages',
  'fs/nr_open',
  'fs/file-max',
  'fs/aio-max-nr',
  'fs/inotify/max_user_instances',
  'fs/inotify/max_user_watches',
  'net/core/fb_tunnels_only_for_init_net',
  'net/ipv6/conf/all/disable_ipv6',
].map((name) => `/proc/sys/${name}`);

const shortCommandMs = 5_000;
/** CRIU's check forks and mounts; on a slow machine that takes seconds. */
const criuCheckMs = 30_000;

/** What decides all further questions; answered from the file system alone. */
export const scoutRequests: readonly EvidenceRequest[] = [
  { id: 'host.programs', kind: 'programs', names: programNames },
  { id: 'host.engines', kind: 'files', paths: tracePaths },
];

/** Everything about a host but its engines. `criu` is the path of the CRIU to ask, if there is one. */
export function hostRequests(criu: string | undefined): readonly EvidenceRequest[] {
  return [
    ...criuRequests(criu),
    { id: 'host.uname', kind: 'command', argv: ['uname', '-a'], timeoutMs: shortCommandMs },
    { id: 'host.libc', kind: 'command', argv: ['getconf', 'GNU_LIBC_VERSION'], timeoutMs: shortCommandMs },
    { id: 'proc.osrelease', kind: 'file', paths: ['/proc/sys/kernel/osrelease'] },
    {
      id: 'kernel.config',
      kind: 'file',
      paths: ['/proc/config.gz', '/boot/config-{release}', '/lib/modules/{release}/config'],
    },
    // One core is enough, and there may be hundreds.
    { id: 'proc.cpuinfo', kind: 'file', paths: ['/proc/cpuinfo'], maxBytes: 16_384 },
    { id: 'proc.filesystems', kind: 'file', paths: ['/proc/filesystems'] },
    { id: 'sys.lsm', kind: 'file', paths: ['/sys/kernel/security/lsm'] },
    { id: 'sys.apparmor', kind: 'file', paths: ['/sys/module/apparmor/parameters/enabled'] },
    { id: 'proc.sysctl', kind: 'files', paths: sysctlPaths },
    { id: 'criu.config', kind: 'file', paths: ['/etc/criu/default.conf'] },
    { id: 'proc.self.status', kind: 'file', paths: ['/proc/self/status'] },
    { id: 'proc.init.status', kind: 'file', paths: ['/proc/1/status'] },
    { id: 'proc.self.uid_map', kind: 'file', paths: ['/proc/self/uid_map'] },
    {
      id: 'host.container',
      kind: 'files',
      paths: ['/run/systemd/container', '/.dockerenv', '/run/.containerenv', '/proc/1/environ'],
    },
    { id: 'proc.self.mountinfo', kind: 'file', paths: ['/proc/self/mountinfo'] },
    {
      id: 'cgroup.controllers',
      kind: 'file',
      paths: ['/sys/fs/cgroup/cgroup.controllers', '/sys/fs/cgroup/unified/cgroup.controllers'],
    },
    { id: 'proc.meminfo', kind: 'file', paths: ['/proc/meminfo'] },
  ];
}

/** `criu.check` is cut out of the answer to `criu.check.all`, see {@link splitCriuCheck}. */
function criuRequests(criu: string | undefined): readonly CommandRequest[] {
  const run = criuWords(criu);
  return [
    { id: 'criu.version', kind: 'command', argv: [...run, '--version'], timeoutMs: shortCommandMs },
    { id: 'criu.check.all', kind: 'command', argv: [...run, 'check', '--all'], timeoutMs: criuCheckMs },
  ];
}

/** How the CRIU of this path is started; without a path the one that is found by name. */
export function criuWords(criu: string | undefined): readonly [string, ...string[]] {
  return criu?.startsWith('/snap/') === true ? inSnap(criu) : [criu ?? 'criu'];
}

/** The libraries of a snap are found through the environment that its daemon has. */
function inSnap(criu: string): readonly [string, ...string[]] {
  const root = '/snap/lxd/current/lib';
  const paths = [
    root,
    ...['x86_64', 'aarch64', 'powerpc64le', 's390x'].map((machine) => `${root}/${machine}-linux-gnu`),
  ];
  return ['env', `LD_LIBRARY_PATH=${paths.join(':')}`, criu];
}

/** Whether the snap is set to bring its CRIU. */
export const snapRequests: readonly EvidenceRequest[] = [
  { id: 'snap.lxd.criu', kind: 'command', argv: ['snap', 'get', 'lxd', 'criu.enable'], timeoutMs: shortCommandMs },
];

/** What /proc tells of a running instance, from its init downward. */
export function processRequests(pid: number): readonly EvidenceRequest[] {
  return [
    { id: 'instance.mountinfo', kind: 'file', paths: [`/proc/${pid}/mountinfo`] },
    { id: 'instance.tasks', kind: 'tasks', rootPid: pid },
    {
      id: 'instance.sockets',
      kind: 'command',
      // Who is at the other end of a unix socket is told by netlink alone. The host's own `ss` asks, in the same way.
      argv: ['nsenter', '--target', String(pid), '--net', '--', 'ss', '-H', '-a', '-n', '-e', '-A', 'unix,netlink'],
      timeoutMs: shortCommandMs,
      maxBytes: 32 * 1024 * 1024,
    },
    { id: 'instance.maps', kind: 'file', paths: [`/proc/${pid}/maps`] },
    { id: 'instance.uid_map', kind: 'file', paths: [`/proc/${pid}/uid_map`] },
    {
      id: 'instance.links',
      kind: 'command',
      // The kind of a link is told by netlink alone. The host's own `ip` asks, in the network namespace of the
      // instance and in no other one of it.
      argv: ['nsenter', '--target', String(pid), '--net', '--', 'ip', '-details', '-json', 'link', 'show'],
      timeoutMs: shortCommandMs,
    },
  ];
}

/**
 * What its engine keeps of an instance. `daemonPid` is set when the daemon has mounts of its own (a
 * snap): its view of the storage is the one that counts.
 */
export function placeRequests(places: InstancePlaces, daemonPid: number | undefined): readonly EvidenceRequest[] {
  const { logs, lxcConfig, storage, cgroup } = places;
  const [firstConfig, ...moreConfigs] = lxcConfig;
  const requests: EvidenceRequest[] = [];
  if (firstConfig !== undefined) {
    requests.push({ id: 'instance.lxc.conf', kind: 'file', paths: [firstConfig, ...moreConfigs] });
  }
  if (logs !== undefined) requests.push({ id: 'instance.logs', kind: 'listing', path: logs });
  if (storage !== undefined) {
    const path = daemonPid === undefined ? storage : `/proc/${daemonPid}/root${storage}`;
    requests.push({ id: 'instance.space', kind: 'space', path });
  }
  if (cgroup !== undefined) {
    const trees = ['/sys/fs/cgroup', '/sys/fs/cgroup/memory', '/sys/fs/cgroup/unified'] as const;
    const [first, ...more] = trees.map((tree) => `${tree}/${cgroup}/memory.stat`);
    if (first !== undefined) requests.push({ id: 'instance.memory', kind: 'file', paths: [first, ...more] });
  }
  return requests;
}
