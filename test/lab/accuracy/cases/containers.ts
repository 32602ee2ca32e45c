/** Processes inside of containers of LXD, with the options that LXD gives; judged by `lxc snapshot --stateful`. */

export interface ContainerCase {
  readonly name: string;
  /** mini has an init that does nothing by itself, accuracy-guest has systemd. */
  readonly image: 'mini' | 'accuracy-guest';
  /**
   * Runs inside: in mini in a session of its own, with the programs of test/lab/programs in /opt, and stays; in the
   * other to its end, after a start of the container.
   */
  readonly script: string;
  /** A command that `lxc exec` runs meanwhile; empty = none. */
  readonly session: string;
}

const inside = (thing: string, script: string): ContainerCase => ({
  name: `container: ${thing}`,
  image: 'mini',
  script,
  session: '',
});

const exec = (thing: string, session: string): ContainerCase => ({
  name: `container: ${thing}`,
  image: 'mini',
  script: 'exit',
  session,
});

const STOP = 'systemctl stop systemd-logind';
const UNMOUNT = 'for each in /run/credentials/*; do umount "$each"; done';

const systemd = (thing: string, script: string): ContainerCase => ({
  name: `systemd container: ${thing}`,
  image: 'accuracy-guest',
  script,
  session: '',
});

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
  exec('exec session', 'exec sleep 1000'),
  exec('job left behind by exec', 'sleep 1000 </dev/null >/dev/null 2>&1 &'),
  exec('daemon left behind by exec', 'setsid sleep 1000 </dev/null >/dev/null 2>&1 &'),
  ...programs.map((program) => inside(program, `cd /tmp; rm -f ready; exec /opt/${program}`)),
  inside('stopped process', 'kill -STOP $$'),
  systemd('as it comes', 'exit'),
  systemd('without credentials', UNMOUNT),
  systemd('without logind', STOP),
  systemd('without logind and credentials', `${STOP}; ${UNMOUNT}`),
  ...[
    '-p PrivateTmp=yes sleep 1000',
    '-p ProtectHostname=yes sleep 1000',
    '-p PrivateNetwork=yes sleep 1000',
    '-p DynamicUser=yes sleep 1000',
    '--on-active=1h --timer-property=WakeSystem=yes true',
    '--on-active=1h true',
  ].map((service) => systemd(`systemd-run ${service}`, `${STOP}; ${UNMOUNT}; systemd-run ${service}`)),
];
