import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, expect, it } from 'vitest';

import { writeDurably } from '../../src/actions/durable-file.js';

const directory = mkdtempSync(join(tmpdir(), 'durable-'));
afterAll(() => rmSync(directory, { recursive: true }));

it('keeps files whole that are written into one directory at the same time', async () => {
  const contents = Array.from({ length: 8 }, (_, index) => String(index).repeat((8 - index) * 1_000_000));
  await Promise.all(contents.map((content, index) => writeDurably(join(directory, `${index % 2}`), content)));
  for (const name of ['0', '1']) expect(contents).toContain(readFileSync(join(directory, name), 'utf8'));
  expect(readdirSync(directory).toSorted()).toEqual(['0', '1']);
});
