/** Finds memory of huge pages among the memfds and mappings of processes. */

import type { HugePageRecord } from '../parse/tasks.js';
import { holderOf, placeOf, type ProcessView } from './process-view.js';
import type { InstanceFacts } from './schema.js';

type HugePageFact = NonNullable<InstanceFacts['hugePages']>[number];

const memoryFile = /^\/(?:memfd:|anon_hugepage)/;

/** Each memfd or mapping once; undefined when there is some memory that cannot be told apart. */
export function deriveHugePages({ tree, tasks, descriptors }: ProcessView): readonly HugePageFact[] | undefined {
  const open = descriptors.filter(({ descriptor }) => descriptor.link.startsWith('/memfd:'));
  const mapped = tasks.flatMap((task) =>
    task.mappings.filter(({ path }) => memoryFile.test(path)).map((mapping) => ({ task, mapping })),
  );
  if (open.length + mapped.length === 0) return [];
  const sizes = tree.hugePages;
  if (sizes === undefined) return undefined;
  const facts = new Map<string, HugePageFact>();
  const add = (inode: number, path: string, size: HugePageRecord | undefined, holder: object): void => {
    if (size === undefined) return;
    const { pageBytes, freePages } = size;
    const key = `${String(pageBytes)} ${String(inode)}`;
    if (!facts.has(key)) facts.set(key, { ...holder, path, pageBytes, freePages });
  };
  for (const held of open) {
    const { inode, link, mountId } = held.descriptor;
    add(
      inode,
      link,
      sizes.find((size) => size.mountId === mountId),
      placeOf(held),
    );
  }
  for (const { task, mapping } of mapped) {
    const { inode, path, device } = mapping;
    add(
      inode,
      path,
      sizes.find((size) => size.device === device),
      { ...holderOf(task), fd: -1 },
    );
  }
  return [...facts.values()];
}
