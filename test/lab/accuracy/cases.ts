/** All cases there are. */

import { type Case, casesOf, plain, withCriu } from './case.js';
import { boxCases } from './cases/boxes.js';
import { descriptorCases } from './cases/descriptors.js';
import { processCases } from './cases/processes.js';
import { socketCases } from './cases/sockets.js';
import { workloadCases } from './cases/workloads.js';

/** Where versions of criu differ. */
const versionCases: readonly Case[] = [
  ...casesOf('tasks', { single: plain, threads: plain }),
  ...casesOf('inet', { 'tcp-listen': plain, udp: plain, 'tcp-unbound': plain }),
  ...casesOf('inet', { ping: plain }, 'n'),
  ...casesOf('sockets', { packet: plain, 'netlink-bound': plain }),
  ...casesOf('unix', { listener: plain, 'stream-pair': plain }),
  ...casesOf('memory', { guarded: plain, 'private-pages': plain }),
  ...casesOf('anonymous', { 'pidfd-child': plain, 'io-uring': plain, memfd: plain }),
  ...casesOf('files', { 'ghost-small': plain, 'ghost-big': plain, 'lock-flock': plain }),
];

export const allCases: readonly Case[] = [
  ...socketCases,
  ...descriptorCases,
  ...processCases,
  ...boxCases,
  ...workloadCases,
  ...withCriu('older', versionCases),
  ...withCriu('oldest', versionCases.slice(0, 3)),
];

/** A small part of them, of every kind, for the tests that run always. */
const fastNames = new Set([
  'inet tcp-listen',
  'inet tcp-connected',
  'inet tcp-connected --tcp-established',
  'inet tcp-in-flight --tcp-established --skip-in-flight',
  'inet udp-corked',
  'inet mptcp',
  'sockets netlink-queued',
  'sockets netlink-bound',
  'sockets packet',
  'sockets vsock',
  'unix stream-pair',
  'unix client-outside',
  'unix datagram-outside',
  'unix datagram-outside --ext-unix-sk',
  'unix credentials',
  'anonymous io-uring',
  'anonymous timerfd-alarm',
  'anonymous timerfd-monotonic',
  'anonymous pidfd-child',
  'anonymous packet-pipe',
  'anonymous memfd',
  'anonymous memfd-secret',
  'watches inotify-directory',
  'watches inotify-proc',
  'files ghost-small',
  'files ghost-big',
  'files ghost-big --ghost-limit 8M',
  'files other-link',
  'files lock-flock',
  'files lock-flock --file-locks',
  'open /dev/fuse',
  'open /dev/urandom',
  'terminals pair',
  'terminals master-outside',
  'tasks threads',
  'tasks traced',
  'tasks stopped-ttin',
  'tasks nested-uts (mpniu)',
  'tasks children (mpniu)',
  'memory system-v',
  'memory asynchronous-io',
  'mount ramfs (mpniu)',
  'mount tmpfs (mpniu)',
  'shell loop',
]);

export const fastCases: readonly Case[] = allCases.filter(({ name }) => fastNames.has(name));
