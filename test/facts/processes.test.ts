import { describe, expect, it } from 'vitest';

import { deriveFacts } from '../../src/facts/derive.js';
import type { FactSet, InstanceFacts } from '../../src/facts/schema.js';
import { fakeEvidence } from '../evidence/fake-source.js';
import { taskText, type TaskSketch } from './task-text.js';

const mounts = [
  '20 1 0:20 / / rw - ext4 /dev/vda rw',
  '21 20 0:21 / /proc rw - proc proc rw',
  '22 20 0:22 / /dev/pts rw - devpts devpts rw',
  '23 20 0:23 / /covered/below rw - tmpfs tmpfs rw',
  '24 20 0:24 / /covered rw - tmpfs tmpfs rw',
  '25 20 0:20 /ro /ro ro - ext4 /dev/vda rw',
  '26 20 0:26 / /trace rw - tracefs tracefs rw',
]
  .map((line) => `${line}\n`)
  .join('');

interface More {
  readonly sections?: string;
  readonly sockets?: string;
  readonly text?: string;
}

function factsOf(tasks: readonly TaskSketch[], more: More = {}): FactSet {
  return deriveFacts({
    engine: 'criu',
    source: [fakeEvidence('proc.self.mountinfo', '1 1 0:99 / / rw - ext4 /dev/vdb rw\n')],
    instance: {
      name: 'pid 10',
      evidence: [
        fakeEvidence('instance.tasks', more.text ?? taskText(tasks, more.sections)),
        fakeEvidence('instance.mountinfo', mounts),
        ...(more.sockets === undefined ? [] : [fakeEvidence('instance.sockets', more.sockets)]),
      ],
    },
  });
}
const instanceOf = (tasks: readonly TaskSketch[], more?: More): InstanceFacts =>
  factsOf(tasks, more).facts.instance ?? {};
const holding = (...lines: string[]): InstanceFacts => instanceOf([{ pid: 10, lines }]);
const file = (fd: number, mount: number, path: string, is: string): readonly string[] => [
  `fd ${fd} 0100002 ${mount} ${fd}00 ${path}`,
  `is ${fd} ${is}`,
];

describe('tasks and threads', () => {
  it('knows the root, sessions and namespaces', () => {
    const { tasks, root, ownNamespaces, threads } = instanceOf([
      { pid: 10, name: 'init', status: ['SigPnd:\t0000000000000010', 'Seccomp:\t2', 'Seccomp_filters:\t3'] },
      { pid: 11, session: 10, terminal: 34_817, namespaces: { uts: 'uts:[5]' }, lines: ['exe /usr/sbin/criu'] },
      { pid: 12, session: 7, lines: ['thread 13 T 0', 'thread-ns 13 net net:[9]', 'thread-cwd 13 /x'] },
    ]);
    expect(root).toMatchObject({ pid: 10, isSessionLeader: true, hasOwnRoot: false, hasTerminal: false });
    expect(ownNamespaces).toEqual(['uts', 'pid', 'user', 'ipc', 'cgroup', 'time', 'net', 'mnt']);
    expect(tasks).toMatchObject([
      { process: 'init (pid 10)', hasPendingTrap: true, seccompFilters: 3, isSessionLeaderGone: false },
      { nestedNamespaces: ['uts'], isDumpingProgram: true, isSessionLeaderGone: false },
      { isSessionLeaderGone: true },
    ]);
    expect(threads).toMatchObject([
      { pid: 12, tid: 13, isStoppedAlone: true, ownNamespaces: ['net'], hasOwnDirectory: true },
    ]);
  });

  it('does not take what could not be read for nothing', () => {
    const { facts, gaps, incomplete } = factsOf([
      { pid: 10, session: 7, lines: ['denied fd', 'denied maps', 'denied children'] },
    ]);
    expect(facts.instance?.descriptors?.devices).toEqual([]);
    expect([...incomplete]).toEqual(
      expect.arrayContaining([
        'instance.tasks',
        'instance.descriptors.devices',
        'instance.sockets.unix',
        'instance.mappings',
      ]),
    );
    expect(facts.instance?.tasks?.[0]?.isSessionLeaderGone).toBeUndefined();
    expect(gaps.get('instance:instance.tasks')).toContain('what some of its processes have open could not be read');
  });
});

