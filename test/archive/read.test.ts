/** Archives as strangers send them: what is taken, what is skipped by name, what is refused. */

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createWriteStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip, gzipSync } from 'node:zlib';

import { afterAll, describe, expect, it } from 'vitest';

import { defaultLimits, readArchive, sniffArchive, type ArchiveIndex } from '../../src/archive/read.js';
import { UserError } from '../../src/errors.js';
import { paxName, tar, tarEntry, tarGz, type TarEntry } from './tar.js';

const scratch = mkdtempSync(join(tmpdir(), 'crdoctor-archive-'));

afterAll(() => {
  rmSync(scratch, { recursive: true });
});

function file(content: Buffer): string {
  const path = join(scratch, 'some.tar.gz');
  writeFileSync(path, content);
  return path;
}

async function contentOf(index: ArchiveIndex, name: string): Promise<string | undefined> {
  const found = index.files.get(name);
  if (found === undefined) return undefined;
  const pieces: Buffer[] = [];
  for await (const piece of found.open()) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces).toString();
}

const good: TarEntry = { name: 'top/a.log', content: 'hello\n' };
const reading = (content: Buffer): Promise<ArchiveIndex> => readArchive(file(content));

describe('readArchive', () => {
  it.each([
    ['packed', tarGz(good)],
    ['plain', tar(good)],
  ])('reads a %s archive', async (_, content) => {
    const index = await reading(content);
    expect(await contentOf(index, 'top/a.log')).toBe('hello\n');
    expect(index).toMatchObject({ problems: [], isCutOff: false });
  });

  it('reads what GNU tar writes, long names and directories included', async () => {
    const name = `${'long/'.repeat(30)}${'n'.repeat(150)}.log`;
    spawnSync('bash', ['-c', `mkdir -p "$(dirname "${name}")" && echo deep >"${name}" && tar czf gnu.tgz ./long`], {
      cwd: scratch,
    });
    const index = await readArchive(join(scratch, 'gnu.tgz'));
    expect(await contentOf(index, name)).toBe('deep\n');
    expect(index.problems).toEqual([]);
  });

  it.each<readonly [string, TarEntry | Buffer, RegExp]>([
    ['an absolute name', { name: '/etc/passwd', content: 'x' }, /etc\/passwd: the name is absolute/],
    ['a name that leads out', { name: 'top/../../evil', content: 'x' }, /leads out of the archive/],
    ['a Windows name', { name: 'C:\\evil', content: 'x' }, /one of Windows/],
    ['a drive', { name: 'c:evil', content: 'x' }, /one of Windows/],
    ['a symbolic link', { name: 'top/link', type: '2', linkTo: '/etc/passwd' }, /top\/link: it is a symbolic link/],
    ['a hard link', { name: 'top/hard', type: '1', linkTo: 'top/a.log' }, /it is a hard link/],
    ['a character device', { name: 'top/null', type: '3' }, /it is a device/],
    ['a block device', { name: 'top/disk', type: '4' }, /it is a device/],
    ['a fifo', { name: 'top/fifo', type: '6' }, /it is a fifo/],
    ['an unknown kind', { name: 'top/odd', type: 'S', content: 'x' }, /it is no file/],
    ['a name that is no UTF-8', { name: Buffer.from([0x61, 0xff, 0x62]), content: 'x' }, /no UTF-8/],
    ['a line break', { name: 'top/a\nb', content: 'x' }, /control characters/],
    ['no name at all', { name: './', content: 'x', type: '7' }, /the name is empty/],
    ['a NUL in the name', Buffer.concat([paxName('top/a\0b'), tarEntry({ name: 'x', content: 'x' })]), /NUL/],
    ['a very long name', Buffer.concat([paxName('n'.repeat(5000)), tarEntry({ name: 'x' })]), /more than 1024 char/],
    ['a second file of that name', { name: './top//a.log', content: 'other' }, /holds that name twice/],
  ])('skips %s and names it', async (_, odd, problem) => {
    const index = await reading(tarGz(good, odd, { name: 'top/b.log', content: 'later' }));
    expect([...index.files.keys()]).toEqual(['top/a.log', 'top/b.log']);
    expect(await contentOf(index, 'top/a.log')).toBe('hello\n');
    expect(index.problems).toEqual([expect.stringMatching(problem)]);
  });

  it('skips a file that is too large and reads on', async () => {
    const path = file(tarGz({ name: 'big', content: 'x'.repeat(5000) }, good));
    const index = await readArchive(path, { ...defaultLimits, maxEntryBytes: 4096 });
    expect([...index.files.keys()]).toEqual(['top/a.log']);
    expect(index.problems).toEqual(['skipped big: it has 5000 bytes, more than 4096']);
  });

  it('reads again what it did not keep', async () => {
    const path = file(tarGz(good, { name: 'top/b.log', content: 'second'.repeat(100_000) }));
    const index = await readArchive(path, { ...defaultLimits, maxKeptBytes: 10 });
    expect(await contentOf(index, 'top/b.log')).toBe('second'.repeat(100_000));
    expect(await contentOf(index, 'top/a.log')).toBe('hello\n');
    expect(await contentOf(index, 'top/b.log')).toHaveLength(600_000);
  });

  it('reads many in one pass, also when some are not read to their end', async () => {
    const names = ['top/half', 'top/none', 'top/whole', 'top/small'];
    const entries = names.map((name) => ({ name, content: name.repeat(name === 'top/small' ? 1 : 300_000) }));
    const index = await readArchive(file(tarGz(...entries)), { ...defaultLimits, maxKeptBytes: 100 });
    const read: [string, number][] = [];
    for await (const { name, content } of index.readMany(new Set([...names, 'top/missing']))) {
      let bytes = 0;
      if (name === 'top/half') bytes += (await content[Symbol.asyncIterator]().next()).done === true ? 0 : 1;
      else if (name !== 'top/none') for await (const piece of content) bytes += piece.length;
      read.push([name, bytes]);
    }
    expect(read).toEqual([
      ['top/small', 9],
      ['top/half', 1],
      ['top/none', 0],
      ['top/whole', 2_700_000],
    ]);
  });

  it('does not list a thousand problems', async () => {
    const odd = Array.from({ length: 1000 }, (_, number) => ({ name: `/abs${number}` }));
    const { problems } = await reading(tarGz(...odd));
    expect(problems).toHaveLength(31);
    expect(problems.at(-1)).toBe('and 970 more of this kind');
  });
});

