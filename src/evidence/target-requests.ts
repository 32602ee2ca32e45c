/** What the target of a move is asked once it is known what is to go there. */

import type { Engine, Instance, Packaging } from '../engines/engine.js';
import type { Evidence, EvidenceRequest } from '../source/source.js';

/** More than these paths are not asked for, so that the command line stays short. */
const maxPaths = 200;
const shortCommandMs = 5_000;

/**
 * Questions that depend on the instance: whether the paths of the host that it uses are there, and whether there is
 * room for it. `ofInstance`: its evidence on the source; `packaging`: of the engine on the target.
 */
export function targetRequests(
  engine: Engine,
  ofInstance: readonly Evidence[],
  packaging: Packaging,
): readonly EvidenceRequest[] {
  const answer = engine.readInstance(new Map(ofInstance.map((each) => [each.id, each])));
  if (answer.outcome !== 'found') return [];
  const { storage } = engine.findPlaces(answer.instance, packaging);
  const paths = findHostPaths(answer.instance);
  return [
    ...(paths.length === 0 ? [] : [pathsRequest(paths)]),
    ...(storage === undefined ? [] : [{ id: 'target.space', kind: 'space', path: storage } as const]),
  ];
}

function pathsRequest(paths: readonly string[]): EvidenceRequest {
  return {
    id: 'target.paths',
    kind: 'command',
    // Only what is there is printed; what is not is complained about.
    argv: ['stat', '-L', '-c', '%f %t:%T %n', '--', ...paths],
    timeoutMs: shortCommandMs,
  };
}

/** Paths of the host that its devices show or hand in. One that no line can hold is left out, and so stays unknown. */
function findHostPaths({ devices }: Pick<Instance, 'devices'>): readonly string[] {
  const paths = Object.values(devices).flatMap((device) => hostPathOf(device) ?? []);
  return [...new Set(paths)].slice(0, maxPaths);
}

/** The path on the host that a device of LXD or Incus stands for; undefined for devices without one. */
export function hostPathOf(device: Readonly<Record<string, string>>): string | undefined {
  const { type, source, path, pool, major } = device;
  const isNode = type === 'unix-char' || type === 'unix-block';
  // With a number of its own the node is made and need not exist.
  const node = major === undefined ? (source ?? path) : undefined;
  const wanted = isNode ? node : type === 'disk' && pool === undefined ? source : undefined;
  return wanted?.startsWith('/') === true && !/[\u0000-\u001f\u007f]/.test(wanted) ? wanted : undefined;
}
