/** Reads `redactions.json` of a report that somebody sent, and adds to it. */

import * as v from 'valibot';

import type { ArchiveFile } from '../archive/read.js';
import type { LedgerEntry } from '../redact/ledger.js';
import { readAll } from '../source/bundle-evidence.js';

const text = v.pipe(v.string(), v.minLength(1), v.maxLength(1000));
const entry = v.object({
  rule: text,
  artifact: text,
  line: v.pipe(v.number(), v.integer(), v.minValue(0)),
  count: v.pipe(v.number(), v.integer(), v.minValue(1)),
});
const file = v.object({ schema: v.literal('crdoctor.redactions/1'), entries: v.array(entry) });

/** A report has a few hundred entries. */
const maxBytes = 32 * 1024 * 1024;

/** What was taken out before; nothing when the file is missing or is none. */
export async function readRedactions(stored: ArchiveFile | undefined): Promise<readonly LedgerEntry[]> {
  if (stored === undefined || stored.bytes > maxBytes) return [];
  try {
    const result = v.safeParse(file, JSON.parse((await readAll(stored)).toString('utf8')));
    return result.success ? result.output.entries : [];
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}

/** Entries of the same rule on the same line become one. */
export function addEntries(before: readonly LedgerEntry[], added: readonly LedgerEntry[]): readonly LedgerEntry[] {
  const entries = new Map<string, LedgerEntry>();
  for (const each of [...before, ...added]) {
    const key = JSON.stringify([each.artifact, each.line, each.rule]);
    const known = entries.get(key);
    entries.set(key, known === undefined ? each : { ...known, count: known.count + each.count });
  }
  return [...entries.values()];
}