describe('files', () => {
  it('tells deleted files, and not what only looks like them', () => {
    const { descriptors } = holding(
      ...file(3, 20, '/ghost (deleted)', '81a4 14 300 0 5000 16 0:0 absent'),
      ...file(4, 25, '/ro/linked (deleted)', '81a4 14 400 1 5000 16 0:0 absent'),
      ...file(5, 20, '/really (deleted)', '81a4 14 500 1 5000 16 0:0 same'),
      ...file(6, 21, '/proc/99/stat (deleted)', '8124 15 600 1 0 0 0:0 absent'),
      'fd 7 02 9 700 /memfd:x (deleted)',
      'fd 8 02 9 800 /dev/zero (deleted)',
      'map 7f01-7f02 rw-s 0 00:14 300 /ghost (deleted)',
      'is map:7f01-7f02 81a4 14 300 0 5000 16 0:0 -',
      'map 7f03-7f04 rw-s 0 00:14 901 /mapped (deleted)',
      'is map:7f03-7f04 81a4 14 901 0 5000 8 0:0 -',
      'exe /bin/old (deleted)',
      'is exe 81ed 14 902 0 5000 8 0:0 absent',
    );
    expect(descriptors?.deleted).toMatchObject([
      { fd: 3, use: 'open', path: '/ghost', kind: 'reg', links: 0, allocatedBytes: 8192, family: 'ext4' },
      { fd: 4, path: '/ro/linked', links: 1, isReadOnlyMount: true },
      { fd: -1, use: 'mapped', path: '/mapped' },
      { fd: -1, use: 'executable', path: '/bin/old' },
    ]);
    expect(descriptors?.foreign).toEqual([]);
  });

  it('tells files on mounts that are foreign, covered or left out, and names that lead elsewhere', () => {
    const { descriptors } = holding(
      ...file(3, 99, '/elsewhere', '81a4 14 300 1 5000 16 0:0 -'),
      ...file(4, 23, '/covered/below/x', '81a4 17 400 1 5000 16 0:0 other'),
      ...file(5, 26, '/trace/x', '81a4 1a 500 1 0 0 0:0 same'),
      ...file(6, 20, '/renamed', '81a4 14 600 1 0 0 0:0 other'),
      'fd 7 02 9 700 /secretmem (deleted)',
    );
    expect(descriptors?.foreign).toMatchObject([
      { fd: 3, path: '/elsewhere', kind: 'reg', mountId: 99 },
      { fd: 7, path: '/secretmem (deleted)', kind: 'unknown', isDeleted: true },
    ]);
    expect(descriptors?.covered).toMatchObject([{ fd: 4 }]);
    expect(descriptors?.onMounts).toMatchObject([{ fd: 5, family: 'tracefs' }]);
    expect(descriptors?.replaced).toMatchObject([{ fd: 6, path: '/renamed' }]);
  });

  it('cannot tell foreign files of a process that sees only a part of the mounts', () => {
    const { facts, incomplete } = factsOf([
      { pid: 10, root: '/jail', lines: file(3, 99, '/elsewhere', '81a4 14 300 1 5000 16 0:0 -') },
    ]);
    expect(facts.instance?.descriptors?.foreign).toEqual([]);
    expect(incomplete).toContain('instance.descriptors.foreign');
    expect(facts.instance?.root?.hasOwnRoot).toBe(true);
  });

  it('tells what several processes share once, of the first', () => {
    const lines = [...file(3, 20, '/dev/fuse', '21b6 14 300 1 0 0 a:e5 same'), 'fd 4 02 17 1 anon_inode:[io_uring]'];
    const { descriptors } = instanceOf([
      { pid: 10, lines },
      { pid: 11, lines },
    ]);
    expect(descriptors?.devices).toMatchObject([{ pid: 10, fd: 3, major: 10, minor: 229 }]);
    expect(descriptors?.anonymous).toMatchObject([{ pid: 10, kind: 'io_uring' }]);
  });

  it('tells anonymous inodes, packet pipes, locks and namespaces', () => {
    const { descriptors } = holding(
      'fd 3 02 17 1 anon_inode:[timerfd]',
      'info 3 clockid: 8',
      'fd 4 02 17 1 anon_inode:[pidfd]',
      'info 4 Pid: 10',
      'fd 5 02 17 2 anon_inode:[pidfd]',
      'info 5 Pid: 77',
      'fd 6 040001 16 3 pipe:[3]',
      'fd 7 04001 16 4 pipe:[4]',
      ...file(8, 20, '/locked', '81a4 14 800 1 0 0 0:0 same'),
      'info 8 lock: 1: OFDLCK  ADVISORY  WRITE -1 00:14:800 0 EOF',
      'fd 9 02 4 1 net:[1]',
      'fd 11 02 4 8 net:[8]',
    );
    expect(descriptors?.anonymous).toMatchObject([
      { kind: 'timerfd', details: { clockid: '8' } },
      { kind: 'pidfd', isTargetInside: true },
      { kind: 'pidfd', isTargetInside: false },
    ]);
    expect(descriptors?.pipes).toMatchObject([{ fd: 6, inode: 3 }]);
    expect(descriptors?.locks).toMatchObject([{ fd: 8, kind: 'ofd' }]);
    expect(descriptors?.namespaces).toMatchObject([
      { fd: 9, isInside: true },
      { fd: 11, isInside: false },
    ]);
  });
});

