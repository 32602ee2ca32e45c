/** Turns the sockets that processes have open into facts. */

import type { InetRow, NetlinkRow, SocketRow, UnixRow } from '../parse/net-tables.js';
import type { SeenSockets } from '../parse/unix-sockets.js';
import { deriveUnixSocket, type UnixCircumstances } from './derive-unix-sockets.js';
import { placeOf, type HeldDescriptor, type ProcessView } from './process-view.js';
import { netlinkProtocols } from './netlink-protocols.js';
import type { InstanceFacts } from './schema.js';

type SocketFacts = NonNullable<InstanceFacts['sockets']>;
type Lists = { -readonly [Name in keyof SocketFacts]-?: NonNullable<SocketFacts[Name]>[number][] };

export interface DerivedSockets {
  readonly facts: SocketFacts;
  /** Some socket stands in no table, and there was no way to ask what it is. */
  readonly hasUnknown: boolean;
}

/** Each socket once. `seen` is what the kernel's socket monitoring told of the network namespace of init. */
export function deriveSockets(view: ProcessView, seen: SeenSockets | undefined): DerivedSockets {
  const lists: Lists = { inet: [], unix: [], netlink: [], packet: [], other: [], foreign: [] };
  const sockets = view.descriptors.filter(({ descriptor }) => descriptor.link.startsWith('socket:['));
  const rows = indexRows(view);
  const unix = describeCircumstances(view, sockets, seen);
  const unbound = countUnbound(sockets, rows, view);
  let hasUnknown = false;
  for (const socket of sockets) {
    const inode = inodeOf(socket);
    const place = { ...placeOf(socket), inode };
    const options = view.tree.socketOptions.get(inode);
    const found = rows.get(inode);
    const name = view.tree.socketNames?.get(inode);
    if (found !== undefined && !found.isInside)
      lists.foreign.push({
        ...place,
        protocol: nameRow(found.row),
        state: found.row.table === 'inet' ? found.row.state : '',
      });
    // The parts of an MPTCP socket stand in the tables of TCP, under its inode.
    else if (found !== undefined && name !== 'MPTCP') addRow(lists, socket, found.row, { unix, seen, options });
    else if (name !== undefined) addNamed(lists, place, name, { seen, unbound, options });
    else hasUnknown = true;
    if (view.tree.socketNames === undefined && found?.row.table === 'inet') hasUnknown = true;
  }
  return { facts: lists, hasUnknown };
}

function inodeOf({ descriptor }: HeldDescriptor): number {
  return Number(/^socket:\[(\d+)\]$/.exec(descriptor.link)?.[1] ?? 0);
}

interface FoundRow {
  readonly row: SocketRow;
  /** Its network namespace is that of one of the processes. */
  readonly isInside: boolean;
}

function indexRows({ tree, tasks }: ProcessView): ReadonlyMap<number, FoundRow> {
  const inside = new Set(
    tasks.flatMap(({ namespaces, threads }) => [
      namespaces['net'],
      ...threads.map((thread) => thread.namespaces['net']),
    ]),
  );
  const rows = new Map<number, FoundRow>();
  for (const { link, rows: own } of tree.networks) {
    for (const row of own) if (!rows.has(row.inode)) rows.set(row.inode, { row, isInside: inside.has(link) });
  }
  return rows;
}

function describeCircumstances(
  view: ProcessView,
  sockets: readonly HeldDescriptor[],
  seen: SeenSockets | undefined,
): UnixCircumstances {
  return {
    seen,
    waitingAt: new Map(
      [...(seen?.unix.values() ?? [])].flatMap((each) =>
        (each.waiting ?? []).map((inode) => [inode, each.inode] as const),
      ),
    ),
    inside: new Set(sockets.map(inodeOf)),
    // What waits in a queue is held by the queue alone, and nobody tells what it is.
    isAllSeen: view.hasAllDescriptors && !sockets.some(({ descriptor }) => countQueued(descriptor.info) > 0),
  };
}

/** Descriptors that wait in the queue of a unix socket. */
function countQueued(info: readonly string[]): number {
  return Number(info.map((line) => /^scm_fds: *(\d+)/.exec(line)?.[1]).find((count) => count !== undefined) ?? 0);
}

function addRow(
  lists: Lists,
  socket: HeldDescriptor,
  row: SocketRow,
  { unix, seen, options }: Pick<Told, 'seen' | 'options'> & { readonly unix: UnixCircumstances },
): void {
  const place = { ...placeOf(socket), inode: row.inode };
  const hasProgram = options?.includes('program');
  if (row.table === 'inet')
    lists.inet.push({ ...place, ...withoutTable(row), isCorked: options?.includes('cork'), hasProgram });
  else if (row.table === 'packet') lists.packet.push({ ...place, hasProgram });
  else if (row.table === 'netlink')
    lists.netlink.push({ ...place, ...describeNetlink(row, seen), ...describeOptions(options) });
  else {
    const queuedDescriptors = countQueued(socket.descriptor.info);
    lists.unix.push({
      ...place,
      ...deriveUnixSocket(row, unix),
      getsControl: options?.includes('control'),
      hasProgram,
      queuedDescriptors,
    });
  }
}

