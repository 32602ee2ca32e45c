/** Tells reports and archives from logs by a look at their beginning. */

import { lstat, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { sniffArchive } from '../archive/unpack.js';
import { explainSystemError, UserError } from '../errors.js';

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

/**
 * Whether a path is to be read as a report (or as an archive of logs) rather than as a log: every tar
 * archive, and a directory with the manifest of a report, or with an unpacked report in it.
 */
export async function isPacked(path: string): Promise<boolean> {
  try {
    const form = await formOf(path);
    return form === 'archive' || (form === 'directory' && (await holdsReport(path)));
  } catch (error) {
    // What is wrong with it is said by whoever reads it as a log.
    if (error instanceof UserError) return false;
    throw error;
  }
}

async function holdsReport(directory: string): Promise<boolean> {
  const names = await readdir(directory).catch(() => []);
  const inside = names.filter((name) => name.startsWith('crdoctor-')).map((name) => join(directory, name));
  const found = await Promise.all([directory, ...inside].map(hasManifest));
  return found.includes(true);
}

function hasManifest(directory: string): Promise<boolean> {
  return lstat(join(directory, 'manifest.json')).then(
    (status) => status.isFile(),
    () => false,
  );
}
