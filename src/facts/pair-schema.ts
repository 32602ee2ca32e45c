/** Facts about a host that are compared with the other end of a move; most are asked for only when there is one. */

import { flag, number, records, text, textMap, texts } from './fact.js';

export const cpuFacts = {
  vendor: text('GenuineIntel, AuthenticAMD …; the number of the implementer on arm64', 'proc.cpuinfo'),
  model: text('model name; not told on arm64', 'proc.cpuinfo'),
  instructions: texts('those of its flags that programs can use and fail without', 'proc.cpuinfo', 'host.uname'),
  level: number('1 to 4 for x86-64-v1 to -v4, 0 for any other CPU', 'proc.cpuinfo', 'host.uname'),
  registers: texts(
    'register sets beyond SSE that are saved for each thread: AVX, AVX-512, MPX, PKRU, AMX, APX; by CRIU, else by the flags',
    'criu.cpu',
    'proc.cpuinfo',
  ),
  xsaveBytes: number('size of the area that they are saved in, by CRIU; 0 = no xsave', 'criu.cpu'),
  xsaveMaxBytes: number('the same with all that the CPU has', 'criu.cpu'),
};

export const kernelFacts = {
  syscalls: texts('system calls it has, by name', 'kernel.syscalls'),
  loadableFilesystems: texts('file system types that its modules on disk bring', 'kernel.modules'),
  limits: textMap('sysctls that bound what can be restored, and that are set by hand alone', 'proc.limits'),
  capacities: textMap('such that the kernel sets by the size of the memory', 'proc.limits'),
  seccompActions: texts('actions of seccomp filters', 'proc.limits'),
  hasTimeNamespaces: flag('it has time namespaces', 'proc.limits'),
};

const serverFacts = {
  version: text('version of the daemon of the engine', 'engine.server'),
  liblxc: text('version of liblxc that it uses', 'engine.server'),
  extensions: texts('API extensions', 'engine.server'),
  profiles: texts('names of its profiles', 'engine.profiles'),
  profileDevices: records('ProfileDevice', 'devices of its profiles', ['engine.profiles'], {
    profile: text('name of the profile'),
    name: text('name of the device'),
    type: text('disk, nic …'),
    isRoot: flag('the disk that holds the root file system'),
  }),
  pools: texts('names of its storage pools', 'engine.pool'),
  networks: texts('names of its networks and of the interfaces of the host', 'engine.network.list'),
  instances: texts('names of its instances', 'engine.instances'),
  addresses: texts('IP addresses that the configurations of its instances give', 'engine.neighbours'),
  hardwareAddresses: texts('MAC addresses of its instances, lower case', 'engine.neighbours'),
};

export const pairFacts = {
  pageBytes: number('size of a memory page', 'host.pagesize'),
  freeHugePages: textMap('free huge pages by their size: 2048kB', 'sys.hugepages'),
  idCount: number('ids in a row that the engine may map into a container (/etc/subuid, /etc/subgid)', 'host.idmaps'),
  iptablesBackend: text('nf_tables or legacy', 'host.iptables'),
  mountedTypes: texts('types of what is mounted', 'proc.self.mountinfo'),
  engines: texts('engines that are installed: lxd, incus, lxc', 'host.programs', 'host.engines'),
  clockAheadS: number('seconds by which its clock is ahead of that of crdoctor, to about one', 'host.clock'),
  server: { kind: 'record', fields: serverFacts },
  room: {
    kind: 'record',
    fields: {
      poolBytes: number('of a target: free bytes where the instance would lie', 'target.space'),
      temporaryBytes: number('free bytes in /tmp, where images of a live move lie', 'host.space.tmp'),
    },
  },
  paths: texts('of a target: those paths that the instance needs and that are there', 'target.paths'),
} as const;
