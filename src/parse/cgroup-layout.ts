/** Tells how control groups are mounted. */

import type { MountRecord } from './mountinfo.js';

export interface CgroupLayout {
  /** v1: v1 hierarchies alone; hybrid: a v2 tree beside them; v2: one tree. Undefined: none mounted. */
  readonly layout: 'v1' | 'hybrid' | 'v2' | undefined;
  /** Where the v1 freezer is mounted, empty = nowhere. */
  readonly freezerPath: string;
}

/** The layout, from a mount table of the host (`man 7 cgroups`). */
export function findCgroupLayout(mounts: readonly MountRecord[]): CgroupLayout {
  const first = mounts.filter(({ type }) => type === 'cgroup');
  const hasSecond = mounts.some(({ type }) => type === 'cgroup2');
  const freezers = first.filter(({ superOptions }) => superOptions.includes('freezer')).map(({ path }) => path);
  // liblxc builds its path from this one place.
  const usual = freezers.find((path) => path === '/sys/fs/cgroup/freezer');
  return {
    layout: first.length > 0 ? (hasSecond ? 'hybrid' : 'v1') : hasSecond ? 'v2' : undefined,
    freezerPath: usual ?? freezers[0] ?? '',
  };
}