describe('damaged archives', () => {
  const noise = Buffer.concat(
    Array.from({ length: 10_000 }, (_, index) => createHash('sha256').update(String(index)).digest()),
  );
  const whole = tarGz(good, { name: 'top/b.log', content: 'second' }, { name: 'top/noise', content: noise });

  it('keeps the whole files of one that was cut off', async () => {
    const index = await reading(whole.subarray(0, Math.floor(whole.length * 0.5)));
    expect([...index.files.keys()]).toEqual(['top/a.log', 'top/b.log']);
    expect(index.problems).toEqual([expect.stringMatching(/^the report is truncated: .* top\/noise$/)]);
    expect(index.isCutOff).toBe(true);
  });

  it('reads one cut off anywhere without a word about our code', async () => {
    for (let length = 1; length < whole.length; length += 9973) {
      const index = await reading(whole.subarray(0, length)).catch((error: unknown) => error);
      if (index instanceof UserError) continue;
      expect(index, `cut at ${length}`).toMatchObject({
        isCutOff: true,
        problems: [expect.stringMatching(/^the report is truncated/)],
      });
    }
  });

  it.each([
    ['in a file', 515],
    ['between two files', 1024],
    ['before the end mark', 1536 + 512],
  ])('tells that a plain one was cut off %s', async (_, length) => {
    const index = await reading(tar(good, { name: 'top/b.log', content: 'second' }).subarray(0, length));
    expect(index.isCutOff).toBe(true);
    expect(index.files.has('top/a.log')).toBe(length > 515);
  });

  it('keeps everything before bytes that were changed', async () => {
    const broken = Buffer.from(whole);
    broken.fill(0x55, whole.length - 2000, whole.length - 1000);
    const index = await reading(broken);
    expect(index.files.has('top/b.log')).toBe(true);
    expect(index.problems).not.toEqual([]);
  });

  it('keeps all files when only the checksum at the very end is wrong', async () => {
    const broken = Buffer.from(whole);
    broken.fill(0, whole.length - 8, whole.length - 4);
    const index = await reading(broken);
    expect(index.files.size).toBe(3);
    expect(index.problems).toEqual([expect.stringMatching(/damaged/)]);
  });

  it.each([
    ['a packed', Buffer.concat([whole, Buffer.from('trailing garbage')])],
    ['a plain', Buffer.concat([tar(good), Buffer.alloc(2048, 'garbage')])],
    ['inside of a packed', gzipSync(Buffer.concat([tar(good), Buffer.alloc(2048, 'garbage')]))],
  ])('reads %s one with garbage behind it', async (_, content) => {
    const index = await reading(content);
    expect(await contentOf(index, 'top/a.log')).toBe('hello\n');
    expect(index.problems).toEqual([expect.stringMatching(/damaged/)]);
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['text', Buffer.from('(00.000012) Version: 4.2.1\n')],
    ['packed text', gzipSync('(00.000012) Version: 4.2.1\n')],
    ['zeros', gzipSync(Buffer.alloc(1_000_000))],
    ['the beginning of a gzip file', whole.subarray(0, 12)],
    ['noise', noise],
  ])('refuses %s', async (_, content) => {
    const path = file(content);
    expect(await sniffArchive(path)).toBeUndefined();
    await expect(readArchive(path)).rejects.toThrow(/is no tar archive/);
  });

  it('does not wait for a fifo', async () => {
    spawnSync('mkfifo', [join(scratch, 'fifo')]);
    await expect(readArchive(join(scratch, 'fifo'))).rejects.toThrow(/is no tar archive/);
  });
});

