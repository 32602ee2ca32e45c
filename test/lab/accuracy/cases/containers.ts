/** Processes inside of a container of LXD, with the options that LXD gives; judged by `lxc snapshot --stateful`. */

export interface ContainerCase {
  readonly name: string;
  /** Runs inside, in a session of its own, with the programs of test/lab/programs in /opt. */
  readonly script: string;
  /** A command that `lxc exec` runs meanwhile; empty = none. */
  readonly session: string;
}

const inside = (thing: string, script: string): ContainerCase => ({ name: `container: ${thing}`, script, session: '' });

const programs = [
  'anonymous io-uring',
  'anonymous timerfd-alarm',
  'inet tcp-listen',
  'inet tcp-connected',
  'inet tcp-in-flight',
  'inet mptcp',
  'files lock-flock',
  'files ghost-big',
  'files other-link',
  'memory system-v',
  'tasks nested-uts',
  'tasks nested-net',
  'terminals controlling',
  'watches inotify-directory',
  'watches inotify-proc',
];

export const containerCases: readonly ContainerCase[] = [
  inside('nothing but its init', 'exit'),
  inside('shell loop', 'while :; do sleep 1; done'),
  inside('another container in it', 'exec unshare --pid --net --mount --uts --ipc --fork sleep 1000'),
  inside('mounts of its own in a process', 'exec unshare --mount sleep 1000'),
  inside('ramfs mounted by a process', 'exec unshare --mount sh -c "mount -t ramfs none /mnt; exec sleep 1000"'),
  { name: 'container: exec session', script: 'exit', session: 'exec sleep 1000' },
  { name: 'container: job left behind by exec', script: 'exit', session: 'sleep 1000 </dev/null >/dev/null 2>&1 &' },
  {
    name: 'container: daemon left behind by exec',
    script: 'exit',
    session: 'setsid sleep 1000 </dev/null >/dev/null 2>&1 &',
  },
  ...programs.map((program) => inside(program, `cd /tmp; rm -f ready; exec /opt/${program}`)),
];
