/** What `check --verbose` adds to the findings: the arithmetic behind them, and what was not looked at. */

import { formatBytes } from '../rules/format-bytes.js';
import type { Facts, HostFacts, InstanceFacts } from '../facts/schema.js';
import { estimateNotes } from './estimate.js';
import type { Note } from './finding.js';

/** Notes on a check; what is not known is said as such. */
export function notesOf({ source, target, instance }: Facts): readonly Note[] {
  const memory = source?.memory;
  const host: Note = {
    topic: 'memory of the host',
    text: `${amount(memory?.availableBytes)} available of ${amount(memory?.totalBytes)}`,
  };
  const both = sameMachineNotes(source, target);
  if (instance === undefined) return [...both, host];
  return [
    ...both,
    ...estimateNotes(instance),
    { topic: 'room for the images', text: imageArithmetic(instance) },
    host,
    { topic: 'looked at', text: scopeOf(instance) },
    { topic: 'cannot be seen from outside', text: unseen.join('; ') },
  ];
}

/** Two ends with one kernel: what tells machines apart cannot show then. */
function sameMachineNotes(source: HostFacts | undefined, target: HostFacts | undefined): readonly Note[] {
  if (source?.bootId === undefined || source.bootId !== target?.bootId) return [];
  const text =
    source.hostname === target.hostname
      ? 'source and target are the same machine'
      : 'source and target run on one kernel, as containers of one machine do: processor and kernel cannot differ';
  return [{ topic: 'same machine', text, isAlways: true }];
}

/** What makes a dump fail or is lost, and that neither /proc nor the kernel's monitoring of sockets tells. */
const unseen: readonly string[] = [
  'a corked UDP socket without data',
  'an eBPF program attached to a socket',
  'netlink groups above 32',
  'credentials and other control messages in the queue of a unix socket',
  'a second membership of a packet socket',
  'guard pages of memory',
  'syscall user dispatch',
  'descriptors of threads that do not share those of their process',
  'options of sockets, keys of TCP and keyrings',
  'the domains of landlock, memory policies and protection keys of running processes',
];

function scopeOf({ tasks, memory }: InstanceFacts): string {
  if (tasks === undefined) return 'the processes could not be looked at';
  const descriptors = memory?.descriptors === undefined ? '' : ` with ${String(memory.descriptors)} descriptors`;
  return `${String(tasks.length)} processes${descriptors}, as they were at one moment`;
}

/** The images hold what is in memory; a stateful snapshot on a `dir` pool copies the root file system as well. */
function imageArithmetic({ memory, storage }: InstanceFacts): string {
  const place = `${storage?.path ?? 'an unknown directory'} (${storage?.driver ?? 'unknown'} pool)`;
  const used = memory?.usedBytes;
  const free = storage?.freeBytes;
  const rest = used === undefined || free === undefined ? 'not known what is left' : `${formatBytes(free - used)} left`;
  const images = `${amount(used)} of memory to write to ${place}, ${amount(free)} free there: ${rest}`;
  if (storage?.driver !== 'dir') return images;
  return `${images}; a stateful snapshot copies the root file system as well, which was not measured (at most ${amount(storage.usedBytes)})`;
}

function amount(bytes: number | undefined): string {
  return bytes === undefined ? 'an unknown amount' : formatBytes(bytes);
}
