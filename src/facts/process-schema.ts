/**
 * The vocabulary of rules about processes: what they are and what they hold open, sorted by kind, so that no
 * rule walks through all descriptors.
 *
 * All of it is as seen at one moment: processes go on while they are looked at. A list that could not be read
 * to its end is marked incomplete.
 */

import { flag, number, record, records, text, textMap, texts } from './fact.js';

const walk = ['instance.tasks'] as const;

/** Who holds it. */
const holder = {
  pid: number('pid on the host'),
  process: text('who holds it, for messages: `sleep (pid 812)`; name untrusted'),
};

/** Which descriptor of which process. One that several processes share is told once, of the first. */
const descriptor = { ...holder, fd: number('descriptor') };

export const taskFacts = records('Task', 'processes in it', walk, {
  pid: number('pid on the host'),
  innerPid: number('pid inside'),
  name: text('comm, untrusted'),
  process: text('for messages: `sleep (pid 812)`; name untrusted'),
  uid: number('real uid on the host'),
  state: text('one letter: R S D T t Z X'),
  stopSignal: number('signal that stopped it, 0 = not stopped; not told by kernels before 5.17'),
  tracer: number('pid of its tracer, 0 = none'),
  isTracerInside: flag('the tracer is one of these processes'),
  nestedNamespaces: texts(
    'kinds of namespaces that differ from those of init: uts pid user ipc cgroup time (or that of its children) net mnt',
  ),
  isSessionOutside: flag('its session leader is outside of its pid namespace'),
  isSessionLeaderGone: flag(
    'its session has no leader among these processes, though the session is of its pid namespace',
  ),
  isLeaderDead: flag('main thread has exited, others live on'),
  hasPendingTrap: flag('a SIGTRAP is pending for it or one of its threads (SigPnd, ShdPnd)'),
  elfClass: number('64 or 32, of its executable; 0 = it has none (zombie)'),
  schedulingPolicy: number('0 other, 1 FIFO, 2 RR, 3 batch, 5 idle, 6 deadline, 7 ext (field 41 of stat)'),
  seccompMode: number('0 none, 1 strict, 2 filter'),
  seccompFilters: number('number of filters (kernel 5.9 and later)'),
  threads: number('threads it has, itself included'),
  hasShadowStack: flag('runs with a user shadow stack (x86_Thread_features: shstk)'),
  isDumpingProgram: flag('its executable is a criu'),
  hasOwnAffinity: flag('it may run on other processors than the root process (Cpus_allowed of status)'),
});

export const threadFacts = records(
  'Thread',
  'threads besides the main ones that have something of their own: state, tracer, namespaces or signals',
  walk,
  {
    ...holder,
    tid: number('thread id on the host'),
    state: text('one letter'),
    tracer: number('pid of its tracer, 0 = none'),
    isStoppedAlone: flag('stopped by a signal while its process is not'),
    ownNamespaces: texts('kinds of namespaces that differ from those of its process: net mnt uts …'),
    hasOwnDirectory: flag('its working directory is not that of its process'),
    hasPendingTrap: flag('a SIGTRAP is pending for it'),
  },
);

export const sharingFacts = records(
  'Sharing',
  'processes that have something in common with their parent that only threads have in common as a rule',
  walk,
  { ...holder, kind: text('memory or directory (root, working directory and umask)') },
);

