import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { decodeInventory } from '../../src/source/inventory-image.js';
import { createSpool, type Spool } from '../../src/source/spool.js';

const image = readFileSync('fixtures/stats/inventory.img');
const { signal } = new AbortController();
let programs: string;
let spool: Spool;

/** Puts a program of that name in the place of crit. */
function install(script: string): void {
  writeFileSync(join(programs, 'crit'), `#!/bin/sh\n${script}\n`);
  chmodSync(join(programs, 'crit'), 0o755);
}

const decode = (bytes: Buffer = image): Promise<string | undefined> =>
  decodeInventory(bytes, { spool, signal, env: { PATH: `${programs}:/usr/bin:/bin` } });

beforeEach(() => {
  programs = mkdtempSync(join(tmpdir(), 'crdoctor-crit-'));
  spool = createSpool();
});

afterEach(async () => {
  await spool.remove();
  rmSync(programs, { recursive: true });
});

describe('decodeInventory', () => {
  test('does without crit', async () => {
    expect(await decode()).toBeUndefined();
  });

  test('hands crit a private copy, and passes on what it prints', async () => {
    install('[ "$1 $2" = "decode -i" ] && stat -c %a "$3" && cksum <"$3"');
    expect(await decode()).toMatch(new RegExp(`^600\n\\d+ ${image.length}\n$`));
  });

  test.each([
    ['fails', 'echo half; exit 1'],
    ['prints without end', 'yes'],
  ])('takes nothing from one that %s', async (_, script) => {
    install(script);
    expect(await decode()).toBeUndefined();
  });

  test('does not trouble crit with what is no inventory by its size', async () => {
    install('echo asked');
    expect(await decode(Buffer.alloc(0))).toBeUndefined();
    expect(await decode(Buffer.alloc(100_000))).toBeUndefined();
  });
});
