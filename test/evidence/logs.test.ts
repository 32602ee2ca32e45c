import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';

import { endOfBlock, endOfLog } from '../../src/evidence/log-reading.js';
import { readLog, readLogText } from '../../src/evidence/logs.js';
import { decodeLog } from '../../src/source/log-decode.js';
import type { LogInput } from '../../src/source/log-files.js';

const dump = [
  '(00.000000) CRIU run id = 27a38167-67c9-4c63-9c3a-df29e8dc943b',
  '(00.000104) Version: 4.2.1 (gitid 0)',
  '(00.000109) Running on vm Linux 6.18.44-fc-v595 #1 SMP PREEMPT_DYNAMIC @0 x86_64',
  '(00.000696) Dumping processes (pid: 139 comm: vlc)',
  "(00.000912) Error (criu/util.c:1534): rlimit: Can't setup RLIMIT_NOFILE for self: Operation not permitted",
  '(00.000918) \ttype proc source proc mnt_id 694 s_dev 0x15 / @ ./proc flags 0x300000 options ',
  '(00.035818) Error (criu/sk-inet.c:200): inet: Connected TCP socket, consider using --tcp-established option.',
  '(00.035836) Error (criu/cr-dump.c:1545): Dump files (pid: 139) failed with -1',
  '(00.036371) Error (criu/cr-dump.c:1975): Dumping FAILED.',
].join('\n');

const read = (text: string, file = 'x') => readLogText(text, { file, words: ['No core-'] });
const input = (bytes: Buffer): LogInput => ({
  name: 'dump.log',
  async *open() {
    yield* decodeLog('dump.log', chunked(bytes));
  },
});
async function* chunked(bytes: Buffer): AsyncIterable<Buffer> {
  for (let at = 0; at < bytes.length; at += 100) yield bytes.subarray(at, at + 100);
}

describe('a reading', () => {
  test('knows what kind of log it is, its versions, its outcome and its names', () => {
    const reading = read(dump);
    expect(reading).toMatchObject({ kind: 'criu', lines: 9 });
    expect(reading.runs).toMatchObject([
      {
        phase: 'dump',
        criu: '4.2.1',
        kernel: '6.18.44-fc-v595',
        failed: true,
        succeeded: false,
        tasks: { '139': 'vlc' },
        mounts: { '694': '/proc' },
      },
    ]);
    expect(reading.runs[0]?.marks.map(({ mark }) => mark.step)).toEqual(['start-up', 'preparation', 'dump failed']);
  });

  test('keeps the errors, with the lines before them', () => {
    const events = read(dump).events;
    expect(events.map(({ line, level }) => [line, level])).toEqual([5, 7, 8, 9].map((line) => [line, 'error']));
    expect(events[1]?.recent).toHaveLength(6);
  });

  test('keeps a quiet line only when a rule looks for its words', () => {
    const events = read(`${dump}\n(00.1) No core-350.img image\n(00.1) No pidns-1.img image`).events;
    expect(events.at(-1)?.message).toBe('No core-350.img image');
  });

  test('does not mind carriage returns, a byte order mark or bytes that are no text', () => {
    const odd = Buffer.concat([Buffer.from(`\uFEFF${dump.replaceAll('\n', '\r\n')}\n`), Buffer.from([0xff, 0xfe, 0])]);
    const reading = readLogText(odd.toString(), { file: 'x', words: [] });
    expect(reading.kind).toBe('criu');
    expect(reading.events.map(({ message }) => message)).toEqual(read(dump).events.map(({ message }) => message));
  });

  test('takes progress that a terminal drew over for lines', () => {
    const reading = read('Transferring: 1%\rTransferring: 2%\rError: migration failed');
    expect(reading.events.map(({ message }) => message)).toEqual(['Error: migration failed']);
  });

  test('tells several runs in one log apart', () => {
    const good = '(00.000104) Version: 4.2.1 (gitid 0)\n(00.9) Dumping finished successfully';
    const runs = read(`${dump}\n${good}`).runs;
    expect(runs.map(({ failed, succeeded }) => [failed, succeeded])).toEqual([
      [true, false],
      [false, true],
    ]);
  });

  test('marks the end of a log that does not say how the run went', () => {
    const open = dump.split('\n').slice(0, 6).join('\n');
    const last = read(open).events.at(-1);
    expect(last).toMatchObject({ message: endOfLog, line: 6 });
    expect(last?.text).toContain('mnt_id 694');
    expect(read(dump).events.some(({ message }) => message === endOfLog)).toBe(false);
  });

  test('tells when the end is that of a block, as on a full file system', () => {
    const open = `${dump.split('\n').slice(0, 6).join('\n')}\n`;
    const filled = open + '(00.176752) page-pipe: '.padEnd(4096 - open.length, '0');
    expect(read(filled).events.at(-1)).toMatchObject({ message: endOfBlock, line: 7 });
    expect(read(filled.slice(0, -1)).events.at(-1)).toMatchObject({ message: endOfLog });
  });

  test('keeps the first and the last of lines that repeat', () => {
    const line = '(00.102285) Error (criu/seize.c:335): zombie 5285 (comm counter) found while seizing\n';
    const events = read(line.repeat(100)).events;
    expect(events.map((event) => event.line)).toEqual([
      ...Array.from({ length: 16 }, (_, at) => at + 1),
      97,
      98,
      99,
      100,
    ]);
  });

  test('takes kind, engine and phase from the words and, failing that, from the name', () => {
    expect(read('lxc stop q1 --stateful\nError: snapshot dump failed')).toMatchObject({
      kind: 'text',
      engine: 'lxd',
      operation: 'dump',
    });
    expect(read('', '/var/log/lxd/c1/migration_restore_2026-11-20T11:43:53Z.log')).toMatchObject({
      kind: 'criu',
      phase: 'restore',
    });
  });
});

describe('readLog', () => {
  test('unpacks gzip by its magic', async () => {
    const reading = await readLog(input(gzipSync(dump)), { words: [] });
    expect(reading.runs[0]).toMatchObject({ criu: '4.2.1', failed: true });
  });

  test('keeps what a damaged gzip gives, and says so', async () => {
    const packed = gzipSync(Buffer.from(dump + '\n' + 'x'.repeat(100)));
    const reading = await readLog(input(packed.subarray(0, packed.length - 12)), { words: [] });
    expect(reading).toMatchObject({ problem: 'unexpected end of file', isCutShort: true, kind: 'criu' });
  });

  test('does not make an end of log out of it', async () => {
    const open = dump.split('\n').slice(0, 6).join('\n');
    const packed = gzipSync(Buffer.from(open));
    const reading = await readLog(input(packed.subarray(0, packed.length - 8)), { words: [] });
    expect(reading.lines).toBeGreaterThan(0);
    expect(reading.events.map(({ message }) => message)).not.toContain(endOfLog);
  });

  test('reads UTF-16 as Windows writes it', async () => {
    const bytes = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(dump, 'utf16le')]);
    expect((await readLog(input(bytes), { words: [] })).runs[0]).toMatchObject({ criu: '4.2.1' });
  });

  test.each([
    ['binary data', Buffer.from(Array.from({ length: 2000 }, (_, at) => (at * 7919) % 256)), 'is no text'],
    ['xz that is cut off', Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0, 4]), 'the xz data stop before their end'],
  ])('refuses %s', async (_, bytes, problem) => {
    expect((await readLog(input(bytes), { words: [] })).problem).toContain(problem);
  });
});
