import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { parseListing } from '../../src/parse/listing.js';
import { escapeFileName, unescapeFileName } from '../../src/source/file-name.js';
import { openLocal } from '../../src/source/local.js';
import type { Evidence, InnerFileRequest } from '../../src/source/source.js';

let directory = '';
const at = (name: string): string => join(directory, name);
const read = async (name: string, more: Partial<InnerFileRequest> = {}): Promise<Evidence> => {
  const [evidence] = await openLocal({ env: process.env }).gather([
    { id: 'x', kind: 'inner-file', directory, name, keep: 'tail', ...more },
  ]);
  return evidence!;
};
const odd = Buffer.from([0x61, 0xff, 0x0a, 0x5c, 0x62, 0x2e, 0x6c, 0x6f, 0x67]);

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'crdoctor-'));
  writeFileSync(at('dump.log'), 'one\ntwo\n');
  writeFileSync(at('packed.log.gz'), gzipSync('unpacked\n'));
  writeFileSync(at('bomb.log.gz'), gzipSync(Buffer.alloc(200_000_000)));
  writeFileSync(at('two\nlines.log'), 'odd\n');
  writeFileSync(Buffer.concat([Buffer.from(`${directory}/`), odd]), 'odder\n');
  writeFileSync(at('stats-dump'), Buffer.from([0, 0xff, 1]));
  writeFileSync(at('huge.log'), '');
  truncateSync(at('huge.log'), 3 * 1024 ** 3);
  appendFileSync(at('huge.log'), 'the end\n');
  symlinkSync('/etc/passwd', at('link.log'));
  symlinkSync('/etc', at('linked'));
  mkdirSync(at('final'));
  writeFileSync(at('final/dump.log'), 'inner\n');
  execFileSync('mkfifo', [at('fifo.log')]);
});
afterAll(() => rmSync(directory, { recursive: true }));

describe('a file of a directory that others write to', () => {
  it('is read when it is one', async () => {
    expect(await read('dump.log')).toMatchObject({ status: 'ok', text: 'one\ntwo\n', origin: at('dump.log') });
    expect(await read('final/dump.log')).toMatchObject({ status: 'ok', text: 'inner\n' });
    expect(await read('packed.log.gz')).toMatchObject({ status: 'ok', text: 'unpacked\n' });
    expect(await read('none.log')).toMatchObject({ status: 'absent' });
  });

  it.each(['link.log', 'linked/passwd', 'fifo.log', 'final', '..', '../x', '', 'a//b', '/etc/passwd', 'x\\x00'])(
    'is refused when it is none: %j',
    async (name) => {
      const evidence = await read(name);
      expect(evidence.status).toMatch(/^(failed|absent)$/);
      expect(evidence.text).toBeUndefined();
    },
  );

  it('is cut to its end, in bounded time and memory', async () => {
    const evidence = await read('huge.log', { maxBytes: 1000 });
    expect(evidence).toMatchObject({ status: 'truncated', bytes: 1000 });
    expect(evidence.text).toMatch(/the end\n$/);
    expect(await read('bomb.log.gz', { maxBytes: 1000 })).toMatchObject({ status: 'truncated', bytes: 1000 });
  });

  it('comes as base64 when it is no text', async () => {
    expect(await read('stats-dump', { encoding: 'base64' })).toMatchObject({ status: 'ok', text: 'AP8B' });
  });

  it('is found by the name that its listing gives, whatever bytes it has', async () => {
    const [listing] = await openLocal({ env: process.env }).gather([
      { id: 'x', kind: 'listing', path: directory, maxDepth: 2 },
    ]);
    const names = parseListing(listing!.text ?? '')?.map(({ name }) => name) ?? [];
    expect(names).toEqual(expect.arrayContaining(['final/dump.log', 'two\\x0alines.log', 'a\\xff\\x0a\\x5cb.log']));
    // A link to a directory is not gone into.
    expect(names.filter((name) => name.startsWith('linked/'))).toEqual([]);
    const [chosen] = await openLocal({ env: process.env }).gather([
      { id: 'x', kind: 'listing', path: directory, maxDepth: 2, beginnings: ['final', 'link'] },
    ]);
    const chosenNames = parseListing(chosen!.text ?? '')?.map(({ name }) => name);
    expect(chosenNames).toEqual(['final', 'final/dump.log', 'link.log', 'linked']);
    expect((await read('two\\x0alines.log')).text).toBe('odd\n');
    expect((await read('a\\xff\\x0a\\x5cb.log')).text).toBe('odder\n');
  });
});

it('writes different names differently, and reads them back', () => {
  for (const name of [
    odd,
    Buffer.from('ä\\x41'),
    Buffer.from('plain.log'),
    Buffer.from('\u2028'),
    Buffer.from([0x80]),
  ]) {
    expect(unescapeFileName(escapeFileName(name))).toEqual(name);
    expect(escapeFileName(name)).not.toMatch(/[\u0000-\u001f\u2028]/);
  }
});