function isMember(options: Told['options']): boolean | undefined {
  return options && (options.includes('member') || options.includes('groups'));
}

function describeOptions(options: Told['options']): object {
  return { hasHighGroups: options?.includes('groups'), hasProgram: options?.includes('program') };
}

function withoutTable({ family, protocol, state, local, remote, receiveQueue, sendQueue }: InetRow): object {
  return { family, protocol, state, local, remote, receiveQueue, sendQueue };
}

function describeNetlink(row: NetlinkRow, seen: SeenSockets | undefined): object {
  const told = seen?.netlink.filter(({ protocol, portId }) => protocol === row.protocol && portId === row.portId);
  return {
    protocol: netlinkProtocols[row.protocol] ?? String(row.protocol),
    portId: row.portId,
    hasGroups: row.groups !== 0 || told?.some(({ groups }) => groups !== 0) === true,
    queuedBytes: row.queuedBytes,
  };
}

/** Netlink sockets that were never bound: those in the tree, and whether the tree is alone in its namespace. */
interface Unbound {
  readonly inside: number;
}

function countUnbound(
  sockets: readonly HeldDescriptor[],
  rows: ReadonlyMap<number, FoundRow>,
  { tree }: ProcessView,
): Unbound {
  const unlisted = sockets.map(inodeOf).filter((inode) => !rows.has(inode));
  return { inside: unlisted.filter((inode) => tree.socketNames?.get(inode) === 'NETLINK').length };
}

/** What the kernel told of a socket besides its tables. */
interface Told {
  readonly seen: SeenSockets | undefined;
  readonly unbound: Unbound;
  /** Undefined = it was not asked, or did not answer. */
  readonly options: readonly string[] | undefined;
}

/** A socket that stands in no table; `name` is the kernel's for its protocol. */
function addNamed(
  lists: Lists,
  place: ReturnType<typeof placeOf> & { readonly inode: number },
  name: string,
  { seen, unbound, options }: Told,
): void {
  const inet = inetNames[name];
  if (inet !== undefined) {
    const [protocol, family] = inet;
    const told = { isCorked: options?.includes('cork'), hasProgram: options?.includes('program') };
    const nowhere = { state: '', local: '', remote: '', receiveQueue: 0, sendQueue: 0 };
    lists.inet.push({ ...place, family, protocol, ...nowhere, ...told });
  } else if (name === 'NETLINK') {
    lists.netlink.push({
      ...place,
      portId: 0,
      hasGroups: isMember(options) ?? findUnboundGroups(seen, unbound),
      ...describeOptions(options),
      queuedBytes: 0,
    });
  } else if (alwaysListed.has(name)) lists.foreign.push({ ...place, protocol: name, state: '' });
  else lists.other.push({ ...place, protocol: name });
}

/** Names of linux net/ipv4 and net/ipv6 (struct proto), of sockets that stand in a table once they are bound. */
const inetNames: Readonly<Record<string, readonly [string, string]>> = {
  TCP: ['tcp', 'ipv4'],
  TCPv6: ['tcp', 'ipv6'],
  UDP: ['udp', 'ipv4'],
  UDPv6: ['udp', 'ipv6'],
  'UDP-Lite': ['udplite', 'ipv4'],
  UDPLITEv6: ['udplite', 'ipv6'],
  PING: ['icmp', 'ipv4'],
  PINGv6: ['icmp', 'ipv6'],
};

/** These stand in the table of their namespace from the beginning. */
const alwaysListed: ReadonlySet<string> = new Set(['UNIX', 'UNIX-STREAM', 'PACKET', 'RAW', 'RAWv6']);

/**
 * A socket that was never bound stands in no table, and the kernel's monitoring shows it only as member of a
 * group, without saying whose it is.
 */
function findUnboundGroups(seen: SeenSockets | undefined, { inside }: Unbound): boolean | undefined {
  if (seen === undefined) return undefined;
  const members = seen.netlink.filter(({ portId, groups }) => portId === 0 && groups !== 0).length;
  if (members === 0) return false;
  return members === inside ? true : undefined;
}

function nameRow(row: SocketRow): string {
  if (row.table === 'inet') return `${row.protocol.toUpperCase()}${row.family === 'ipv6' ? 'v6' : ''}`;
  if (row.table === 'unix') return nameUnix(row);
  return row.table.toUpperCase();
}

function nameUnix({ type }: UnixRow): string {
  return type === 'stream' ? 'UNIX-STREAM' : 'UNIX';
}
