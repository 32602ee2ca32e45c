/** Reads what surrounds the processes of a tree: socket tables, processes outside, crdoctor's own namespaces. */

import { readNetTables } from './net-tables.js';
import { findAttached, findTerminals } from './outside-tasks.js';
import { findShared } from './shared-parts.js';
import { isDenied, isDirectory, isGone, orGone, type ProcFiles } from './proc-files.js';
import { readSocketNames } from './socket-names.js';
import type { Walk } from './task-walk.js';

export interface Surroundings {
  readonly rootPid: number;
  readonly walk: Walk;
  readonly ownNamespaces: ReadonlyMap<string, string>;
  /** Some pids in each network namespace, by its link. */
  readonly networks: ReadonlyMap<string, readonly number[]>;
  readonly inside: ReadonlySet<number>;
  /** Parent of each process but the first. */
  readonly parents: ReadonlyMap<number, number>;
}

/** What belongs to no single process: our own namespaces, tables of sockets, processes outside. */
export async function readSurroundings({
  rootPid,
  walk,
  ownNamespaces,
  networks,
  inside,
  parents,
}: Surroundings): Promise<string> {
  const self = [...ownNamespaces].map(([kind, link]) => `ns:${kind} ${link}\n`).join('');
  const tables = await readTables(walk, networks, ownNamespaces.get('net') ?? '');
  const names = await nameSockets(walk, tables.unknown);
  const shared = parents.size > 0 ? await findShared(parents, walk.files) : '';
  const attached = await readAttached(rootPid, ownNamespaces.get('pid'), inside, walk);
  const terminals = walk.terminals.size > 0 ? await findTerminals(walk.files, inside, walk.pause) : '';
  return `== self\n${self}${tables.text}${names}${shared}${attached}${terminals}`;
}

/** Where it is in the pid namespace of crdoctor, everything is outside, and nothing is attached. */
async function readAttached(
  rootPid: number,
  own: string | undefined,
  inside: ReadonlySet<number>,
  walk: Walk,
): Promise<string> {
  try {
    const link = walk.files.link(`/proc/${rootPid}/ns/pid`);
    return link === own ? '== attached\n' : await findAttached(walk.files, link, inside, walk.pause);
  } catch (error) {
    if (isDenied(error)) return '== attached\ndenied attached\n';
    // It has ended, and who was attached to it with it.
    if (isGone(error)) return '== attached\ncut attached\n';
    throw error;
  }
}

/** The tables of each namespace; of a namespace nobody is in any more there is nothing to read. */
async function readTables(
  walk: Walk,
  networks: ReadonlyMap<string, readonly number[]>,
  own: string,
): Promise<{ text: string; unknown: ReadonlySet<string> }> {
  let text = '';
  const unsure = findUnsureTables(walk.files);
  const unknown = new Set(walk.sockets.keys());
  for (const [link, pids] of networks) {
    const pid = pids.find((each) => orGone('', () => walk.files.link(`/proc/${each}/ns/net`)) === link);
    text += `== net ${link}\n`;
    text +=
      pid === undefined
        ? 'cut net\n'
        : await readNetTables(
            walk.files,
            `/proc/${pid}/net`,
            unknown,
            link === [...networks.keys()][0],
            unsure,
            walk.pause,
          );
  }
  if (unknown.size > 0 && !networks.has(own)) {
    text += `== net ${own}\n${await readNetTables(walk.files, '/proc/self/net', unknown, false, unsure, walk.pause)}`;
  }
  return { text, unknown };
}

/**
 * Tables with sockets that may be something else: the parts of an MPTCP socket stand in those of TCP, under its
 * inode (linux net/mptcp/subflow.c, mptcp_subflow_create_socket).
 */
function findUnsureTables(files: ProcFiles): ReadonlySet<string> {
  const has = orGone(false, () => isDirectory(files.stat('/proc/sys/net/mptcp')));
  return new Set(has ? ['tcp', 'tcp6'] : []);
}

async function nameSockets(walk: Walk, unknown: ReadonlySet<string>): Promise<string> {
  if (unknown.size === 0) return '';
  const paths = new Map([...unknown].map((inode) => [walk.sockets.get(inode) ?? '', inode]));
  const names = await readSocketNames([...paths.keys()], walk.files);
  if (names === undefined) return '== sockets\ncut sockets\n';
  const lines = [...paths].map(([path, inode]) => (names.has(path) ? `socket ${inode} ${names.get(path)}\n` : ''));
  return `== sockets\n${lines.join('')}`;
}
