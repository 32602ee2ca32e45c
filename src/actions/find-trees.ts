/** Finds the process trees in the control groups of an instance: its own, one that is being restored, one left over. */

import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** The first process of a tree in a pid namespace of its own. */
export interface ProcessTree {
  /** Pid of its init on the host. */
  readonly init: number;
  /** What had started it is gone: its engine neither knows of it nor will ever end it. */
  readonly isOrphan: boolean;
}

/** Where the groups of instances lie: one v2 tree, hierarchies of v1, both. */
const hierarchies = ['/sys/fs/cgroup', '/sys/fs/cgroup/freezer', '/sys/fs/cgroup/unified'] as const;
/** systemd puts itself into a group of its own (cgroup v2). */
const innerGroups = ['', 'init.scope'] as const;
const maxPids = 2000;
/** Adopts what has lost its parent (`man 2 fork`, NOTES; engines are no subreapers). */
const reaper = 1;

/**
 * `cgroup`: the group of the instance below a hierarchy. A group of that name that is in use already makes liblxc
 * append `-1`, `-2` … (liblxc 5.0 `src/lxc/cgroups/cgfsng.c`, payload_create).
 */
export async function findTrees(cgroup: string): Promise<readonly ProcessTree[]> {
  const trees = new Map<number, ProcessTree>();
  for (const pid of await pidsIn(cgroup)) {
    const tree = trees.has(pid) ? undefined : await readTree(pid);
    if (tree !== undefined) trees.set(pid, tree);
  }
  return [...trees.values()];
}

async function pidsIn(cgroup: string): Promise<readonly number[]> {
  const pids: number[] = [];
  const name = basename(cgroup);
  for (const hierarchy of hierarchies) {
    const parent = join(hierarchy, dirname(cgroup));
    const groups = (await readdir(parent).catch(() => [])).filter(
      (each) => each === name || (each.startsWith(`${name}-`) && /^\d{1,4}$/.test(each.slice(name.length + 1))),
    );
    for (const group of groups.flatMap((each) => innerGroups.map((inner) => join(parent, each, inner)))) {
      const text = await readFile(join(group, 'cgroup.procs'), 'utf8').catch(() => '');
      pids.push(...[...text.matchAll(/^(\d+)$/gm)].map(([, pid]) => Number(pid)));
      if (pids.length > maxPids) return pids.slice(0, maxPids);
    }
  }
  return pids;
}

/** Undefined: it is no init of a namespace, it has ended, or it belongs to a container that its engine holds. */
async function readTree(pid: number): Promise<ProcessTree | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  if (/^State:\t[ZX]/m.test(status) || !/^NSpid:(?:\t\d+)+\t1$/m.test(status)) return undefined;
  const parent = Number(/^PPid:\t(\d+)$/m.exec(status)?.[1]);
  // An instance may be called as another one with such an ending.
  const title = await readFile(`/proc/${parent}/cmdline`, 'utf8').catch(() => '');
  if (title.startsWith('[lxc monitor]')) return undefined;
  return { init: pid, isOrphan: parent === reaper };
}

/** The group that a process is in, below its hierarchy; undefined where that is none of an instance. */
export async function readPayloadGroup(pid: number): Promise<string | undefined> {
  const text = await readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => '');
  const path = /^\d+:(?:[^:]*,)?freezer(?:,[^:]*)?:(.*)$/m.exec(text)?.[1] ?? /^0::(.*)$/m.exec(text)?.[1];
  return /^\/((?:[^/]+\/)*?lxc\.payload\.[^/]+)/.exec(path ?? '')?.[1];
}
