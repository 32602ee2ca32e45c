/**
 * The vocabulary of rules: every fact a rule may read, with its type, what it means and the evidence
 * it is made from. The type checker of the rule language, the facts that are derived and the list of
 * what must be collected all follow from this one table.
 */

import type { EvidenceId } from '../source/source.js';
import { flag, number, record, records, text, textMap, texts, type ValueOf } from './fact.js';
import { cpuFacts, kernelFacts, pairFacts } from './pair-schema.js';
import {
  descriptorFacts,
  hugePageFacts,
  mappingFacts,
  sharingFacts,
  socketFacts,
  taskFacts,
  threadFacts,
} from './process-schema.js';

const hostFacts = record({
  hostname: text('node name', 'host.uname'),
  machine: text('hardware name as of `uname -m`: x86_64, aarch64', 'host.uname'),
  cpu: record({
    flags: texts('`flags` (x86) or `Features` (arm64) of the first core', 'proc.cpuinfo'),
    ...cpuFacts,
  }),
  kernel: record({
    release: text('`uname -r` as it is: 6.12.48+deb13-amd64', 'proc.osrelease'),
    config: textMap(
      'kernel build options: y, m, a number or a string; an option that is off is not in it',
      'kernel.config',
    ),
    filesystems: texts('types that the running kernel can mount now (/proc/filesystems)', 'proc.filesystems'),
    lsm: texts(
      'active security modules, in order (/sys/kernel/security/lsm); empty = known to be none',
      'sys.lsm',
      'sys.apparmor',
    ),
    sysctl: textMap('sysctls that matter to CRIU, dotted names, those that exist', 'proc.sysctl'),
    ...kernelFacts,
  }),
  libc: record({
    name: text('glibc or musl, of the host', 'host.libc'),
    version: text('version of it: 2.36', 'host.libc'),
  }),
  criu: record({
    installed: flag('there is a criu for the engine to find', 'criu.version', 'host.programs'),
    version: text('version it reports: 4.1.1', 'criu.version'),
    works: flag('`criu check` said "Looks good"; decided by the text, not by the exit status', 'criu.check'),
    problems: texts('error texts of `criu check`, without time stamp and source line', 'criu.check'),
    missingFeatures: texts('what `criu check --all` reports as missing, its own words', 'criu.check.all'),
    configOptions: texts('options set in /etc/criu/default.conf, without comments', 'criu.config'),
    plugins: texts('plugins in /usr/lib/criu; asked for only when there is a target', 'criu.plugins'),
  }),
  programs: texts('programs found, of those looked for (iptables-restore, ip, tar, nft …)', 'host.programs'),
  privileges: record({
    uid: number('effective user id crdoctor runs with', 'proc.self.status'),
    effective: texts('effective capabilities, cap_ lower case', 'proc.self.status'),
    bounding: texts('bounding set of process 1: what a daemon of this host can have at most', 'proc.init.status'),
    inUserNamespace: flag('uid 0 here is not uid 0 of the machine (/proc/self/uid_map)', 'proc.self.uid_map'),
  }),
  containedIn: text(
    'kind of container this host itself runs in (lxc, podman, systemd-nspawn), as process 1 tells; empty = none seen',
    'host.container',
  ),
  containerMarker: text(
    'kind of container that a marker file alone tells of (docker, podman), which may be a left-over; empty = none',
    'host.container',
  ),
  cgroups: record({
    layout: text('v1, hybrid or v2', 'proc.self.mountinfo'),
    freezerPath: text('where the v1 freezer hierarchy is mounted, empty = nowhere', 'proc.self.mountinfo'),
    unifiedControllers: texts(
      'controllers that the v2 tree has at its root; empty where v1 has them all',
      'cgroup.controllers',
    ),
  }),
  memory: record({
    totalBytes: number('MemTotal', 'proc.meminfo'),
    availableBytes: number('MemAvailable', 'proc.meminfo'),
  }),
  bootId: text('drawn when its kernel was started; equal on what shares a kernel', 'host.boot'),
  apiProblem: text(
    'why the API of the remote with that name does not answer the source; empty = it does, or no remote was named',
    'target.api',
  ),
  ...pairFacts,
});

const engineFacts = record({
  name: text('lxd, incus, lxc, docker, podman, runc or criu'),
  version: text('version of the daemon, or of the tool where there is none', 'engine.server'),
  packaging: text('deb, snap or other: where the daemon comes from', 'engine.server', 'host.programs'),
  liblxc: text('version of liblxc that the daemon uses', 'engine.server'),
  passes: texts(
    'CRIU options in effect: what /etc/criu/default.conf sets, this engine passes by itself and --criu-options tells; ' +
      'long names, with a value behind a blank: `--tcp-established`, `--external unix[123]`',
    'criu.config',
  ),
  ghostLimitBytes: number('largest deleted file that goes into the images: `--ghost-limit`, 1 MiB without it'),
  criuEnabled: flag('the snap of LXD is set to bring its criu (`snap get lxd criu.enable`)', 'snap.lxd.criu'),
});

