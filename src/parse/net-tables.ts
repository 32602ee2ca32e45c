/** Reads rows of the socket tables in /proc/PID/net. */

import { parseWhole } from './lines.js';

export interface InetRow {
  readonly table: 'inet';
  readonly family: 'ipv4' | 'ipv6';
  readonly protocol: 'tcp' | 'udp' | 'udplite' | 'raw' | 'icmp';
  readonly inode: number;
  /** As the kernel names it: ESTABLISHED, LISTEN … */
  readonly state: string;
  readonly local: string;
  /** Empty = none. */
  readonly remote: string;
  readonly receiveQueue: number;
  readonly sendQueue: number;
}

export interface UnixRow {
  readonly table: 'unix';
  readonly inode: number;
  readonly type: 'stream' | 'dgram' | 'seqpacket';
  readonly isListening: boolean;
  readonly isConnected: boolean;
  /** An abstract name begins with @; empty = none. */
  readonly path: string;
}

export interface NetlinkRow {
  readonly table: 'netlink';
  readonly inode: number;
  readonly protocol: number;
  readonly portId: number;
  /** The groups of the lower 32 numbers, as a mask. */
  readonly groups: number;
  readonly queuedBytes: number;
}

export interface PacketRow {
  readonly table: 'packet';
  readonly inode: number;
}

export type SocketRow = InetRow | UnixRow | NetlinkRow | PacketRow;

/** A row of the table of that name, undefined for a heading and for what was not understood. */
export function parseSocketRow(table: string, line: string): SocketRow | undefined {
  if (table === 'unix') return parseUnix(line);
  const fields = line.trimStart().split(/ +/);
  if (table === 'netlink') return parseNetlink(fields);
  if (table === 'packet') {
    const inode = parseWhole(fields[8]);
    return inode === undefined ? undefined : { table, inode };
  }
  return parseInet(table, fields);
}

/** linux include/net/tcp_states.h */
const tcpStates = [
  '',
  'ESTABLISHED',
  'SYN_SENT',
  'SYN_RECV',
  'FIN_WAIT1',
  'FIN_WAIT2',
  'TIME_WAIT',
  'CLOSE',
  'CLOSE_WAIT',
  'LAST_ACK',
  'LISTEN',
  'CLOSING',
  'NEW_SYN_RECV',
];

/** ` 0: 0100007F:0050 00000000:0000 0A 00000000:00000001 00:00000000 00000000 0 0 1668 …`: queues are sent, received. */
function parseInet(table: string, fields: readonly string[]): InetRow | undefined {
  const [, protocol, six] = /^(tcp|udp|udplite|raw|icmp)(6?)$/.exec(table) ?? [];
  const [, local = '', remote = '', state = '', queues = ''] = fields;
  const inode = parseWhole(fields[9]);
  if (!isProtocol(protocol) || inode === undefined || !/^[0-9A-F]{2}$/.test(state)) return undefined;
  const [sent = '', received = ''] = queues.split(':');
  return {
    table: 'inet',
    family: six === '6' ? 'ipv6' : 'ipv4',
    protocol,
    inode,
    state: tcpStates[Number.parseInt(state, 16)] ?? state,
    local: formatEndpoint(local),
    remote: /^0+:0000$/.test(remote) ? '' : formatEndpoint(remote),
    receiveQueue: Number.parseInt(received, 16) || 0,
    sendQueue: Number.parseInt(sent, 16) || 0,
  };
}

function isProtocol(text: string | undefined): text is InetRow['protocol'] {
  return text === 'tcp' || text === 'udp' || text === 'udplite' || text === 'raw' || text === 'icmp';
}

/** `0100007F:0050` -> `127.0.0.1:80`. Words of four bytes, each in the order of the machine, nearly always little endian. */
function formatEndpoint(text: string): string {
  const [address = '', port = ''] = text.split(':');
  const bytes = (address.match(/.{8}/g) ?? []).flatMap((word) => (word.match(/../g) ?? []).reverse());
  const number = Number.parseInt(port, 16);
  if (bytes.length === 4) return `${bytes.map((byte) => Number.parseInt(byte, 16)).join('.')}:${number}`;
  const groups = Array.from({ length: 8 }, (_, index) =>
    bytes
      .slice(index * 2, index * 2 + 2)
      .join('')
      .toLowerCase(),
  );
  return `[${compress(groups)}]:${number}`;
}

/** As RFC 5952: without leading zeros, the longest run of zeros as `::`. */
function compress(groups: readonly string[]): string {
  const short = groups.map((group) => group.replace(/^0+(?=.)/, '')).join(':');
  const runs = [...short.matchAll(/(?<![^:])0(?::0)+(?![^:])/g)].toSorted((a, b) => b[0].length - a[0].length);
  const run = runs[0];
  if (run === undefined) return short;
  const head = short.slice(0, run.index).replace(/:$/, '');
  return `${head}::${short.slice(run.index + run[0].length).replace(/^:/, '')}`;
}

/** SO_ACCEPTCON of the flags, linux include/linux/net.h. */
const listening = 0x10000;

/** `000000009909937c: 00000003 00000000 00000000 0001 03 1966303 /path`: type 1 stream, 2 dgram, 5 seqpacket; state 3 connected. */
function parseUnix(line: string): UnixRow | undefined {
  const match = /^[0-9a-f]+: [0-9A-F]+ [0-9A-F]+ ([0-9A-F]{8}) ([0-9A-F]{4}) ([0-9A-F]{2}) +(\d{1,15})(?: (.*))?$/.exec(
    line,
  );
  if (match === null) return undefined;
  const [, flags = '', type = '', state, inode = '', path = ''] = match;
  return {
    table: 'unix',
    inode: Number(inode),
    type: type === '0001' ? 'stream' : type === '0005' ? 'seqpacket' : 'dgram',
    isListening: (Number.parseInt(flags, 16) & listening) !== 0,
    isConnected: state === '03',
    path,
  };
}

/** `00000000490e7fd0 0 19032 00000111 0 0 0 2 0 1966313` */
function parseNetlink(fields: readonly string[]): NetlinkRow | undefined {
  const [, protocol, port, groups = '', queued] = fields;
  const [number, inode] = [parseWhole(protocol), parseWhole(fields[9])];
  if (number === undefined || inode === undefined || !/^[0-9a-f]{8}$/.test(groups)) return undefined;
  return {
    table: 'netlink',
    inode,
    protocol: number,
    portId: Number(port) >>> 0,
    groups: Number.parseInt(groups, 16),
    queuedBytes: parseWhole(queued) ?? 0,
  };
}