describe('terminals', () => {
  const slave = (fd: number, minor: string) => file(fd, 22, `/dev/pts/${minor}`, `2190 16 9 1 0 0 88:${minor} same`);
  const master = ['fd 9 02 22 8 /dev/ptmx', 'is 9 21b6 16 8 1 0 0 5:2 same', 'info 9 tty-index: 1'];

  it('knows whose master is inside, and whose session leader', () => {
    const { descriptors } = instanceOf(
      [
        { pid: 10, lines: [...master, ...slave(3, '1'), ...slave(4, '2')] },
        { pid: 11, terminal: 34_817, lines: slave(0, '1') },
      ],
      { sections: '== terminals\nterminal 34818 7\n' },
    );
    expect(descriptors?.terminals).toMatchObject([
      { pid: 10, kind: 'master', index: 1, isLeaderInside: true },
      { pid: 10, kind: 'slave', index: 1, isMasterInside: true, isControlling: false, isLeaderInside: true },
      // That of the session outside has the same number in another place, which a container does not see.
      { pid: 10, kind: 'slave', index: 2, isMasterInside: false, isLeaderInside: true },
      { pid: 11, kind: 'slave', index: 1, isControlling: true },
    ]);
  });
});

describe('mappings', () => {
  it('sorts them by what they are', () => {
    const { mappings } = holding(
      'map 1-2 rw-s 0 00:06 131 /dev/dri/card0',
      'is map:1-2 2190 6 131 1 0 0 e2:0 -',
      'vmflags 1 rd wr io',
      'map 3-4 rw-s 0 00:0f 1066 anon_inode:[io_uring]',
      'map 5-6 rw-s 0 00:01 7 /SYSV00000000 (deleted)',
      'map 7-8 r-xp 0 00:00 0 [uprobes]',
      'map 9-a rw-s 0 00:09 12 socket:[12]',
    );
    expect(mappings).toMatchObject([
      { kind: 'device', device: 'chr 226:0', flags: ['rd', 'wr', 'io'] },
      { kind: 'anonymous-inode', device: '' },
      { kind: 'system-v' },
      { kind: 'uprobes' },
      { kind: 'socket' },
    ]);
  });
});

