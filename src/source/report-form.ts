/** Tells reports and archives from logs by a look at their beginning. */

import { stat } from 'node:fs/promises';

import { sniffArchive, type ArchiveForm } from '../archive/unpack.js';
import { errorCode, explainSystemError } from '../errors.js';

/** What a place on the disk could be a report as. */
export type ReportForm = 'archive' | 'directory';

/**
 * Whether a path is an archive or a directory; undefined for everything else.
 * @throws {UserError} it does not exist or may not be read
 */
export async function formOf(path: string): Promise<ReportForm | undefined> {
  try {
    const found = await stat(path);
    if (found.isDirectory()) return 'directory';
    return found.isFile() && (await sniffArchive(path)) !== undefined ? 'archive' : undefined;
  } catch (error) {
    throw explainPath(error, path);
  }
}

/** What the system says about the path of a report, in our words; errors that it did not make stay as they are. */
export function explainPath(error: unknown, path: string): unknown {
  const sudo = 'Reports belong to whoever made them: try sudo.';
  return explainSystemError(error, path, { hints: { EACCES: sudo, EPERM: sudo } });
}

/** What a user can name for a triage besides logs. */
export type PlaceForm = ArchiveForm | 'directory';

/** What a user named for a triage: an archive, a directory, or undefined for a log and for what cannot be read. */
export async function placeOf(path: string): Promise<PlaceForm | undefined> {
  try {
    const found = await stat(path);
    if (found.isDirectory()) return 'directory';
    return found.isFile() ? await sniffArchive(path) : undefined;
  } catch (error) {
    // What is wrong with it is said by whoever reads it as a log.
    if (errorCode(error) !== undefined) return undefined;
    throw error;
  }
}
