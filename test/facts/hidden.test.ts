/** What no file of /proc tells by itself: mounts of directories and mappings, huge pages, options of sockets. */

import { describe, expect, it } from 'vitest';

import { deriveFacts } from '../../src/facts/derive.js';
import type { InstanceFacts } from '../../src/facts/schema.js';
import { notesOf } from '../../src/findings/notes.js';
import { fakeEvidence } from '../evidence/fake-source.js';
import { taskText } from './task-text.js';

function instanceOf(lines: readonly string[], sections = ''): InstanceFacts {
  const evidence = [
    fakeEvidence('instance.tasks', taskText([{ pid: 10, name: 'app', lines: ['cwd /lost', ...lines] }], sections)),
    fakeEvidence('instance.mountinfo', '20 1 0:20 / / rw - ext4 /dev/vda rw\n'),
  ];
  return deriveFacts({ engine: 'criu', source: [], instance: { name: 'pid 10', evidence } }).facts.instance ?? {};
}

describe('a directory or a mapped file', () => {
  it('is foreign on a mount that is in no table', () => {
    const sections = '== places\nplace 10 cwd 433 /lost\nplace 10 map 434 /lib\\040x\nplace 10 cwd 20 /covered\n';
    const { descriptors } = instanceOf([], sections);
    expect(descriptors?.replaced).toMatchObject([{ process: 'app (pid 10)', fd: -1, path: '/covered' }]);
    expect(descriptors?.foreign).toMatchObject([
      { process: 'app (pid 10)', fd: -1, path: '/lost', kind: 'dir', mountId: 433 },
      { fd: -1, path: '/lib x', kind: 'reg', mountId: 434 },
    ]);
  });

  it('of a process that is not told is left out', () => {
    expect(instanceOf([], '== places\nplace 99 cwd 433 /lost\nplace 10 exe 433 /x\n').descriptors?.foreign).toEqual([]);
  });
});

describe('memory of huge pages', () => {
  const held = [
    'fd 3 02 18 500 /memfd:heap (deleted)',
    'fd 4 02 0 501 /memfd:plain (deleted)',
    'map 7f00-7f20 rw-s 00000000 00:11 500 /memfd:heap (deleted)',
    'map 7f30-7f50 rw-p 00000000 00:11 502 /anon_hugepage (deleted)',
    'map 7f60-7f70 rw-s 00000000 00:01 501 /memfd:plain (deleted)',
  ];

  it('is known by the mount of a memfd and by the device of a mapping, each once', () => {
    const { hugePages } = instanceOf(held, '== huge pages\nhuge 18 0:17 2048 3\nhuge 19 0:18 1048576 0\n');
    expect(hugePages).toMatchObject([
      { process: 'app (pid 10)', fd: 3, path: '/memfd:heap (deleted)', pageBytes: 2_097_152, freePages: 3 },
      { fd: -1, path: '/anon_hugepage (deleted)' },
    ]);
  });

  it('cannot be told apart without the numbers, and is none where there is no such memory', () => {
    expect(instanceOf(held).hugePages).toBeUndefined();
    expect(instanceOf([]).hugePages).toEqual([]);
  });
});

describe('sockets that were asked', () => {
  const lines = [60, 61, 62, 63, 64].map((inode, index) => `fd ${index + 3} 02 10 ${inode} socket:[${inode}]`);
  const tables = [
    '== net net:[1]',
    'net udp 1: 00000000:0035 00000000:0000 07 00000000:00000000 00:00000000 00000000 0 0 60 2 0 0',
    'net packet 0 3 3 0003 0 1 0 0 61',
    'net netlink 0 0 7 00000000 0 0 (null) 2 0 62',
    'net unix 00000000: 00000003 00000000 00000000 0002 01 63',
    '== sockets',
    'socket 64 NETLINK',
    '',
  ].join('\n');

  it('tell their options', () => {
    const options = ['60 cork', '61 program', '62 member,groups', '63 control', '64 member'];
    const { sockets } = instanceOf(lines, `${tables}== options\n${options.map((each) => `option ${each}\n`).join('')}`);
    expect(sockets?.inet).toMatchObject([{ isCorked: true, hasProgram: false }]);
    expect(sockets?.packet).toMatchObject([{ hasProgram: true }]);
    expect(sockets?.netlink).toMatchObject([
      { portId: 7, hasHighGroups: true, hasProgram: false },
      { portId: 0, hasGroups: true, hasHighGroups: false },
    ]);
    expect(sockets?.unix).toMatchObject([{ getsControl: true }]);
  });

  it('without an answer tell nothing, and --verbose says so', () => {
    const unseen = (instance: InstanceFacts): string | undefined =>
      notesOf({ engine: { name: 'criu' }, instance }).find(({ topic }) => topic === 'cannot be seen from outside')
        ?.text;
    const silent = instanceOf(lines, tables);
    expect(silent.sockets?.inet?.[0]?.isCorked).toBeUndefined();
    expect(unseen(silent)).toContain('a corked UDP socket without data');
    expect(unseen(instanceOf([]))).not.toContain('corked');
  });
});
