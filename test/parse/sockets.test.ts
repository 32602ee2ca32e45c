import { describe, expect, it } from 'vitest';

import { parseIgmp, parseIgmp6 } from '../../src/parse/multicast.js';
import { parseSocketRow } from '../../src/parse/net-tables.js';
import { parseSeenSockets } from '../../src/parse/unix-sockets.js';

describe('parseSocketRow', () => {
  it.each([
    [
      'tcp',
      '   0: 0100007F:0050 0100007F:9C16 01 00000000:00000003 00:00000000 00000000     0        0 1668 1 00000000 20',
      { family: 'ipv4', state: 'ESTABLISHED', local: '127.0.0.1:80', remote: '127.0.0.1:39958', receiveQueue: 3 },
    ],
    [
      'tcp6',
      '   1: 00000000000000000000000001000000:ADB5 00000000000000000000000000000000:0000 0A 00000000:00000001 00:0 0 0 0 77 1',
      { family: 'ipv6', state: 'LISTEN', local: '[::1]:44469', remote: '', receiveQueue: 1, inode: 77 },
    ],
    [
      'udp6',
      '  5: B80D01200000000000000000FF000000:0035 00000000000000000000000000000000:0000 07 00000010:00000000 00:0 0 0 0 78 2',
      { local: '[2001:db8::ff]:53', sendQueue: 16 },
    ],
  ])('reads a row of %s', (table, line, expected) => {
    expect(parseSocketRow(table, line)).toMatchObject(expected);
  });

  it('reads names with blanks, and none', () => {
    const unix = (rest: string) => parseSocketRow('unix', `000000009909937c: 00000003 00000000 ${rest}`);
    expect(unix('00010000 0001 01 1827639 /tmp/a b * 12.sock')).toEqual({
      table: 'unix',
      inode: 1_827_639,
      type: 'stream',
      isListening: true,
      isConnected: false,
      path: '/tmp/a b * 12.sock',
    });
    expect(unix('00000000 0005 03  1664')).toMatchObject({ type: 'seqpacket', isConnected: true, path: '' });
  });

  it('reads netlink and packet sockets', () => {
    const netlink = '00000000490e7fd0 15  4294963251 00000111 832      0        0     2        0        1313';
    expect(parseSocketRow('netlink', netlink)).toEqual({
      table: 'netlink',
      inode: 1313,
      protocol: 15,
      portId: 4_294_963_251,
      groups: 0x111,
      queuedBytes: 832,
    });
    expect(parseSocketRow('packet', '00000000490e7fd0 3      3    0003   0     1 0      0      99')).toMatchObject({
      inode: 99,
    });
  });

  it.each(['tcp', 'unix', 'netlink', 'packet'])('leaves out the heading of %s', (table) => {
    expect(parseSocketRow(table, '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when')).toBeUndefined();
  });
});

describe('parseSeenSockets', () => {
  it('reads peers, queues and who waits, whatever the names are', () => {
    const seen = parseSeenSockets(
      [
        'nl    UNCONN 832    0       15:0        *        sk=0 cb=0 groups=0x00000002',
        'u_str ESTAB  0      768                          * 1827641 * 0       <->                                       ',
        'u_str ESTAB  0      0      /tmp/scan/a b * 12.sock 1827642 * 1827640 <-> ino:2359589 dev:0/65024               ',
        'u_str LISTEN 1      5      /tmp/scan/a b * 12.sock 1827639 * 0       <-> ino:2359589 dev:0/65024 peers: 1827641',
        'u_str ESTAB  0      0                            * 1827646 * 0       ---',
        'u_seq LISTEN 0      1                 @abs name',
        ' x 1827643 * 0       <-> peers:                                ',
        '',
      ].join('\n'),
    );
    expect([...(seen?.unix.values() ?? [])]).toMatchObject([
      { inode: 1_827_641, peerInode: 0, path: '', isShut: false, waiting: undefined },
      { inode: 1_827_642, peerInode: 1_827_640, path: '/tmp/scan/a b * 12.sock' },
      { inode: 1_827_639, receiveQueue: 1, waiting: [1_827_641] },
      { inode: 1_827_646, isShut: true },
      { inode: 1_827_643, path: '@abs name\n x', waiting: [] },
    ]);
    expect(seen?.netlink).toEqual([{ protocol: 15, portId: 0, groups: 2 }]);
  });

  it('does not take a name for another socket', () => {
    const text = 'u_str ESTAB 0 0 /x 7 * 8 <-> 5 * 6 <->\n';
    expect([...(parseSeenSockets(text)?.unix.keys() ?? [])]).toEqual([5]);
  });

  it('is undefined for something else, and empty for nothing', () => {
    expect(parseSeenSockets('ss: unrecognized option\n')).toBeUndefined();
    expect(parseSeenSockets('')?.unix.size).toBe(0);
  });
});

it('leaves out the multicast groups that the kernel joins by itself', () => {
  expect(
    parseIgmp([
      '1\tlo        :     1      V3',
      '\t\t\t\t010000E0     1 0:00000000\t\t0',
      '\t\t\t\tFB0000E0     1 0:0\t\t0',
    ]),
  ).toEqual(['224.0.0.251']);
  const groups = [
    'ff020000000000000000000000000001',
    'ff0200000000000000000001ff000002',
    'ff0200000000000000000000000000fb',
  ];
  expect(parseIgmp6(groups.map((group) => `4    eth0            ${group}     1 00000004 0`))).toEqual([
    'ff02:0:0:0:0:0:0:fb',
  ]);
});
