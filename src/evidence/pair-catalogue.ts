/** What is asked of both ends of a move besides what a check of one host asks. */

import type { CommandRequest, EvidenceRequest } from '../source/source.js';
import { criuWords } from './catalogue.js';

/**
 * Sysctls that decide whether something restored fits: pids, descriptors, mappings, pipes, queues, sockets. Their
 * values on the target must not be smaller, `vm.overcommit_memory` and `vm.mmap_min_addr` aside.
 */
const limitPaths: readonly string[] = [
  'kernel/pid_max',
  'kernel/threads-max',
  'kernel/cap_last_cap',
  'kernel/shmmax',
  'kernel/shmall',
  'kernel/shmmni',
  'kernel/msgmni',
  'kernel/msgmax',
  'kernel/msgmnb',
  'kernel/seccomp/actions_avail',
  'vm/max_map_count',
  'vm/overcommit_memory',
  'vm/mmap_min_addr',
  'fs/file-max',
  'fs/nr_open',
  'fs/aio-max-nr',
  'fs/inotify/max_user_instances',
  'fs/inotify/max_user_watches',
  'fs/pipe-max-size',
  'fs/pipe-user-pages-soft',
  'fs/mqueue/msg_max',
  'fs/mqueue/msgsize_max',
  'fs/mqueue/queues_max',
  'net/core/rmem_max',
  'net/core/wmem_max',
  'net/core/somaxconn',
  'user/max_user_namespaces',
  'user/max_pid_namespaces',
  'user/max_net_namespaces',
  'user/max_mnt_namespaces',
].map((name) => `/proc/sys/${name}`);

/** Sizes of huge pages that there are: x86, arm64 with any page size, ppc64, s390. */
const hugePageSizes = ['64kB', '1024kB', '2048kB', '16384kB', '32768kB', '524288kB', '1048576kB', '16777216kB'];

const shortCommandMs = 5_000;
/** modules.dep of a distribution's kernel has less than one. */
const maxModulesBytes = 8 * 1024 * 1024;

/** Symbols of system calls: `__x64_sys_`, `__arm64_sys_`, `__s390x_sys_` …; `sys_` where they have no wrapper. */
const syscallPattern = ' [Tt] (__[a-z0-9]+_)?sys_[a-z0-9_]+$';

/**
 * What both hosts are asked, when there are two; a check of one host asks none of it. `criu` is the path of the CRIU
 * to ask. All can be answered by files and by programs that busybox has, apart from getconf, iptables and criu.
 */
export function pairRequests(criu: string | undefined): readonly EvidenceRequest[] {
  return [
    {
      id: 'criu.cpu',
      kind: 'command',
      // The log tells size and layout of the registers, which without CRIU only the CPUID instruction does. Asking
      // for one feature that every release has is the cheapest way to it.
      argv: [...criuWords(criu), 'check', '--feature', 'timerfd', '-v4'],
      timeoutMs: shortCommandMs,
    },
    { id: 'host.pagesize', kind: 'command', argv: ['getconf', 'PAGESIZE'], timeoutMs: shortCommandMs },
    {
      id: 'kernel.syscalls',
      kind: 'command',
      // The whole file has megabytes.
      argv: ['grep', '-oE', syscallPattern, '/proc/kallsyms'],
      timeoutMs: shortCommandMs,
    },
    {
      id: 'kernel.modules',
      kind: 'file',
      paths: ['/lib/modules/{release}/modules.dep', '/usr/lib/modules/{release}/modules.dep'],
      maxBytes: maxModulesBytes,
    },
    { id: 'proc.limits', kind: 'files', paths: [...limitPaths, '/proc/self/timens_offsets'] },
    {
      id: 'sys.hugepages',
      kind: 'files',
      paths: hugePageSizes.map((size) => `/sys/kernel/mm/hugepages/hugepages-${size}/free_hugepages`),
    },
    { id: 'host.idmaps', kind: 'files', paths: ['/etc/subuid', '/etc/subgid'] },
    { id: 'host.boot', kind: 'file', paths: ['/proc/sys/kernel/random/boot_id'] },
    // Where LXD and Incus keep the images of a live move, unless their TMPDIR says otherwise.
    { id: 'host.space.tmp', kind: 'space', path: '/tmp' },
    { id: 'criu.plugins', kind: 'listing', path: '/usr/lib/criu' },
    { id: 'host.iptables', kind: 'command', argv: ['iptables', '-V'], timeoutMs: shortCommandMs },
  ];
}

/**
 * The clock of a host, which is compared with the clock of crdoctor at the moment of asking. Only for hosts that are
 * asked now: in a report both clocks are the same one.
 */
export const clockRequest: CommandRequest = {
  id: 'host.clock',
  kind: 'command',
  argv: ['date', '+%s'],
  timeoutMs: shortCommandMs,
};
