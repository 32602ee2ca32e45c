import { describe, expect, it } from 'vitest';

import { parseFile } from '../../src/parse/task-file.js';
import { parseTasks } from '../../src/parse/tasks.js';

const status = 'Name:\tinit\nState:\tS (sleeping)\nPid:\t812\nPPid:\t800\nUid:\t0\t0\t0\t0\nThreads:\t2\n';
const stat = 'stat 812 (in) it\\012) S 800 812 700 34817 812 4194560 1 1 0 0 0 0 0 0 20 0 1 0 4711334\n';
const block = (lines: string): string => `== 812 4711334\n${status}${stat}${lines}`;
const parseOne = (lines: string) => parseTasks(`${block(lines)}end 1\n`)?.tasks[0];

describe('parseTasks', () => {
  it('reads the blocks', () => {
    const tree = parseTasks(
      `${block('ns:mnt mnt:[4026532201]\ntracer 815 4242\n')}== 813 99\ndenied status\ndenied ns:net\nend 2\n`,
    );
    expect(tree?.isWhole).toBe(true);
    expect(tree?.tasks).toMatchObject([
      {
        pid: 812,
        status: { name: 'init' },
        stat: { session: 700, terminal: { major: 136, minor: 1 } },
        namespaces: { mnt: 'mnt:[4026532201]' },
        threads: [{ tid: 815, tracer: 4242 }],
        missing: new Set(),
      },
      { pid: 813, status: undefined, namespaces: {}, threads: [] },
    ]);
    expect([...(tree?.tasks[1]?.missing ?? [])]).toEqual(expect.arrayContaining(['status', 'ns:net', 'fd', 'maps']));
  });

  it('keeps small letters in the status apart from what follows it', () => {
    const text = `== 812 4711334\n${status}untag_mask:\t0xff\nx86_Thread_features:\tshstk \n${stat}elf 32\nend 1\n`;
    expect(parseTasks(text)?.tasks[0]).toMatchObject({ status: { threadFeatures: ['shstk'] }, elfClass: 32 });
  });

  it('tells when the end is missing', () => {
    expect(parseTasks(`== 812 4711334\n${status}`)?.isWhole).toBe(false);
    expect(parseTasks('bash: no such file')).toBeUndefined();
  });

  it('takes what earlier texts do not tell for missing, and not for none', () => {
    const earlier = parseTasks(`== 812 4711334\n${status}ns:mnt mnt:[4026532201]\nend 1\n`)?.tasks[0];
    expect(earlier).toMatchObject({ status: { name: 'init' }, descriptors: [] });
    expect([...(earlier?.missing ?? [])]).toEqual(expect.arrayContaining(['fd', 'maps']));
  });

  it('reads descriptors with what they lead to', () => {
    const task = parseOne(
      [
        'fd 3 02100001 27 42 /tmp/a b\\012c (deleted)',
        'is 3 81a4 fe00 42 0 5000 16 0:0 absent',
        'info 3 lock: 1: FLOCK  ADVISORY  WRITE 812 fe:00:42 0 EOF',
        'fd 4 02 10 7 socket:[7]',
        'cut info:4',
        '',
      ].join('\n'),
    );
    expect(task?.descriptors).toEqual([
      {
        fd: 3,
        flags: 0o2100001,
        mountId: 27,
        inode: 42,
        link: '/tmp/a b\nc (deleted)',
        file: {
          kind: 'reg',
          device: '254:0',
          inode: 42,
          links: 0,
          sizeBytes: 5000,
          allocatedBytes: 8192,
          major: 0,
          minor: 0,
          name: 'absent',
        },
        info: ['lock: 1: FLOCK  ADVISORY  WRITE 812 fe:00:42 0 EOF'],
      },
      { fd: 4, flags: 2, mountId: 10, inode: 7, link: 'socket:[7]', file: undefined, info: [] },
    ]);
    expect([...(task?.missing ?? [])]).toEqual(['info:4']);
  });

  it('reads mappings, threads, links and mounts', () => {
    const task = parseOne(
      [
        'exe /usr/bin/x (deleted)',
        'is exe 81ed fe00 43 1 5000 16 0:0 absent',
        'mount 660 648 0:143 / /dev/mqueue rw - mqueue mqueue rw',
        'entries 660 2',
        'used 661 40960',
        'thread 815 T 0000000000000010',
        'thread-ns 815 net net:[4026532201]',
        'thread-cwd 815 /tmp/with blank',
        'map 7f01-7f02 rw-s 00000000 00:06 131 /dev/zero two',
        'is map:7f01-7f02 2190 6 131 1 0 0 1:5 -',
        'vmflags 7f01 rd wr io',
        'rollup Pss_Shmem: 2048 kB',
        '',
      ].join('\n'),
    );
    expect(task).toMatchObject({
      executable: '/usr/bin/x (deleted)',
      deletedLinks: { exe: { links: 1, name: 'absent' } },
      mounts: [{ id: 660, type: 'mqueue' }],
      mountEntries: new Map([[660, 2]]),
      mountUsedBytes: new Map([[661, 40_960]]),
      threads: [
        {
          tid: 815,
          state: 'T',
          pendingSignals: 16n,
          namespaces: { net: 'net:[4026532201]' },
          directory: '/tmp/with blank',
        },
      ],
      mappings: [
        {
          start: '7f01',
          path: '/dev/zero two',
          inode: 131,
          file: { kind: 'chr', major: 1 },
          flags: ['rd', 'wr', 'io'],
        },
      ],
      sharedBytes: 2_097_152,
    });
  });

  it('reads what is not of one process', () => {
    const tree = parseTasks(
      `${block('')}== self\nns:net net:[1]\n== net net:[1]\nnet udp 5: 0100007F:0035 00000000:0000 07 00000000:00000300 00:00000000 00000000 0 0 99 2\ndenied net:tcp\nnet igmp \t\t\t\tFB0000E0     1 0:00000000\t\t0\n== sockets\nsocket 12 AF_VSOCK\n== attached\nattached 912 4711 ba\\012sh\n== terminals\nterminal 34817 9123\nend 1\n`,
    );
    expect(tree).toMatchObject({
      ownNamespaces: { net: 'net:[1]' },
      networks: [
        {
          link: 'net:[1]',
          rows: [{ table: 'inet', inode: 99 }],
          multicastGroups: ['224.0.0.251'],
          missing: new Set(['tcp']),
        },
      ],
      socketNames: new Map([[12, 'AF_VSOCK']]),
      attached: [{ pid: 912, name: 'ba\nsh' }],
      terminals: [{ terminal: { major: 136, minor: 1 }, session: 9123 }],
    });
  });

  it('does not take what could not be looked at for nothing', () => {
    const tree = parseTasks(`${block('')}== sockets\ncut sockets\n== attached\ndenied attached\nend 1\n`);
    expect(tree).toMatchObject({ socketNames: undefined, attached: undefined, terminals: undefined });
  });
});

it('reads large device numbers as glibc writes them', () => {
  expect(parseFile('6180 11112c70 5 1 0 0 103:1ff -')).toMatchObject({
    kind: 'blk',
    device: '300:70000',
    major: 0x103,
    minor: 0x1ff,
    name: undefined,
  });
  expect(parseFile('nonsense')).toBeUndefined();
});
