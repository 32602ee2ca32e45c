/** What people are shown of redactions: the lines as they leave the machine, with the rules that changed them. */

import type { LedgerEntry } from '../redact/ledger.js';
import type { Evidence } from '../source/source.js';

/** A line that lost something. */
export interface ShownLine {
  /** 1-based; 0 = not one line of the text. */
  readonly line: number;
  readonly rule: string;
  readonly count: number;
  /** The line after redaction; undefined where there is none. Untrusted. */
  readonly text?: string;
}

export interface ShownRedactions {
  /** Evidence id. */
  readonly artifact: string;
  readonly lines: readonly ShownLine[];
}

/** Undefined when nothing was taken out. */
export function showRedactions(redacted: Evidence, entries: readonly LedgerEntry[]): ShownRedactions | undefined {
  if (entries.length === 0) return undefined;
  const lines = (redacted.text ?? '').split('\n');
  return {
    artifact: redacted.id,
    lines: entries.map(({ line, rule, count }) => {
      const text = line === 0 ? undefined : lines[line - 1];
      return { line, rule, count, ...(text !== undefined && { text }) };
    }),
  };
}