export const socketFacts = record({
  inet: records('InetSocket', 'TCP, UDP, UDP-Lite, raw and ping sockets, IPv4 and IPv6', walk, {
    ...descriptor,
    inode: number('inode of the socket'),
    family: text('ipv4 or ipv6'),
    protocol: text('tcp, udp, udplite, raw or icmp'),
    state: text('as the kernel names it: ESTABLISHED, SYN_SENT, LISTEN, CLOSE_WAIT …; empty = bound nowhere'),
    local: text('address and port: 127.0.0.1:80, [::1]:80; empty = none'),
    remote: text('the same of the peer'),
    receiveQueue: number('bytes that wait to be read; of a listening socket, connections not accepted yet'),
    sendQueue: number('bytes not sent yet'),
    isCorked: flag('of a UDP socket: UDP_CORK is set; not told where sockets cannot be asked'),
    hasProgram: flag('an eBPF filter is attached to it; not told where sockets cannot be asked'),
  }),
  unix: records('UnixSocket', 'unix sockets', ['instance.tasks', 'instance.sockets'], {
    ...descriptor,
    inode: number('inode of the socket'),
    type: text('stream, dgram or seqpacket'),
    state: text('listening, connected or unconnected'),
    path: text('name it is bound to, @ in front of an abstract one; empty = none. Untrusted'),
    peerInode: number('inode of its peer, 0 = none'),
    isPeerOutside: flag(
      'it has a peer that none of these processes holds and that waits in none of their listening sockets',
    ),
    peerPath: text('name that the peer is bound to, empty = none. Untrusted'),
    isPeerUnreachable: flag('it has a peer without a name that is not connected to it in turn'),
    isPeerInNamespace: flag('the peer is of the network namespace of init'),
    receiveQueue: number('bytes that wait to be read; of a listening socket, connections not accepted yet'),
    sendQueue: number('bytes that the peer has not read yet; 0 for a listening one'),
    isWaiting: flag('of a stream or seqpacket socket: connected, and nobody has accepted the connection yet'),
    abandonedConnections: number('of a listening socket: connections not accepted yet whose client is gone already'),
    getsControl: flag(
      'whoever reads from it gets credentials or a pidfd of the sender (SO_PASSCRED, SO_PASSPIDFD); not told where sockets cannot be asked',
    ),
    hasProgram: flag('an eBPF filter is attached to it; not told where sockets cannot be asked'),
    queuedDescriptors: number('descriptors that wait in its queue (scm_fds of fdinfo)'),
  }),
  netlink: records('NetlinkSocket', 'netlink sockets', ['instance.tasks', 'instance.sockets'], {
    ...descriptor,
    inode: number('inode of the socket'),
    protocol: text('route, kobject-uevent, audit, generic …; a number where it has no name'),
    portId: number('port id, 0 = not bound'),
    hasGroups: flag('member of multicast groups, as far as the kernel tells'),
    hasHighGroups: flag('member of a group above 32; not told where sockets cannot be asked'),
    hasProgram: flag('an eBPF filter is attached to it; not told where sockets cannot be asked'),
    queuedBytes: number('bytes that wait to be read (Rmem)'),
  }),
  packet: records('PacketSocket', 'packet sockets', walk, {
    ...descriptor,
    inode: number('inode of the socket'),
    hasProgram: flag('an eBPF filter is attached to it; not told where sockets cannot be asked'),
  }),
  other: records('OtherSocket', 'sockets of any other family or protocol', walk, {
    ...descriptor,
    inode: number('inode of the socket'),
    protocol: text('name that the kernel gives it: MPTCP, SCTP, AF_VSOCK, XDP, ALG …'),
  }),
  foreign: records(
    'ForeignSocket',
    'sockets that belong to a network namespace none of these processes is in, as far as it can be told',
    walk,
    {
      ...descriptor,
      inode: number('inode of the socket'),
      protocol: text('name that the kernel gives it, empty = not told'),
      state: text('of an inet socket of the namespace of crdoctor: as above; else empty'),
    },
  ),
});

