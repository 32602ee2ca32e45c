/** The second host of a report: what it is asked, and how the manifest names it. */

import { chooseEngine } from '../evidence/collect-target.js';
import type { ReportRequest } from '../evidence/collect-report.js';
import { scoutHost } from '../evidence/scout.js';
import { parseUname } from '../parse/uname.js';
import type { RecordedTarget } from '../source/manifest.js';
import type { Evidence, Source } from '../source/source.js';
import type { Assembler } from './assembler.js';

/** The second host of a report. */
export interface ReportedTarget {
  readonly source: Source;
  /** Name of the instance there. */
  readonly instance: string | undefined;
  /** Why it cannot be looked at as a whole; undefined = nothing is known against it. Untrusted. */
  readonly problem?: string;
  /** Evidence about the way to it. */
  readonly told: readonly Evidence[];
}

/** Where one engine is installed on the source, the target is asked for the same one, whatever it has itself. */
export async function requestOfTwo(source: Source, request: ReportRequest): Promise<ReportRequest> {
  const engine = request.engine ?? chooseEngine(await scoutHost(source), undefined)?.name;
  return { ...request, ...(engine !== undefined && { engine }), isOneOfTwo: true };
}

/** Of the target, where the instance may be missing. */
export function requestOf({ wants, engine }: ReportRequest, { instance }: ReportedTarget): ReportRequest {
  return { wants, engine, instance, mayBeMissing: true, isOneOfTwo: true };
}

/** As the manifest names it. */
export function recordedTarget(
  { source, problem }: ReportedTarget,
  assembler: Assembler,
  redactText: (text: string) => string,
): RecordedTarget {
  const hostname = parseUname(assembler.textOf('host.uname', 'target') ?? '')?.hostname;
  return {
    where: redactText(source.where),
    ...(hostname !== undefined && { hostname }),
    ...(problem !== undefined && { problem: redactText(problem) }),
  };
}
