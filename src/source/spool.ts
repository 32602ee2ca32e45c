/** A private directory for what must lie in a file to be read: a zip from a pipe, an archive inside of another. */

import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { UserError } from '../errors.js';

/** All files together. */
const maxBytes = 4 * 1024 ** 3;

/** Files have numbers for names, so nothing that an archive says decides where anything is written. */
export interface Spool {
  /**
   * Writes what comes into a new file, readable by its owner alone, and gives its path. What was written
   * of something that breaks stays, and the Error is thrown on: the caller may still read it.
   * @throws {UserError} it is more than may be kept
   */
  keep(bytes: AsyncIterable<Buffer>): Promise<SpooledFile>;
  /** Leaves nothing behind. */
  remove(): Promise<void>;
}

export interface SpooledFile {
  readonly path: string;
  /** Why it is not whole, one clause. */
  readonly damage?: string;
}

/** Nothing is created before it is needed. */
export function createSpool(): Spool {
  let directory: Promise<string> | undefined;
  let files = 0;
  let total = 0;
  const write = async (path: string, bytes: AsyncIterable<Buffer>): Promise<string | undefined> => {
    const file = await open(path, 'wx', 0o600);
    try {
      for await (const chunk of bytes) {
        total += chunk.length;
        if (total > maxBytes) throw new UserError(`more than ${maxBytes / 1024 ** 3} GiB would have to be copied`);
        await file.writeFile(chunk);
      }
      return undefined;
    } catch (error) {
      if (error instanceof UserError || !(error instanceof Error) || error.name === 'AbortError') throw error;
      return error.message;
    } finally {
      await file.close();
    }
  };
  return {
    async keep(bytes) {
      directory ??= mkdtemp(join(tmpdir(), 'crdoctor-'));
      files += 1;
      const path = join(await directory, String(files));
      const damage = await write(path, bytes);
      return { path, ...(damage !== undefined && { damage }) };
    },
    async remove() {
      if (directory !== undefined) await rm(await directory, { recursive: true, force: true });
    },
  };
}
