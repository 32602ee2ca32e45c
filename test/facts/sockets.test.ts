import { describe, expect, it } from 'vitest';

import { deriveFacts } from '../../src/facts/derive.js';
import type { InstanceFacts } from '../../src/facts/schema.js';
import { fakeEvidence } from '../evidence/fake-source.js';
import { taskText } from './task-text.js';

type SocketFacts = NonNullable<InstanceFacts['sockets']>;

interface Sketch {
  /** Inodes, held from descriptor 3 on. */
  readonly held: readonly number[];
  readonly lines?: readonly string[];
  /** Rows of the network namespace of the process. */
  readonly rows?: readonly string[];
  readonly sections?: string;
  /** What ss prints; undefined = there is none. */
  readonly seen?: readonly string[];
}

function socketsOf({ held, lines = [], rows = [], sections = '', seen }: Sketch): SocketFacts {
  const descriptors = held.map((inode, index) => `fd ${index + 3} 02 10 ${inode} socket:[${inode}]`);
  const tables = ['== net net:[1]', ...rows.map((row) => `net ${row}`), sections].join('\n');
  const { facts } = deriveFacts({
    engine: 'criu',
    source: [],
    instance: {
      name: 'pid 10',
      evidence: [
        fakeEvidence('instance.tasks', taskText([{ pid: 10, lines: [...descriptors, ...lines] }], `${tables}\n`)),
        ...(seen === undefined ? [] : [fakeEvidence('instance.sockets', seen.map((line) => `${line}\n`).join(''))]),
      ],
    },
  });
  return facts.instance?.sockets ?? {};
}

const unixRow = (inode: number, flags = '00000000', type = '0001', state = '03', path = ''): string =>
  `unix 00000000: 00000003 00000000 ${flags} ${type} ${state} ${inode}${path && ` ${path}`}`;

