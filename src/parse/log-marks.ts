/** The lines of a CRIU log that tell where in its work it was: beginnings, steps and ends. */

/** Part of CRIU's work that a line belongs to. */
export type RunPhase = 'dump' | 'restore' | 'check';

/** A line that CRIU prints when it comes to a step of its work. */
export interface PhaseMark {
  /** Words that the line holds, in any release since 1.6. */
  readonly words: string;
  /** Undefined: dump and restore both print it. */
  readonly phase?: RunPhase;
  /** What the step is, for a timeline; undefined = not worth a line there. */
  readonly step?: string;
  readonly outcome?: 'succeeded' | 'failed';
}

/**
 * Marks in the order of the work. Read from CRIU 2.2 … 4.2 (cr-dump.c, cr-restore.c, seize.c, net.c)
 * and compared to logs of those releases.
 */
export const phaseMarks: readonly PhaseMark[] = [
  { words: 'Pre-dumping processes (pid', phase: 'dump', step: 'pre-dump begins' },
  { words: 'Dumping processes (pid', phase: 'dump', step: 'dump begins' },
  { words: 'freezing cgroup', phase: 'dump', step: 'freezing the cgroup' },
  { words: 'freezing processes:', phase: 'dump', step: 'freezing the processes' },
  { words: 'Seized task', phase: 'dump', step: 'seizing the tasks' },
  { words: 'Lock network', phase: 'dump', step: 'network locked' },
  { words: 'Dumping task (pid', phase: 'dump', step: 'dumping the tasks' },
  { words: 'Dumping pages (type', phase: 'dump', step: 'writing memory' },
  { words: 'Dumping file-locks', phase: 'dump' },
  { words: 'Dumping pstree', phase: 'dump', step: 'dumping what tasks share' },
  { words: 'Running post-dump scripts', phase: 'dump', step: 'post-dump scripts run, tasks still frozen' },
  { words: 'Reading image tree', phase: 'restore', step: 'reading the images' },
  { words: 'Will restore in', phase: 'restore' },
  { words: 'Forking task with', phase: 'restore', step: 'forking the tasks' },
  { words: 'Restoring namespaces', phase: 'restore', step: 'restoring namespaces' },
  { words: 'mnt: Restoring mount namespace', phase: 'restore', step: 'restoring mounts' },
  { words: 'Restoring resources', phase: 'restore', step: 'restoring resources' },
  { words: 'Opening fdinfo-s', phase: 'restore', step: 'opening files' },
  { words: 'Restore via sigreturn', phase: 'restore', step: 'handing over to the restorer' },
  { words: 'Running post-restore scripts', phase: 'restore', step: 'post-restore scripts run' },
  { words: 'Running pre-resume scripts', phase: 'restore', step: 'pre-resume scripts run' },
  { words: 'Unlock network', step: 'network unlocked' },
  { words: 'Unfreezing tasks into', phase: 'dump', step: 'letting the tasks go' },
  { words: 'Dumping finished successfully', phase: 'dump', step: 'dump finished', outcome: 'succeeded' },
  { words: 'Pre-dumping finished successfully', phase: 'dump', step: 'pre-dump finished', outcome: 'succeeded' },
  { words: 'Restore finished successfully', phase: 'restore', step: 'restore finished', outcome: 'succeeded' },
  { words: 'Looks good.', phase: 'check', step: 'check finished', outcome: 'succeeded' },
  { words: 'Dumping FAILED.', phase: 'dump', step: 'dump failed', outcome: 'failed' },
  { words: 'Pre-dumping FAILED.', phase: 'dump', step: 'pre-dump failed', outcome: 'failed' },
  { words: 'Restoring FAILED.', phase: 'restore', step: 'restore failed', outcome: 'failed' },
];

/** The mark that a message carries, if any; words of pre-dump hold those of dump, so they come first. */
export const markOf = (message: string): PhaseMark | undefined => {
  const found = phaseMarks.filter((mark) => message.includes(mark.words));
  return found.reduce<PhaseMark | undefined>(
    (longest, mark) => (mark.words.length > (longest?.words.length ?? 0) ? mark : longest),
    undefined,
  );
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
