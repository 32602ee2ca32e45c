/** Tells how much a dump has to write and to look at, for the estimate. */

import { sumMemory } from './derive-tasks.js';
import type { ProcessView, ViewedMounts } from './process-view.js';
import type { InstanceFacts } from './schema.js';

type MemoryFacts = NonNullable<InstanceFacts['memory']>;

/** Without `usedBytes`; nothing but the contents of tmpfs when not all processes are known. */
export function deriveScale(view: ProcessView, { ofHost = [] }: ViewedMounts): Omit<MemoryFacts, 'usedBytes'> {
  const { tasks, tree } = view;
  return {
    temporaryBytes: sumTemporary(view, new Set(ofHost.map(({ device }) => device))),
    ...(tree.isWhole && {
      ...sumMemory(tasks),
      descriptors: tasks.reduce((sum, { descriptors }) => sum + descriptors.length, 0),
    }),
  };
}

/** Contents of each tmpfs once; what the host has mounted as well is not written. */
function sumTemporary(view: ProcessView, onHost: ReadonlySet<string>): number {
  const usedBytes = new Map<string, number>();
  for (const task of view.tasks) {
    if (task.namespaces['mnt'] === view.tree.ownNamespaces?.['mnt']) continue;
    for (const [id, bytes] of task.mountUsedBytes) {
      const mount = view.tableOf(task)?.byId.get(id);
      if (mount !== undefined && !onHost.has(mount.device)) usedBytes.set(mount.device, bytes);
    }
  }
  return [...usedBytes.values()].reduce((sum, bytes) => sum + bytes, 0);
}
