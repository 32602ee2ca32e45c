/** Turns mappings that are neither of plain files nor of plain memory into facts. */

import { isPlainMemory } from '../parse/task-file.js';
import type { MappingRecord } from '../parse/task-records.js';
import { holderOf, type ProcessView } from './process-view.js';
import type { InstanceFacts } from './schema.js';

type MappingFact = NonNullable<InstanceFacts['mappings']>[number];

/** Deleted files are told among the deleted files. What a process inherited when it was forked is told of the first one. */
export function deriveMappings({ tasks }: ProcessView): readonly MappingFact[] {
  const told = new Set<string>();
  return tasks.flatMap((task) =>
    task.mappings.flatMap((mapping) => {
      const kind = kindOf(mapping);
      const { path, file, flags, start, inode } = mapping;
      const key = `${start} ${String(inode)} ${path}`;
      if (kind === undefined || told.has(key)) return [];
      told.add(key);
      const isDevice = file?.kind === 'chr' || file?.kind === 'blk';
      const device = isDevice ? `${file.kind} ${String(file.major)}:${String(file.minor)}` : undefined;
      const unknown = kind === 'device' ? undefined : '';
      return [{ ...holderOf(task), path, kind, device: device ?? unknown, flags: flags ?? [] }];
    }),
  );
}

function kindOf({ path, file }: MappingRecord): string | undefined {
  if (path === '[uprobes]') return 'uprobes';
  if (path.startsWith('anon_inode:')) return 'anonymous-inode';
  if (path.startsWith('socket:[')) return 'socket';
  if (path.startsWith('/SYSV')) return 'system-v';
  if (path.startsWith('/[aio]')) return 'aio';
  if (path.startsWith('/secretmem')) return 'secret';
  if (isPlainMemory(path)) return undefined;
  if (file?.kind === 'chr' || file?.kind === 'blk') return 'device';
  if (!path.startsWith('/') || path.startsWith('/dmabuf:')) return 'other';
  if (path.endsWith(' (deleted)') || file?.kind === 'reg') return undefined;
  // It could not be looked at: of a file nothing is wrong with it, and devices are here.
  return path.startsWith('/dev/') ? 'device' : undefined;
}
