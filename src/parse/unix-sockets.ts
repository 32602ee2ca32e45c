/** Reads what `ss -H -a -n -e -A unix,netlink` prints. */

import { parseWhole } from './lines.js';

export interface SeenUnixSocket {
  readonly inode: number;
  /** 0 = none, or one that nobody has accepted yet. */
  readonly peerInode: number;
  /** Name it is bound to, empty = none; an abstract name begins with @. */
  readonly path: string;
  readonly receiveQueue: number;
  /** Bytes that its peer has not read; of a listening socket, how many may wait. */
  readonly sendQueue: number;
  /** Nothing can be sent or received any more, as when the peer has been closed. */
  readonly isShut: boolean;
  /** Of a listening socket: inodes of the sockets that wait to be accepted; undefined = this ss does not tell. */
  readonly waiting: readonly number[] | undefined;
}

export interface SeenNetlinkSocket {
  readonly protocol: number;
  /** 0 = not bound. */
  readonly portId: number;
  /** A mask of groups. */
  readonly groups: number;
}

export interface SeenSockets {
  readonly unix: ReadonlyMap<number, SeenUnixSocket>;
  readonly netlink: readonly SeenNetlinkSocket[];
}

/**
 * Sockets of one network namespace, from iproute2 4.9 to 6.15. Names are written as they are, with blanks and
 * even line breaks, so a line is read from its end; what is no end of a socket is left out:
 *
 *     u_str LISTEN 1 5  /tmp/a b * 12.sock 1827639 * 0       <-> ino:2359589 dev:0/65024 peers: 1827641
 *     u_str ESTAB  0 0                   * 1827638 * 1827637 <->
 *     u_seq ESTAB  0 0                   * 1827646 * 0       ---
 *     nl    UNCONN 832 0               4:0         *         sk=0 cb=0 groups=0x00000002
 */
export function parseSeenSockets(text: string): SeenSockets | undefined {
  const unix = new Map<number, SeenUnixSocket>();
  const netlink: SeenNetlinkSocket[] = [];
  let begin = '';
  for (const line of text.split('\n')) {
    if (/^(?:u_\w+|nl) /.test(line)) begin = line;
    else if (begin !== '') begin += `\n${line}`;
    const socket = parseUnix(begin);
    if (socket !== undefined) {
      // A name may be written like another socket; the true line of each comes once, so the first one counts.
      if (!unix.has(socket.inode)) unix.set(socket.inode, socket);
      begin = '';
      continue;
    }
    const own = parseNetlink(begin);
    if (own === undefined) continue;
    netlink.push(own);
    begin = '';
  }
  return unix.size > 0 || netlink.length > 0 || text.trim() === '' ? { unix, netlink } : undefined;
}

const unixLine =
  /^u_\w+ +\S+ +(\d+) +(\d+) +([^]*) (\d+) +\* (\d+) +(<->|<--|-->|---)(?: ino:\d+ dev:\S+)?(?: peers:((?: \d+)*))? *$/;

function parseUnix(text: string): SeenUnixSocket | undefined {
  const [, received, sent, path = '', inode, peer, arrows = '', waiting] = unixLine.exec(text) ?? [];
  const [own, other] = [parseWhole(inode), parseWhole(peer)];
  if (own === undefined || other === undefined) return undefined;
  return {
    inode: own,
    peerInode: other,
    path: path === '*' ? '' : path,
    receiveQueue: parseWhole(received) ?? 0,
    sendQueue: parseWhole(sent) ?? 0,
    isShut: arrows === '---',
    waiting: waiting?.split(' ').filter(Boolean).map(Number),
  };
}

function parseNetlink(text: string): SeenNetlinkSocket | undefined {
  const [, protocol, port, groups = ''] =
    /^nl +\S+ +\d+ +\d+ +(\d+):(\d+) +\*.* groups=0x([0-9a-f]{8}) *$/.exec(text) ?? [];
  const [number, portId] = [parseWhole(protocol), parseWhole(port)];
  if (number === undefined || portId === undefined) return undefined;
  return { protocol: number, portId, groups: Number.parseInt(groups, 16) };
}
