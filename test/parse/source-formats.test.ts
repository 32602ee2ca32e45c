import { describe, expect, it } from 'vitest';

import { parseFileBlocks, toSysctls } from '../../src/parse/file-blocks.js';
import { parseListing } from '../../src/parse/listing.js';
import { parsePrograms, parseSpace } from '../../src/parse/programs.js';
import { parseTasks } from '../../src/parse/tasks.js';

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

describe('parseTasks', () => {
  const status = 'Name:\tinit\nState:\tS (sleeping)\nPid:\t812\nPPid:\t800\nUid:\t0\t0\t0\t0\nThreads:\t2\n';

  it('reads the blocks', () => {
    const tree = parseTasks(
      `== 812 4711334\n${status}ns:mnt mnt:[4026532201]\ntracer 815 4242\n== 813 99\ndenied status\ndenied ns:net\nend 2\n`,
    );
    expect(tree?.isWhole).toBe(true);
    expect(tree?.tasks).toMatchObject([
      {
        pid: 812,
        status: { name: 'init' },
        namespaces: { mnt: 'mnt:[4026532201]' },
        threadTracers: [4242],
        denied: [],
      },
      { pid: 813, status: undefined, namespaces: {}, threadTracers: [], denied: ['status', 'ns:net'] },
    ]);
  });

  it('tells when the end is missing', () => {
    expect(parseTasks(`== 812 4711334\n${status}`)?.isWhole).toBe(false);
    expect(parseTasks('bash: no such file')).toBeUndefined();
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
  expect(parseSpace('path /var\ntotal 100\navailable 40\n')).toEqual({ totalBytes: 100, availableBytes: 40 });
  expect(parseSpace('')).toBeUndefined();
});
