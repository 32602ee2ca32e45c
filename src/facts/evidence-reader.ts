/** Looks evidence up, parses it, and notes why something is missing. */

import type { Evidence, EvidenceId } from '../source/source.js';
import type { Side } from './side.js';

/** What deriving facts leaves behind besides the facts. */
export interface Shortfall {
  readonly gaps: Map<string, string>;
  readonly incomplete: Set<string>;
}

export interface EvidenceReader {
  /** The evidence as it is, whatever became of it. */
  find(id: EvidenceId): Evidence | undefined;
  /**
   * What `parse` makes of the text; undefined leaves a gap. `whenAbsent` is the answer when it is
   * known that there is no such thing. With `list`, a text that was cut off still counts and the fact
   * of that path becomes incomplete.
   */
  read<Value>(
    id: EvidenceId,
    parse: (text: string) => Value | undefined,
    options?: ReadOptions<Value>,
  ): Value | undefined;
  /** Notes that evidence, though read, does not tell. */
  miss(id: EvidenceId, reason: string): undefined;
  markIncomplete(path: string): void;
}

export interface ReadOptions<Value> {
  readonly whenAbsent?: Value;
  readonly list?: string;
  /** The beginning is all that is needed, so that a text that was cut off is no gap. */
  readonly isHeadEnough?: boolean;
}

export function createReader(side: Side, evidence: readonly Evidence[], shortfall: Shortfall): EvidenceReader {
  const byId = new Map(evidence.map((each) => [each.id, each]));
  const miss = (id: EvidenceId, reason: string): undefined => {
    shortfall.gaps.set(`${side}:${id}`, reason);
    return undefined;
  };
  return {
    find: (id) => byId.get(id),
    miss,
    markIncomplete: (path) => void shortfall.incomplete.add(path),
    read(id, parse, { whenAbsent, list, isHeadEnough = false } = {}) {
      const each = byId.get(id);
      if (each === undefined) return undefined;
      if (each.status === 'absent' && whenAbsent !== undefined) return whenAbsent;
      const isCut = each.status === 'truncated';
      const isCutList = isCut && list !== undefined;
      const isUsable = each.status === 'ok' || isCutList || (isCut && isHeadEnough);
      if (each.text === undefined || !isUsable) return miss(id, explain(each));
      if (isCutList) {
        miss(id, explain(each));
        shortfall.incomplete.add(list);
      }
      return parse(isCut ? dropLastLine(each.text) : each.text) ?? miss(id, `${each.origin} was not understood`);
    },
  };
}

/** Of a text that was cut off, the last line is half a line. */
function dropLastLine(text: string): string {
  return text.slice(0, text.lastIndexOf('\n') + 1);
}

/** One line: what became of it, where, why; of a command, what it said itself. */
function explain({ status, origin, reason, stderr }: Evidence): string {
  const said = stderr?.split('\n').findLast((line) => line.trim() !== '');
  const details = [reason, said?.trim().slice(0, 300)].filter((detail) => detail !== undefined && detail !== '');
  return details.length === 0 ? `${origin}: ${status}` : `${origin}: ${status} (${details.join(': ')})`;
}
