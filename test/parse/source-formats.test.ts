import { describe, expect, it } from 'vitest';

import { parseFileBlocks, toSysctls } from '../../src/parse/file-blocks.js';
import { parseListing } from '../../src/parse/listing.js';
import { parsePrograms, parseSpace } from '../../src/parse/programs.js';

describe('parseFileBlocks', () => {
  it('keeps contents that look like a header apart from headers', () => {
    const blocks = parseFileBlocks(
      '== ok /proc/sys/kernel/pid_max\n\t32768\n\t== ok /faked\n== absent /proc/sys/kernel/yama/ptrace_scope\n',
    );
    expect([...(blocks?.keys() ?? [])]).toEqual(['/proc/sys/kernel/pid_max', '/proc/sys/kernel/yama/ptrace_scope']);
    expect(blocks && toSysctls(blocks)).toEqual({ 'kernel.pid_max': '32768\n== ok /faked' });
  });

  it('is undefined for something else', () => {
    expect(parseFileBlocks('kernel.pid_max = 32768\n')).toBeUndefined();
  });
});

it('reads a listing', () => {
  expect(parseListing('f 8123 1763640988.312 snapshot_dump_2026-11-20T12:56:28Z.log\nd 4096 -1.5 a b\n')).toEqual([
    { type: 'f', sizeBytes: 8123, modifiedS: 1_763_640_988.312, name: 'snapshot_dump_2026-11-20T12:56:28Z.log' },
    { type: 'd', sizeBytes: 4096, modifiedS: -1.5, name: 'a b' },
  ]);
  expect(parseListing('')).toEqual([]);
  expect(parseListing('total 0')).toBeUndefined();
});

it('reads programs and space', () => {
  expect(parsePrograms('ip /usr/sbin/ip\ntar /bin/tar\n')?.get('ip')).toBe('/usr/sbin/ip');
  expect(parsePrograms('sh: not found')).toBeUndefined();
  expect(parseSpace('path /var\ntotal 100\navailable 40\n')).toEqual({
    path: '/var',
    totalBytes: 100,
    availableBytes: 40,
  });
  expect(parseSpace('')).toBeUndefined();
});
