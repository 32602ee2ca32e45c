/** The lines of a CRIU log that tell where in its work it was: beginnings, steps and ends. */

/** Part of CRIU's work that a line belongs to. */
export type RunPhase = 'dump' | 'restore' | 'check';

/** A line that CRIU prints when it comes to a step of its work. */
export interface PhaseMark {
  /** What the message begins with, subsystem apart, in any release since 1.6; for marks with a pattern, words in it. */
  readonly words: string;
  /** For beginnings that hold numbers. */
  readonly pattern?: RegExp;
  /** Undefined: dump and restore both print it. */
  readonly phase?: RunPhase;
  /** What the step is, for a timeline; undefined = not worth a line there. */
  readonly step?: string;
  readonly outcome?: 'succeeded' | 'failed';
  /** From here on tasks stand still, or do not any more. */
  readonly tasks?: 'stopped' | 'released';
}

/**
 * Marks in the order of the work. Read from CRIU 1.6 … 4.2 (cr-dump.c, cr-restore.c, seize.c, net.c,
 * mount.c, mount-v2.c, namespaces.c, cgroup.c) and compared to logs of those releases: only `freezing
 * cgroup` (4.1), `freezing processes` (2.12), `Create plain mountpoint` (3.17) and `Try to restore a
 * link` (3.12) are younger.
 */
