/** Finds the statistics that CRIU leaves beside its logs and images. */

import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';

import { errorCode } from '../errors.js';

/** The names that CRIU gives them (criu/stats.c, write_stats()). */
const names = ['stats-dump', 'stats-restore'];
/** A few numbers; a larger file is none of CRIU's. */
const maxBytes = 4096;

/** A file of statistics as it stands on the disk. */
export interface StatsFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const readSmall = async (path: string): Promise<Uint8Array | undefined> => {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY;
  const file = await open(path, flags);
  try {
    const status = await file.stat();
    if (!status.isFile() || status.size > maxBytes) return undefined;
    const { bytesRead, buffer } = await file.read(Buffer.alloc(maxBytes), 0, maxBytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
};

/** The statistics in some directories; what is not there, no regular file or not to be read is left out. */
export const readStatsFiles = async (directories: readonly string[]): Promise<readonly StatsFile[]> => {
  const paths = [...new Set(directories)].flatMap((directory) => names.map((name) => join(directory, name)));
  const files: StatsFile[] = [];
  for (const name of paths) {
    try {
      const bytes = await readSmall(name);
      if (bytes !== undefined) files.push({ name, bytes });
    } catch (error) {
      // Statistics are a help, so a file that cannot be read is as good as none.
      if (errorCode(error) === undefined) throw error;
    }
  }
  return files;
};