describe('bombs', () => {
  const mebibyte = 1024 ** 2;

  /** Zeros as tight as gzip gets: a megabyte for a gibibyte. */
  function zeros(gibibytes: number, claimed: number): Buffer {
    const block = gzipSync(Buffer.alloc(16 * mebibyte), { level: 9 });
    const header = gzipSync(tarEntry({ name: 'top/zeros', size: claimed }));
    return Buffer.concat([header, ...Array.from({ length: gibibytes * 64 }, () => block)]);
  }

  it('refuses an honest header of ten gigabytes at once', async () => {
    const path = file(gzipSync(tarEntry({ name: 'top/zeros', size: 10 * 1024 ** 3 })));
    await expect(readArchive(path)).rejects.toThrow(/unpacks to more than 4 GiB/);
  });

  it.each([0, 1000, 100 * mebibyte, 3 * 1024 ** 3])(
    'refuses ten gigabytes of zeros that claim to be %i',
    async (claimed) => {
      const before = process.memoryUsage().rss;
      const path = file(zeros(10, claimed));
      await expect(readArchive(path)).rejects.toThrow(/unpacks to more than \d+ times its size/);
      expect(process.memoryUsage().rss - before).toBeLessThan(300 * mebibyte);
    },
  );

  it('refuses a header for a name of megabytes', async () => {
    const path = file(
      gzipSync(Buffer.concat([tarEntry(good), tarEntry({ name: 'x', type: 'x', size: 3 * 1024 ** 3 })])),
    );
    const { problems } = await readArchive(path);
    expect(problems).toEqual([expect.stringMatching(/damaged/)]);
  });

  it('refuses a million entries without counting them all', async () => {
    const path = join(scratch, 'million.tgz');
    function* blocks(): Iterable<Buffer> {
      const some = Buffer.concat(Array.from({ length: 1000 }, (_, number) => tarEntry({ name: `top/${number}` })));
      for (let sent = 0; sent < 1000; sent += 1) yield some;
    }
    await pipeline(Readable.from(blocks()), createGzip({ level: 1 }), createWriteStream(path));
    await expect(readArchive(path)).rejects.toThrow(/more than 20000 entries/);
  });
});