export const phaseMarks: readonly PhaseMark[] = [
  { words: 'Version: ', pattern: /^Version: \d/, step: 'start-up' },
  { words: 'Dumping processes (pid', phase: 'dump', step: 'preparation' },
  { words: 'Enforcing memory tracking for pre-dump', phase: 'dump', step: 'preparation of a pre-dump' },
  { words: 'freezing cgroup', phase: 'dump', step: 'freeze' },
  { words: 'freezing processes', pattern: /^freezing processes: \d+ attempts? done/, phase: 'dump', tasks: 'stopped' },
  { words: 'freezing processes: ', phase: 'dump', step: 'freeze' },
  { words: 'Seized task', phase: 'dump', step: 'seizing tasks', tasks: 'stopped' },
  { words: 'Lock network', phase: 'dump', step: 'network lock' },
  { words: 'Building mountpoints tree', step: 'reading mounts' },
  { words: 'Collecting netns', phase: 'dump', step: 'collecting sockets' },
  { words: 'Dumping task (pid', phase: 'dump', step: 'tasks' },
  { words: 'Pre-dumping task (pid', phase: 'dump', step: 'tasks' },
  { words: 'Collecting mappings (pid', phase: 'dump', step: 'memory mappings' },
  { words: 'Collecting fds (pid', phase: 'dump', step: 'threads and parasite code' },
  { words: 'Dumping opened files (pid', phase: 'dump', step: 'open files' },
  { words: 'Dumping pages (type', phase: 'dump', step: 'memory' },
  { words: 'Dumping core (pid', phase: 'dump', step: 'registers and cgroups' },
  { words: 'Dumping task cwd', phase: 'dump', step: 'working directories' },
  { words: 'Dumping mountpoints', phase: 'dump', step: 'mounts' },
  { words: 'Dumping file-locks', phase: 'dump', step: 'file locks' },
  { words: 'Dumping pstree', phase: 'dump', step: 'process tree' },
  { words: "'s namespaces", pattern: /^Dumping \d+\(\d+\)'s namespaces/, phase: 'dump', step: 'namespaces' },
  { words: 'Dump NET namespace info', phase: 'dump', step: 'network namespace' },
  { words: ' sets', pattern: /^Dumping \d+ sets/, phase: 'dump', step: 'cgroups' },
  { words: 'Dumping external sockets', phase: 'dump', step: 'external sockets' },
  { words: 'Writing image inventory', phase: 'dump', step: 'inventory' },
  { words: 'Running post-dump scripts', phase: 'dump', step: 'post-dump scripts' },
  { words: "Pre-dumping tasks' memory", phase: 'dump', step: 'memory' },
  { words: 'Reading image tree', phase: 'restore', step: 'reading images' },
  { words: 'Will restore in', phase: 'restore' },
  { words: 'Preparing cgroups yard', phase: 'restore', step: 'cgroups' },
  { words: 'Running pre-restore scripts', phase: 'restore', step: 'pre-restore scripts' },
  { words: 'Forking task with', phase: 'restore', step: 'forking tasks' },
  { words: 'Restoring namespaces', phase: 'restore', step: 'namespaces' },
  { words: 'Try to restore a link', phase: 'restore', step: 'network devices' },
  { words: 'Restoring netdev', phase: 'restore', step: 'network devices' },
  { words: 'Restoring mount namespace', phase: 'restore', step: 'mounts' },
  { words: 'Create plain mountpoint', phase: 'restore', step: 'mounts' },
  { words: 'Preparing info about shared resources', phase: 'restore', step: 'shared resources' },
  { words: 'Restoring resources', phase: 'restore', step: 'resources of tasks' },
  { words: 'Opening fdinfo-s', phase: 'restore', step: 'open files' },
  { words: 'Restore via sigreturn', phase: 'restore', step: 'memory and registers' },
  { words: 'Running post-restore scripts', phase: 'restore', step: 'post-restore scripts' },
  { words: 'Unlock network', step: 'network unlock' },
  { words: 'Running pre-resume scripts', phase: 'restore', step: 'pre-resume scripts' },
  { words: 'Unfreezing tasks into', phase: 'dump', step: 'release of the tasks', tasks: 'released' },
  { words: 'Dumping finished successfully', phase: 'dump', step: 'dump succeeded', outcome: 'succeeded' },
  { words: 'Pre-dumping finished successfully', phase: 'dump', step: 'pre-dump succeeded', outcome: 'succeeded' },
  { words: 'Restore finished successfully', phase: 'restore', step: 'restore succeeded', outcome: 'succeeded' },
  { words: 'Looks good.', phase: 'check', step: 'check succeeded', outcome: 'succeeded' },
  { words: 'Dumping FAILED.', phase: 'dump', step: 'dump failed', outcome: 'failed' },
  { words: 'Pre-dumping FAILED.', phase: 'dump', step: 'pre-dump failed', outcome: 'failed' },
  { words: 'Restoring FAILED.', phase: 'restore', step: 'restore failed', outcome: 'failed' },
];

const subsystem = /^[a-z0-9_-]{2,20}: \s*/;
const anyMark = new RegExp(phaseMarks.map(({ words }) => words.replaceAll(/[.()]/g, String.raw`\$&`)).join('|'));

/**
 * The mark that a message of CRIU begins with, if any; what stands later in it may be the name of a file
 * in the container. Words that something else quotes (`isQuoted`) may stand anywhere.
 */
export const markOf = (message: string, isQuoted = false): PhaseMark | undefined => {
  if (!anyMark.test(message)) return undefined;
  if (isQuoted) return phaseMarks.find(({ words, pattern }) => pattern === undefined && message.includes(words));
  const plain = message.replace(subsystem, '');
  return phaseMarks.find(({ words, pattern }) => pattern?.test(plain) ?? plain.startsWith(words));
};

/** What the first lines of a run say about the program and its host. */
export interface RunHeader {
  readonly criu?: string;
  readonly kernel?: string;
  /** The line is the very first of a run: another run begins here. */
  readonly isFirst: boolean;
}

/** Words of header lines, for a prefilter. */
export const headerWords: readonly string[] = ['CRIU run id =', 'Version: ', 'Running on '];

/**
 * Reads versions from the header of a run; undefined for every other line.
 *
 *     Version: 3.17.1 (gitid 0)
 *     Running on lab-d Linux 6.18.44-fc-v595 #1 SMP PREEMPT_DYNAMIC @0 x86_64
 */
export const parseRunHeader = (message: string): RunHeader | undefined => {
  if (message.startsWith('CRIU run id = ')) return { isFirst: true };
  const version = /^(?:Warning: )?Version: (\d[\w.~+-]{0,30})/.exec(message)?.[1];
  if (version !== undefined) return { criu: version, isFirst: true };
  const kernel = /^Running on \S{1,255} Linux (\S{1,100}) /.exec(message)?.[1];
  return kernel === undefined ? undefined : { kernel, isFirst: false };
};

/** Words of lines that name tasks and mounts, for a prefilter. */
export const nameWords: readonly string[] = ['(pid: ', ' mnt_id ', 'mnt: \tRead '];

/** A task or a mount that a line names. */
export interface NamedThing {
  readonly what: 'task' | 'mount';
  /** Pid or mount id, decimal. */
  readonly id: string;
  /** Comm or mount point. Untrusted. */
  readonly name: string;
}

/**
 * Reads which task or mount a line names.
 *
 *     Dumping task (pid: 139 comm: vlc)
 *     	type ext4 source /dev/vda1 mnt_id 690 s_dev 0xfd01 / @ ./home flags 0x300000 options
 */
export const parseNamedThing = (message: string): NamedThing | undefined => {
  const task = /^(?:Pre-dumping|Dumping) (?:task|processes) \(pid: (\d{1,10}) comm: (.{0,64})\)$/.exec(message);
  if (task !== null) return { what: 'task', id: task[1] ?? '', name: task[2] ?? '' };
  const mount = / mnt_id (\d{1,10}) s_dev \S+ .{1,4096} @ (\S{1,4096}) flags /.exec(message);
  const read = mount ?? /^mnt: \tRead (\d{1,10}) mp @ (\S{1,4096})$/.exec(message);
  if (read === null) return undefined;
  return { what: 'mount', id: read[1] ?? '', name: (read[2] ?? '').replace(/^\.(?=\/)/, '') };
};
