/** Tells of a unix socket who is at its other end. */

import type { UnixRow } from '../parse/net-tables.js';
import type { SeenSockets, SeenUnixSocket } from '../parse/unix-sockets.js';
import type { InstanceFacts } from './schema.js';

type UnixFact = NonNullable<NonNullable<InstanceFacts['sockets']>['unix']>[number];

export interface UnixCircumstances {
  /** Of the network namespace of init; undefined = not told. */
  readonly seen: SeenSockets | undefined;
  /** Listening socket by the inode of each that waits to be accepted there. */
  readonly waitingAt: ReadonlyMap<number, number>;
  /** Inodes of all sockets that the processes have open. */
  readonly inside: ReadonlySet<number>;
  /** A socket that is not among these is nobody's inside. */
  readonly isAllSeen: boolean;
}

/** All but the place; without monitoring, only what /proc/net/unix tells. */
export function deriveUnixSocket(row: UnixRow, circumstances: UnixCircumstances): UnixFact {
  const { seen } = circumstances;
  const own = seen?.unix.get(row.inode);
  const described = { type: row.type, state: stateOf(row, own), path: row.path };
  if (seen === undefined || own === undefined) return described;
  const peer = seen.unix.get(own.peerInode);
  return {
    ...described,
    peerInode: own.peerInode,
    isPeerOutside: findOutside(row, own, circumstances),
    peerPath: own.peerInode === 0 ? '' : peer?.path,
    isPeerUnreachable: peer !== undefined && peer.path === '' && peer.peerInode !== row.inode,
    isPeerInNamespace: own.peerInode !== 0 && peer !== undefined,
    receiveQueue: own.receiveQueue,
    sendQueue: row.isListening ? 0 : own.sendQueue,
    isWaiting: isWaiting(row, own),
    // The end of a client that is gone has no inode any more.
    abandonedConnections: row.isListening ? own.waiting?.filter((inode) => inode === 0).length : 0,
  };
}

/** The kernel marks a datagram socket as connected when another one is connected to it; only a peer tells. */
function stateOf(row: UnixRow, own: SeenUnixSocket | undefined): UnixFact['state'] {
  if (row.isListening) return 'listening';
  if (!row.isConnected) return 'unconnected';
  if (row.type !== 'dgram') return 'connected';
  if (own === undefined) return undefined;
  return own.peerInode === 0 ? 'unconnected' : 'connected';
}

/** Not accepted yet: its other end has no inode, and waits in the queue of a listening socket. */
function isWaiting(row: UnixRow, own: SeenUnixSocket): boolean {
  return row.type !== 'dgram' && !row.isListening && row.isConnected && !own.isShut && own.peerInode === 0;
}

function findOutside(
  row: UnixRow,
  own: SeenUnixSocket,
  { inside, waitingAt, isAllSeen }: UnixCircumstances,
): boolean | undefined {
  const unlessHidden = isAllSeen ? true : undefined;
  if (own.peerInode !== 0) return inside.has(own.peerInode) ? false : unlessHidden;
  if (!isWaiting(row, own)) return false;
  const listener = waitingAt.get(row.inode);
  if (listener === undefined) return undefined;
  return inside.has(listener) ? false : unlessHidden;
}
