/** Finishes an archive together with the file that tells what is behind its stand-ins. */

import { basename } from 'node:path';

import type { ReportWriter } from '../archive/write.js';
import type { Redaction } from '../redact/redaction.js';
import { namesPath, removeNames, writeNames } from '../report/names-file.js';
import type { Invocation } from './invocation.js';
import { ownerOf } from './report-writer.js';

/**
 * Names first: an anonymised report without them helps nobody who has to answer questions about it. Gives the
 * path of their file; undefined when there was nothing to replace.
 * @throws {UserError} either file cannot be written; then there is neither
 */
export async function finishWithNames(
  writer: ReportWriter,
  path: string,
  redaction: Redaction,
  invocation: Invocation,
): Promise<string | undefined> {
  const entries = redaction.standIns();
  if (entries.length === 0) {
    await writer.finish();
    return undefined;
  }
  const names = namesPath(path);
  const owner = ownerOf(invocation);
  writeNames(names, { schema: 'crdoctor.names/1', report: basename(path), names: entries }, owner);
  try {
    await writer.finish();
  } catch (error) {
    removeNames(names);
    throw error;
  }
  return names;
}
