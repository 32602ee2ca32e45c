/** Opens the archive of a report so that a forced end leaves nothing half-written behind. */

import type { ReportWriter, WriteOptions } from '../archive/write.js';
import type { Invocation } from './invocation.js';

/** How long a report may take to be written once the user wants it to end. */
const writingGraceMs = 60_000;

/** @throws {UserError} the file exists, or cannot be written */
export async function openReportWriter(
  path: string,
  topFolder: string,
  now: Date,
  invocation: Invocation,
): Promise<ReportWriter> {
  const { writeArchive } = await import('../archive/write.js');
  const owner = ownerOf(invocation);
  const options: WriteOptions = { path, topFolder, modified: now, ...(owner !== undefined && { owner }) };
  const writer = writeArchive(options);
  invocation.onForcedEnd(() => writer.abandon(), writingGraceMs);
  return writer;
}

/** Who ran sudo owns what sudo made. */
export function ownerOf({ env, uid }: Invocation): { readonly uid: number; readonly gid: number } | undefined {
  const [user, group] = [env['SUDO_UID'], env['SUDO_GID']];
  const isId = (text: string | undefined): text is string => text !== undefined && /^\d{1,10}$/.test(text);
  return uid === 0 && isId(user) && isId(group) ? { uid: Number(user), gid: Number(group) } : undefined;
}