/** A liblxc configuration; where its file cannot be read, the engine's own settings with `raw.lxc` over them. */
const lxcFacts = (which: string, ...evidence: EvidenceId[]) =>
  record({
    options: textMap(`options of the liblxc configuration ${which}; the last one wins`, ...evidence),
    ptyMax: number(`lxc.pty.max of the configuration ${which}`, ...evidence),
    ttyMax: number(`lxc.tty.max of the configuration ${which}: terminals mounted as /dev/tty1 and on`, ...evidence),
    consolePath: text(`lxc.console.path of the configuration ${which}, empty = not set`, ...evidence),
    apparmorProfile: text(`lxc.apparmor.profile of the configuration ${which}, empty = set to nothing`, ...evidence),
  });

const instanceFacts = record({
  name: text('name as the engine knows it'),
  nameThere: text('name that it is to have on the target of a move; the same one where no other is asked for'),
  status: text('running, stopped, frozen, error … in lower case', 'engine.instance'),
  type: text('container or virtual-machine', 'engine.instance'),
  ephemeral: flag('the engine deletes it as soon as it stops', 'engine.instance'),
  privileged: flag('root of the container is root of the host', 'engine.instance', 'instance.uid_map'),
  config: textMap('expanded configuration, profiles included', 'engine.instance'),
  profiles: texts('profiles that it has, in order', 'engine.instance'),
  idCount: number('ids that its user namespace maps; 0 = it has none of its own', 'instance.uid_map'),
  addresses: texts('IP addresses that its configuration gives it', 'engine.instance'),
  hardwareAddresses: texts('MAC addresses that it keeps on a move, lower case', 'engine.instance'),
  devices: records('Device', 'expanded devices', ['engine.instance'], {
    name: text('name in the configuration'),
    type: text('disk, nic, unix-char, unix-block, gpu, usb, proxy …'),
    options: textMap('its other options'),
    nicType: text('kind of a nic as liblxc sees it: veth, macvlan, ipvlan, phys …; empty for other devices'),
    isRoot: flag('the disk that holds the root file system'),
    isHostPath: flag('a disk whose source is a path of the host'),
    isOwn: flag('it stands in the configuration of the instance, not in a profile'),
    hostPath: text('path of the host that it shows or hands in, a directory or a device node; empty = none'),
  }),
  lxc: lxcFacts('of the running container', 'instance.lxc.conf', 'engine.instance'),
  nextLxc: lxcFacts(
    'that its next start gets, a restore too: what the engine sets, then `raw.lxc` as it is now',
    'engine.instance',
    'instance.lxc.conf',
    'sys.lsm',
    'sys.apparmor',
  ),
  mounts: records(
    'Mount',
    'mounts of its init, and those that its tasks have besides',
    ['instance.mountinfo', 'instance.tasks'],
    {
      id: number('mount id'),
      parent: number('id of the parent mount'),
      device: text('major:minor'),
      root: text('path inside the file system that is mounted here'),
      path: text('mount point as the container sees it'),
      type: text('file system type as in mountinfo: fuse.lxcfs'),
      family: text('type without what follows a dot: fuse'),
      source: text('mount source'),
      namespacePid: number('pid of a task in whose mount namespace it is, 0 = that of init'),
      namespaceTask: text('the same for messages: `sleep (pid 812)`, name untrusted; empty = that of init'),
      master: number('peer group it is a slave of, 0 = none'),
      hasOuterMaster: flag('slave of a peer group with no member inside'),
      isRootReachable: flag('the mounted root can be reached from another mount of the same file system inside'),
      entries: number('entries in the root of an mqueue or pstore file system; undefined for others', 'instance.tasks'),
      isOnHost: flag(
        'the same file system (major:minor) is mounted on the host too, so that `--ext-mount-map auto` finds its source',
      ),
    },
  ),
  links: records('Link', 'network links in its network namespace', ['instance.links'], {
    index: number('interface index'),
    name: text('interface name, untrusted'),
    type: text('hardware type: ether, loopback, sit, none …'),
    kind: text('kind that the kernel creates it by: veth, bridge, vxlan …; empty for a loopback and a physical card'),
  }),
  tasks: taskFacts,
  threads: threadFacts,
  sharing: sharingFacts,
  ownNamespaces: texts(
    'kinds of namespaces in which its init is not where crdoctor is: net mnt pid ipc uts user cgroup time',
    'instance.tasks',
  ),
  root: record({
    pid: number('pid of its init, or of the root of the process tree, on the host', 'instance.tasks'),
    isNamespaceInit: flag('it is pid 1 of its pid namespace', 'instance.tasks'),
    isSessionLeader: flag('it leads its session', 'instance.tasks'),
    hasOwnRoot: flag('it is confined (chroot) below the root of its mount namespace', 'instance.tasks'),
    hasTerminal: flag('it has a controlling terminal', 'instance.tasks'),
  }),
  attached: records(
    'AttachedTask',
    'processes in its pid namespace whose parent is outside (`lxc exec`, nsenter), and theirs: not part of a dump',
    ['instance.tasks'],
    { pid: number('pid on the host'), name: text('comm, untrusted') },
  ),
  sockets: socketFacts,
  descriptors: descriptorFacts,
  mappings: mappingFacts,
  hugePages: hugePageFacts,
  multicastGroups: texts(
    'IP multicast groups joined in its network namespace, without all-hosts ones',
    'instance.tasks',
  ),
  memory: record({
    usedBytes: number('memory charged to it that a dump would write: anonymous and shared memory', 'instance.memory'),
    privateBytes: number('anonymous and swapped out memory of its processes', 'instance.tasks'),
    sharedBytes: number('memory that processes share, counted once', 'instance.tasks'),
    temporaryBytes: number('contents of its tmpfs mounts, as far as they could be measured', 'instance.tasks'),
    descriptors: number('descriptors that its processes have open', 'instance.tasks'),
  }),
  storage: record({
    pool: text('name of the pool with its root file system', 'engine.instance'),
    driver: text('dir, btrfs, zfs, lvm, ceph …', 'engine.pool'),
    path: text('directory that will hold the images', 'engine.pool'),
    freeBytes: number('free bytes there', 'instance.space'),
    usedBytes: number('bytes in use on that file system, by whatever lies there', 'instance.space'),
  }),
  libc: record({
    name: text('glibc or musl, mapped by its init', 'instance.maps'),
    version: text('version as far as the file name tells; 2.34 stands for 2.34 or later', 'instance.maps'),
  }),
  hasOwnMountNamespace: flag(
    'its init is not in the mount namespace of crdoctor; CRIU leaves mounts alone when it is',
    'instance.mountinfo',
    'proc.self.mountinfo',
  ),
  hasIdmappedRoot: flag('its root file system is mounted with an id map', 'instance.mountinfo', 'engine.instance'),
  wasRestored: flag('its running incarnation came from a restore, not from a fresh start', 'instance.logs'),
});

