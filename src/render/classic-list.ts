/** The list that bug reports about checkpoint and restore have been asked for since 2016, and what is asked for next. */

import type { Artifact, Manifest } from '../source/manifest.js';
import type { EvidenceId } from '../source/source.js';

/** One thing that a maintainer asks for. */
interface ClassicItem {
  readonly title: string;
  /** What answers it, best first; `.*` at the end stands for anything that follows. */
  readonly ids: readonly EvidenceId[];
  /** About a container, so that a report of a host alone does without. */
  readonly isOfInstance?: boolean;
}

/** An item with what the report holds of it. */
export interface AnsweredItem {
  readonly title: string;
  readonly artifacts: readonly Artifact[];
}

/** In the order in which the list asks. The command and its error come before all of these. */
const classicItems: readonly ClassicItem[] = [
  { title: 'Server information', ids: ['engine.info', 'engine.server'] },
  { title: 'Container information', ids: ['engine.info.instance', 'engine.instance'], isOfInstance: true },
  { title: 'Expanded configuration of the container', ids: ['engine.config.expanded'], isOfInstance: true },
  { title: 'Kernel messages', ids: ['host.dmesg'] },
  { title: 'Mounts of the host', ids: ['proc.self.mountinfo', 'engine.mountinfo'] },
  { title: 'Mounts of the container', ids: ['instance.mountinfo'], isOfInstance: true },
  { title: 'Kernel', ids: ['host.uname'] },
  { title: 'Log of the daemon', ids: ['engine.log', 'host.journal'] },
  { title: 'Network bridge', ids: ['host.lxd-bridge', 'engine.networks', 'engine.network.*'] },
  { title: 'Log directory of the container', ids: ['instance.logs', 'instance.log.*'], isOfInstance: true },
  { title: 'Log that the engine shows', ids: ['engine.show-log'], isOfInstance: true },
  {
    title: 'State directories of the container',
    ids: ['instance.state', 'instance.state.*', 'instance.snapshots', 'instance.snapshot.*'],
    isOfInstance: true,
  },
  { title: 'Version of CRIU', ids: ['criu.version'] },
  { title: 'Self-check of CRIU', ids: ['criu.check.all'] },
  { title: 'Kernel configuration', ids: ['kernel.config'] },
  { title: 'Versions of packages', ids: ['host.packages', 'host.snaps', 'engine.version', 'host.os-release'] },
];

/**
 * Sorts artifacts under the items of the list, and what belongs to none of them under `others`. An item without
 * artifacts was not asked for.
 */
export function sortByClassicList({ artifacts, instance }: Manifest): {
  readonly items: readonly AnsweredItem[];
  readonly others: readonly Artifact[];
} {
  const left = new Set(artifacts);
  const asked = classicItems.filter(({ isOfInstance }) => instance !== undefined || isOfInstance !== true);
  const items = asked.map(({ title, ids }) => {
    const mine = ids.flatMap((id) => [...left].filter((artifact) => artifact.side !== 'action' && fits(artifact, id)));
    for (const artifact of mine) left.delete(artifact);
    return { title, artifacts: mine };
  });
  return { items, others: [...left] };
}

/** What bug reports are asked for first, the rest in the order that it has. */
export function classicFirst(artifacts: readonly Artifact[]): readonly Artifact[] {
  const isClassic = (artifact: Artifact): boolean =>
    classicItems.some(({ ids }) => ids.some((id) => fits(artifact, id)));
  return [...artifacts.filter(isClassic), ...artifacts.filter((artifact) => !isClassic(artifact))];
}

function fits({ id }: Artifact, wanted: EvidenceId): boolean {
  return wanted.endsWith('.*') ? id.startsWith(wanted.slice(0, -1)) : id === wanted;
}
