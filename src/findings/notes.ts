/** What `check --verbose` adds to the findings: the arithmetic behind them, and what was not looked at. */

import { formatBytes } from '../rules/format-bytes.js';
import type { Facts, InstanceFacts } from '../facts/schema.js';
import type { Note } from './finding.js';

/** Notes on a check; what is not known is said as such. */
export function notesOf({ source, instance }: Facts): readonly Note[] {
  const memory = source?.memory;
  const host: Note = {
    topic: 'memory of the host',
    text: `${amount(memory?.availableBytes)} available of ${amount(memory?.totalBytes)}`,
  };
  if (instance === undefined) return [host];
  return [
    { topic: 'room for the images', text: imageArithmetic(instance) },
    host,
    {
      topic: 'tasks',
      text: instance.tasks === undefined ? 'not known' : `${String(instance.tasks.length)} processes looked at`,
    },
    {
      topic: 'not looked at',
      isLimit: true,
      text: 'open files, sockets, locks, terminals and memory mappings of single processes',
    },
  ];
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
