/** Files of a test, each in a directory of its own, gone when the tests of the file are over. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll } from 'vitest';

/** Writes a file and gives its path. */
export type WriteScratch = (content: Buffer, name?: string) => string;

/** `name`: of the test, in the name of the directory. */
export function createScratch(name: string): WriteScratch {
  const scratch = mkdtempSync(join(tmpdir(), `crdoctor-${name}-`));
  let count = 0;
  afterAll(() => {
    rmSync(scratch, { recursive: true });
  });
  return (content, file = 'report.tar.gz') => {
    const directory = join(scratch, String((count += 1)));
    mkdirSync(directory);
    writeFileSync(join(directory, file), content);
    return join(directory, file);
  };
}