describe('unix sockets', () => {
  it('knows a peer inside, one outside and none', () => {
    const { unix } = socketsOf({
      held: [50, 51, 52, 53],
      rows: [50, 51, 52, 53].map((inode) => unixRow(inode)),
      seen: [
        'u_str ESTAB 0 0 * 50 * 51 <->',
        'u_str ESTAB 3 0 * 51 * 50 <->',
        'u_str ESTAB 0 0 * 52 * 99 <->',
        'u_str ESTAB 0 0 /run/out side.sock 99 * 52 <->',
        'u_str ESTAB 0 0 * 53 * 0 ---',
      ],
    });
    expect(unix).toMatchObject([
      { inode: 50, isPeerOutside: false, isPeerInNamespace: true, peerPath: '' },
      { inode: 51, receiveQueue: 3 },
      { inode: 52, peerInode: 99, isPeerOutside: true, peerPath: '/run/out side.sock', isPeerInNamespace: true },
      { inode: 53, peerInode: 0, isPeerOutside: false },
    ]);
  });

  it('says nothing of the peer without monitoring', () => {
    const { unix } = socketsOf({ held: [50], rows: [unixRow(50)] });
    expect(unix?.[0]).toMatchObject({ state: 'connected', type: 'stream' });
    expect(unix?.[0]).not.toHaveProperty('isPeerOutside');
  });

  it('does not know who holds a peer while descriptors wait in a queue', () => {
    const { unix } = socketsOf({
      held: [50],
      lines: ['info 3 scm_fds: 1'],
      rows: [unixRow(50)],
      seen: ['u_str ESTAB 0 0 * 50 * 99 <->'],
    });
    expect(unix).toMatchObject([{ queuedDescriptors: 1 }]);
    expect(unix?.[0]).not.toHaveProperty('isPeerOutside');
  });

  it('finds who waits to be accepted', () => {
    const { unix } = socketsOf({
      held: [50, 51, 52],
      rows: [unixRow(50, '00010000', '0001', '01', '/in'), unixRow(51), unixRow(52)],
      seen: [
        'u_str LISTEN 1 5 /in 50 * 0 <-> peers: 51',
        'u_str LISTEN 1 5 /out 98 * 0 <-> peers: 52',
        'u_str ESTAB 0 0 * 51 * 0 <->',
        'u_str ESTAB 0 0 * 52 * 0 <->',
      ],
    });
    expect(unix).toMatchObject([
      { state: 'listening', path: '/in', receiveQueue: 1, isPeerOutside: false },
      { isPeerOutside: false },
      { isPeerOutside: true },
    ]);
  });

  it('knows what waits unread, and clients that are gone before they were accepted', () => {
    const { unix } = socketsOf({
      held: [50, 51, 52],
      rows: [unixRow(50, '00010000', '0001', '01', '/in'), unixRow(51), unixRow(52)],
      seen: [
        'u_str LISTEN 2 5 /in 50 * 0 <-> peers: 51 0',
        'u_str ESTAB 0 768 * 51 * 0 <->',
        'u_str ESTAB 0 0 * 52 * 0 ---',
      ],
    });
    expect(unix).toMatchObject([
      { sendQueue: 0, isWaiting: false, abandonedConnections: 1 },
      { sendQueue: 768, isWaiting: true, abandonedConnections: 0 },
      { isWaiting: false },
    ]);
  });

  it('tells a peer that is not connected in turn and cannot be named', () => {
    const { unix } = socketsOf({
      held: [50, 51, 52, 53],
      rows: [50, 51, 52, 53].map((inode) => unixRow(inode, '00000000', '0002')),
      seen: [
        'u_dgr ESTAB 0 0 * 50 * 51 <->',
        'u_dgr ESTAB 0 0 * 51 * 52 <->',
        'u_dgr ESTAB 0 0 * 52 * 51 <->',
        'u_dgr ESTAB 0 0 /dg 53 * 0 <->',
      ],
    });
    expect(unix?.map(({ isPeerUnreachable }) => isPeerUnreachable)).toEqual([true, false, false, false]);
  });

  it('takes a datagram socket for connected only when it has a peer', () => {
    const { unix } = socketsOf({
      held: [50, 51],
      rows: [unixRow(50, '00000000', '0002'), unixRow(51, '00000000', '0002', '03', '/dg')],
      seen: ['u_dgr ESTAB 0 768 * 50 * 51 <->', 'u_dgr ESTAB 5 0 /dg 51 * 0 <->'],
    });
    expect(unix).toMatchObject([{ state: 'connected' }, { state: 'unconnected' }]);
  });
});

describe('sockets in no table', () => {
  it('are sorted by the name of their protocol', () => {
    const { inet, other, foreign, netlink } = socketsOf({
      held: [60, 61, 62, 63],
      sections: '== sockets\nsocket 60 TCPv6\nsocket 61 MPTCP\nsocket 62 PACKET\nsocket 63 NETLINK',
      seen: ['nl UNCONN 0 0 15:0 * sk=0 cb=0 groups=0x00000002'],
    });
    expect(inet).toMatchObject([{ inode: 60, family: 'ipv6', protocol: 'tcp', state: '' }]);
    expect(other).toMatchObject([{ inode: 61, protocol: 'MPTCP' }]);
    expect(foreign).toMatchObject([{ inode: 62, protocol: 'PACKET' }]);
    expect(netlink).toMatchObject([{ inode: 63, portId: 0, hasGroups: true }]);
  });

  it('are foreign when they stand in the tables of a namespace that no process is in', () => {
    const row = 'net tcp 0: 0100007F:0016 00000000:0000 0A 0:0 0:0 0 0 0 60 1';
    expect(socketsOf({ held: [60], sections: `== net net:[2]\n${row}` }).foreign).toMatchObject([
      { inode: 60, protocol: 'TCP', state: 'LISTEN' },
    ]);
  });
});

it('tells a socket that several descriptors lead to once', () => {
  expect(socketsOf({ held: [50, 50], rows: [unixRow(50)] }).unix).toHaveLength(1);
});
