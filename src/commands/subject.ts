/** Says in a few words what a check is about. */

import type { Facts, HostFacts } from '../facts/schema.js';
import type { HostSummary, Subject } from '../findings/finding.js';
import type { CheckWish } from './check-options.js';

/** The subject of a check from what was asked for and what was found. `where`: the hosts as the user named them. */
export function subjectOf(
  wish: CheckWish,
  facts: Facts,
  where: { readonly source: string; readonly target: string | undefined },
): Subject {
  const { engine, instance } = facts;
  const name = instance?.name ?? wish.instance;
  return {
    ...(engine?.name === undefined ? {} : { engine: engine.name }),
    ...(name === undefined ? {} : { instance: name }),
    operation: wish.operation,
    source: summaryOf(facts.source, engine?.version, where.source),
    ...(where.target === undefined
      ? {}
      : { target: summaryOf(facts.target, facts.target?.server?.version, where.target) }),
  };
}

function summaryOf(host: HostFacts | undefined, engineVersion: string | undefined, where: string): HostSummary {
  return {
    where,
    ...(host?.hostname === undefined ? {} : { hostname: host.hostname }),
    ...(host?.kernel?.release === undefined ? {} : { kernel: host.kernel.release }),
    ...(host?.criu?.version === undefined ? {} : { criu: host.criu.version }),
    ...(engineVersion === undefined ? {} : { engineVersion }),
  };
}
