/** Chooses the statistics of CRIU that belong to the runs that logs tell of. */

import { parseCriuStats } from '../parse/criu-stats.js';
import type { RunStatistics, RunStory, Triage } from './finding.js';

/** A file of statistics, not taken apart yet. */
interface NamedBytes {
  /** Untrusted. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** CRIU writes them at the end of a good run alone: beside a failed run lie those of an earlier one. */
const belongs = (half: 'dump' | 'restore', runs: readonly RunStory[]): boolean => {
  const own = runs.filter(({ phase }) => phase === half);
  return own.length === 0 || own.some(({ outcome }) => outcome === 'succeeded');
};

/** The triage with what CRIU counted in the runs that it is about. */
export const addStatistics = (triage: Triage, files: readonly NamedBytes[]): Triage => {
  const { runs = [] } = triage;
  const statistics = files.flatMap(({ name, bytes }): RunStatistics[] => {
    const stats = parseCriuStats(bytes);
    const dump = belongs('dump', runs) ? stats?.dump : undefined;
    const restore = belongs('restore', runs) ? stats?.restore : undefined;
    if (dump === undefined && restore === undefined) return [];
    return [{ file: name, ...(dump === undefined ? {} : { dump }), ...(restore === undefined ? {} : { restore }) }];
  });
  return statistics.length === 0 ? triage : { ...triage, statistics };
};