/** What the user is about to do, asked for and not read: `operation == 'snapshot'`. */
export const operationSchema = text('snapshot, stop, move, restore, dump (of a bare process tree) or host');

/** What the log itself tells, for `when` of a diagnose entry. */
const logFacts = record({
  phase: text('dump, restore, migrate, check or unknown'),
  kind: text('where the log comes from: criu, lxd, text …'),
  criu: text('CRIU version read from it'),
  kernel: text('kernel release read from it'),
  engine: text('engine it is about, where that can be told; else empty'),
  succeeded: flag('it says that the run finished successfully'),
  failed: flag('it says that the run failed'),
  earlier: texts('messages of Error and Warn lines before this one, oldest first, at most 200'),
  later: texts('messages of Error and Warn lines after this one'),
  recent: texts('the 40 messages before this one, of any level, oldest first'),
  errors: texts('messages of Error and Warn lines of all logs that were given, at most 200 of each log'),
  tasks: textMap('comm by pid, as far as the log names them'),
  mounts: textMap('mount point by mount id'),
});

export const factSchema = record({
  host: hostFacts,
  source: hostFacts,
  target: hostFacts,
  engine: engineFacts,
  instance: instanceFacts,
});
export const logSchema = logFacts;

export type HostFacts = ValueOf<typeof hostFacts>;
export type EngineFacts = ValueOf<typeof engineFacts>;
export type InstanceFacts = ValueOf<typeof instanceFacts>;
export type LogFacts = ValueOf<typeof logFacts>;
export type MountFact = NonNullable<InstanceFacts['mounts']>[number];
export type DeviceFact = NonNullable<InstanceFacts['devices']>[number];
export type TaskFact = NonNullable<InstanceFacts['tasks']>[number];

/** Facts of one check. A missing branch is not known. */
export interface Facts {
  readonly source?: HostFacts;
  readonly target?: HostFacts;
  readonly engine?: EngineFacts;
  readonly instance?: InstanceFacts;
}

/** Facts together with what could not be read on the way. */
export interface FactSet {
  readonly facts: Facts;
  /**
   * Why evidence is missing, by side and id: key `source:criu.check`, `target:…` or `instance:…`.
   * Evidence that was read in full has no entry.
   */
  readonly gaps: ReadonlyMap<string, string>;
  /** Paths of list facts that are known to be incomplete (`instance.tasks`): no hit there is no answer. */
  readonly incomplete: ReadonlySet<string>;
}
