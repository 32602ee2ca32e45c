/** Writes the text about a task tree for tests, as src/source/local-tasks.ts does. */

export interface TaskSketch {
  readonly pid: number;
  readonly name?: string;
  /** Session and number of the controlling terminal. */
  readonly session?: number;
  readonly terminal?: number;
  readonly state?: string;
  readonly status?: readonly string[];
  readonly namespaces?: Readonly<Record<string, string>>;
  readonly root?: string;
  readonly lines?: readonly string[];
}

const kinds = ['uts', 'pid', 'user', 'ipc', 'cgroup', 'time', 'net', 'mnt'] as const;

/** Links of a process in namespaces of its own, but for those given. */
export function linksOf(number: number, others: Readonly<Record<string, string>> = {}): string {
  return kinds.map((kind) => `ns:${kind} ${others[kind] ?? `${kind}:[${number}]`}\n`).join('');
}

/** Tasks with the namespaces 1 unless told otherwise, then the sections; crdoctor itself is in the namespaces 2. */
export function taskText(tasks: readonly TaskSketch[], sections = ''): string {
  const blocks = tasks.map((task) => {
    const { pid, name = 'x', session = pid, terminal = 0, state = 'S', status = [], root = '/', lines = [] } = task;
    return [
      `== ${pid} ${pid}000`,
      `Name:\t${name}`,
      `State:\t${state} (x)`,
      `Pid:\t${pid}`,
      'PPid:\t1',
      'Uid:\t0\t0\t0\t0',
      `NSpid:\t${pid}`,
      `NSsid:\t${session}`,
      'Threads:\t1',
      ...status,
      `stat ${pid} (${name}) ${state} 1 ${pid} ${session} ${terminal}${' 0'.repeat(33)} 0 0`,
      `${linksOf(1, task.namespaces)}root ${root}`,
      'elf 64',
      ...lines,
      '',
    ].join('\n');
  });
  return `${blocks.join('')}== self\n${linksOf(2)}${sections}== attached\nend ${tasks.length}\n`;
}