describe('what options of CRIU name', () => {
  it('is spelt as they want it', () => {
    const { descriptors } = holding(
      ...file(3, 255, '/elsewhere', '81a4 14 300 1 5000 16 0:0 -'),
      ...file(4, 22, '/dev/pts/3', '2190 16 6 1 0 0 88:3 same'),
    );
    // stat of the file tells inode 0x300, and the file system 0x16 of the slave 88:3.
    expect(descriptors?.foreign?.[0]?.external).toMatch(/^file\[ff:[\da-f]+\]$/);
    expect(descriptors?.terminals?.[0]?.external).toBe('tty[8803:16]');
  });
});

describe('watches', () => {
  it('are told with the type of the file system that they watch', () => {
    const { descriptors } = holding(
      'fd 3 02 17 1 anon_inode:inotify',
      'info 3 inotify wd:1 ino:2f sdev:14 mask:800afce ignored_mask:0 fhandle-bytes:8 fhandle-type:1 f_handle:2f',
      'info 3 inotify wd:2 ino:1 sdev:15 mask:800afce ignored_mask:0',
      'info 3 inotify wd:3 ino:1 sdev:800099 mask:800afce ignored_mask:0',
      'fd 4 02 17 1 anon_inode:[fanotify]',
      'info 4 fanotify flags:0 event-flags:8000',
      'info 4 fanotify mnt_id:16 mflags:40 mask:38 ignored_mask:40000000',
      'info 4 fanotify sdev:14 mflags:0 mask:3b ignored_mask:0',
    );
    expect(descriptors?.watches).toMatchObject([
      { fd: 3, kind: 'inotify', family: 'ext4' },
      { fd: 3, kind: 'inotify', family: 'proc' },
      { fd: 3, kind: 'inotify', family: '' },
      { fd: 4, kind: 'fanotify', family: 'devpts' },
      { fd: 4, kind: 'fanotify-filesystem', family: 'ext4' },
    ]);
  });
});

it('knows a watch on what has been deleted and is still in use', () => {
  const { descriptors } = holding(
    'fd 3 02 17 1 anon_inode:inotify',
    'info 3 inotify wd:1 ino:12c sdev:14 mask:800afce ignored_mask:0',
    'info 3 inotify wd:2 ino:190 sdev:14 mask:800afce ignored_mask:0',
    ...file(4, 20, '/gone (deleted)', '81a4 14 300 0 5000 16 0:0 absent'),
    ...file(5, 20, '/there', '81a4 14 400 1 5000 16 0:0 same'),
  );
  expect(descriptors?.watches?.map(({ isDeleted }) => isDeleted)).toEqual([true, false]);
});

describe('a process', () => {
  it('is known by the signal that stopped it, and by its processors', () => {
    const { tasks } = instanceOf([
      { pid: 10, status: ['Cpus_allowed:\tf'] },
      { pid: 11, state: 'T', status: ['Cpus_allowed:\t1'] },
    ]);
    expect(tasks).toMatchObject([{ stopSignal: 0, hasOwnAffinity: false }, { hasOwnAffinity: true }]);
  });

  it('holds a terminal that was hung up, and a pidfd of a thread', () => {
    const { descriptors } = holding(
      ...file(3, 22, '/dev/pts/3 (deleted)', '2190 16 6 0 0 0 88:3 absent'),
      'fd 4 0202 17 1 anon_inode:[pidfd]',
      'fd 5 02 17 1 anon_inode:[pidfd]',
    );
    expect(descriptors?.terminals).toMatchObject([{ isHungUp: true }]);
    expect(descriptors?.anonymous).toMatchObject([{ isThread: true }, { isThread: false }]);
  });

  it('brings all mounts into play when it has some of its own', () => {
    expect(instanceOf([{ pid: 10 }]).hasOwnMountNamespace).toBe(true);
    const host = { mnt: 'mnt:[2]' };
    expect(instanceOf([{ pid: 10, namespaces: host }, { pid: 11 }]).hasOwnMountNamespace).toBe(true);
  });
});