export const descriptorFacts = record({
  anonymous: records('AnonymousInode', 'anonymous inodes: what /proc links as anon_inode:', walk, {
    ...descriptor,
    kind: text('without brackets: io_uring, eventpoll, eventfd, timerfd, pidfd, bpf-map, userfaultfd, kvm-vcpu …'),
    isMapped: flag('mapped into memory as well'),
    details: textMap('lines of its fdinfo, without pos, flags, mnt_id, ino: `clockid` -> `8`; the first of each name'),
    watches: texts('lines of its fdinfo that begin with inotify, fanotify or tfd, as they are'),
    flags: number('open flags (O_…), from the octal number of fdinfo'),
    isTargetInside: flag('of a pidfd: its process is one of these, or has been reaped'),
    isThread: flag('of a pidfd: it stands for a thread (PIDFD_THREAD, open flag 0200)'),
  }),
  devices: records('OpenDevice', 'character and block devices other than terminals', walk, {
    ...descriptor,
    path: text('path, untrusted'),
    kind: text('chr or blk'),
    major: number('major number'),
    minor: number('minor number'),
    isPathOnly: flag('opened with O_PATH'),
    interface: text('of a tun device: interface it is attached to, empty = none'),
  }),
  terminals: records('Terminal', 'terminals', walk, {
    ...descriptor,
    path: text('path, untrusted'),
    major: number('major number'),
    minor: number('minor number'),
    kind: text('slave, master, console (5:1), controlling (5:0), virtual (4:n) or other'),
    index: number('number of the pseudo terminal, -1 = it is none or not told'),
    isMasterInside: flag('of a slave: one of these processes holds its master'),
    isControlling: flag('controlling terminal of its holder'),
    isLeaderInside: flag(
      'the leader of the session it controls is one of these processes; true where it controls none',
    ),
    isHungUp: flag('of a slave: its master has been closed for good'),
    external: text(
      'what `--external` of CRIU calls it: `tty[8803:18]`, device and file system in hex; empty = not told',
    ),
  }),
  watches: records('Watch', 'what inotify and fanotify descriptors watch, one of each watch', walk, {
    ...descriptor,
    kind: text('inotify, fanotify or fanotify-filesystem (a mark on a whole file system)'),
    family: text('type of the file system in which the watched lies; empty = its mount is not there'),
    isDeleted: flag('what is watched is a deleted file or directory that one of these processes still uses'),
  }),
  pipes: records('Pipe', 'pipes in packet mode (O_DIRECT)', walk, { ...descriptor, inode: number('inode') }),
  namespaces: records('NamespaceDescriptor', 'open namespaces', walk, {
    ...descriptor,
    kind: text('net, mnt, uts …'),
    link: text('as /proc links it: `net:[4026532201]`'),
    isInside: flag('one of these processes is in it, or crdoctor: CRIU knows its own namespaces'),
  }),
  foreign: records('ForeignFile', 'files on a mount that is in the mount table of none of these processes', walk, {
    ...holder,
    fd: number('descriptor, -1 = none: a working directory or a mapped file'),
    path: text('path, untrusted'),
    kind: text('reg, dir, chr, blk, fifo, sock, lnk or unknown'),
    mountId: number('mount id'),
    inode: number('inode, 0 = not told'),
    isDeleted: flag('deleted'),
    external: text('what `--external` of CRIU calls it: `file[1a:3f5]`, mount id and inode in hex; empty = not told'),
  }),
  covered: records('CoveredFile', 'files on a mount that another mount lies upon', walk, {
    ...descriptor,
    path: text('path, untrusted'),
    mountId: number('mount id'),
  }),
  onMounts: records(
    'FileOnMount',
    'files on mounts of file systems that CRIU leaves out or treats apart: tracefs',
    walk,
    {
      ...descriptor,
      path: text('path, untrusted'),
      family: text('file system type'),
    },
  ),
  pathOnly: records('PathOnlyFile', 'sockets and devices opened with O_PATH', walk, {
    ...descriptor,
    path: text('path, untrusted'),
    kind: text('sock, chr or blk'),
    major: number('major number of a device'),
    minor: number('minor number of a device'),
  }),
  deleted: records('DeletedFile', 'deleted files and directories in use', walk, {
    ...holder,
    fd: number('descriptor, -1 = none: mapped, executed or a directory of the process'),
    use: text('open, mapped, executable, cwd or root'),
    path: text('path it had, untrusted'),
    kind: text('reg, dir, fifo, sock, chr or blk'),
    links: number('names that are left'),
    allocatedBytes: number('st_blocks * 512, what CRIU compares to its limit (criu/files-reg.c, 3.18 and later)'),
    sizeBytes: number('apparent size'),
    family: text('file system type, empty = not told'),
    isReadOnlyMount: flag('its mount is read only'),
  }),
  replaced: records('ReplacedFile', 'open files and working directories whose name now leads elsewhere', walk, {
    ...holder,
    fd: number('descriptor, -1 = none: a working directory'),
    path: text('path, untrusted'),
  }),
  locks: records('FileLock', 'locks on files', walk, {
    ...descriptor,
    path: text('path, untrusted'),
    kind: text('flock, posix, ofd or lease'),
  }),
});

export const hugePageFacts = records('HugePageUse', 'memfds and mappings of huge pages', walk, {
  ...holder,
  fd: number('descriptor, -1 = none: mapped alone'),
  path: text('as /proc tells it, untrusted'),
  pageBytes: number('size of a page'),
  freePages: number('pages of that size that are free on the host, or that it may still make'),
});

export const mappingFacts = records('Mapping', 'mappings that are neither of plain files nor of plain memory', walk, {
  ...holder,
  path: text('as maps tells it, untrusted'),
  kind: text('device, anonymous-inode, secret, system-v, aio, uprobes, socket or other'),
  device: text('of a device: chr MAJOR:MINOR; else empty'),
  flags: texts('VmFlags of smaps, two letters each; empty = not read'),
});
