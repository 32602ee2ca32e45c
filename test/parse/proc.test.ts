import { describe, expect, it } from 'vitest';

import { findCgroupLayout } from '../../src/parse/cgroup-layout.js';
import { parseFilesystems } from '../../src/parse/filesystems.js';
import { parseKernelConfig } from '../../src/parse/kernel-config.js';
import { findLibc, parseGetconfLibc } from '../../src/parse/maps-libc.js';
import { parseMeminfo, parseMemoryStat } from '../../src/parse/meminfo.js';
import { parseMountinfo } from '../../src/parse/mountinfo.js';
import { parseProcCapabilities, parseProcStatus } from '../../src/parse/proc-status.js';
import { isIdentityMap, mapOutward, parseUidMap } from '../../src/parse/uid-map.js';
import { parseUname } from '../../src/parse/uname.js';

describe('parseMountinfo', () => {
  it('reads escapes and optional fields', () => {
    const [mount] =
      parseMountinfo(
        '25 23 0:23 /a\\134b /with\\040blank\\012line rw,nosuid shared:7 master:2 - tmpfs none rw,size=4k\n',
      ) ?? [];
    expect(mount).toEqual({
      id: 25,
      parent: 23,
      device: '0:23',
      root: String.raw`/a\b`,
      path: '/with blank\nline',
      options: ['rw', 'nosuid'],
      shared: 7,
      master: 2,
      type: 'tmpfs',
      source: 'none',
      superOptions: ['rw', 'size=4k'],
    });
  });

  it('reads an empty source and a mount point called -', () => {
    const [mount] = parseMountinfo('25 23 0:23 / - rw - tmpfs  rw') ?? [];
    expect(mount).toMatchObject({ path: '-', source: '', superOptions: ['rw'] });
  });

  it.each(['', 'nonsense', '25 23 0:23 / /a rw shared:7 tmpfs none rw', '25 x 0:23 / /a rw - tmpfs none rw'])(
    '%j is no mount table',
    (text) => {
      expect(parseMountinfo(text)).toBeUndefined();
    },
  );
});

describe('findCgroupLayout', () => {
  const layoutOf = (...lines: string[]) => findCgroupLayout(parseMountinfo(lines.join('\n')) ?? []);
  const freezer = '106 100 0:34 / /sys/fs/cgroup/freezer rw,relatime - cgroup cgroup rw,freezer';
  const unified = '110 100 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw';

  it('tells the three layouts, and where the freezer is', () => {
    expect(layoutOf(freezer, unified)).toEqual({ layout: 'hybrid', freezerPath: '/sys/fs/cgroup/freezer' });
    expect(layoutOf(freezer)).toEqual({ layout: 'v1', freezerPath: '/sys/fs/cgroup/freezer' });
    expect(layoutOf('30 1 0:38 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw')).toEqual({ layout: 'v2', freezerPath: '' });
    expect(layoutOf('30 1 0:38 / / rw - ext4 /dev/vda rw')).toEqual({ layout: undefined, freezerPath: '' });
  });
});

const status = `Name:\ta\\nb\\\\c
Umask:\t0022
State:\tZ (zombie)
Pid:\t4711
PPid:\t4700
TracerPid:\t99
Uid:\t100000\t100001\t100000\t100000
NSpid:\t4711\t12
NSsid:\t4700\t0
RssAnon:\t     108 kB
RssShmem:\t       4 kB
VmSwap:\t       0 kB
Threads:\t2
CapEff:\t0000000000000003
CapBnd:\t000001fffeffffff
`;

describe('parseProcStatus', () => {
  it('reads what matters', () => {
    const read = parseProcStatus(status);
    expect(read).toMatchObject({
      name: 'a\nb\\c',
      state: 'Z',
      pid: 4711,
      parent: 4700,
      tracer: 99,
      realUid: 100_000,
      effectiveUid: 100_001,
      threads: 2,
      pidsInward: [4711, 12],
      sessionsInward: [4700, 0],
      memoryBytes: 112 * 1024,
    });
  });

  it('names capabilities', () => {
    const { effective, bounding } = parseProcCapabilities(status);
    expect(effective).toEqual(['cap_chown', 'cap_dac_override']);
    expect(bounding).toHaveLength(40);
    expect(bounding).not.toContain('cap_sys_resource');
    expect(bounding).toContain('cap_checkpoint_restore');
  });

  it('does not know what a kernel before 4.1 does not say', () => {
    expect(parseProcStatus(status.replaceAll(/^NS.*\n/gm, ''))).toMatchObject({
      pidsInward: undefined,
      sessionsInward: undefined,
    });
  });

  it('is undefined for something else', () => {
    expect(parseProcStatus('Name:\tx\n')).toBeUndefined();
  });
});

describe('parseUidMap', () => {
  it('maps outward', () => {
    const map = parseUidMap('         0    1000000      65536\n     65536        5      1\n') ?? [];
    expect([0, 65_535, 65_536, 70_000].map((id) => mapOutward(map, id))).toEqual([1_000_000, 1_065_535, 5, undefined]);
  });

  it('knows the map of the initial namespace', () => {
    expect(isIdentityMap(parseUidMap('         0          0 4294967295\n') ?? [])).toBe(true);
    expect(isIdentityMap(parseUidMap('         0          0 65536\n') ?? [])).toBe(false);
  });

  it('tells nothing mapped from no map', () => {
    expect(parseUidMap('')).toEqual([]);
    expect(parseUidMap('0 0')).toBeUndefined();
  });
});

describe('parseKernelConfig', () => {
  it('leaves out what is off and drops quotes', () => {
    const text =
      '#\n# Linux/x86 6.18.44\nCONFIG_A=y\nCONFIG_B=m\nCONFIG_LSM="landlock,\\"x\\""\nCONFIG_HZ=250\n# CONFIG_MEM_SOFT_DIRTY is not set\n';
    expect(parseKernelConfig(text)).toEqual({
      CONFIG_A: 'y',
      CONFIG_B: 'm',
      CONFIG_LSM: 'landlock,"x"',
      CONFIG_HZ: '250',
    });
  });

  it('is undefined without any option', () => {
    expect(parseKernelConfig('# nothing\n')).toBeUndefined();
  });
});

it('reads /proc/filesystems', () => {
  expect(parseFilesystems('nodev\ttmpfs\n\text4\nnodev\tbinfmt_misc\n')).toEqual(['tmpfs', 'ext4', 'binfmt_misc']);
  expect(parseFilesystems('tmpfs\n')).toBeUndefined();
});

describe('findLibc', () => {
  const mapping = (file: string): string => `7f3a1c000000-7f3a1c022000 r--p 00000000 fe:00 1234   ${file}\n`;

  it.each([
    ['/usr/lib/x86_64-linux-gnu/libc-2.31.so', { name: 'glibc', version: '2.31' }],
    ['/usr/lib/x86_64-linux-gnu/libc.so.6', { name: 'glibc', version: '2.34' }],
    ['/usr/lib/x86_64-linux-gnu/libc.so.6 (deleted)', { name: 'glibc', version: '2.34' }],
    ['/lib/ld-musl-x86_64.so.1', { name: 'musl', version: undefined }],
    ['/usr/bin/busybox', undefined],
  ])('%s', (file, libc) => {
    expect(findLibc(mapping('/usr/bin/dash') + mapping(file))).toEqual(libc);
  });

  it('reads getconf', () => {
    expect(parseGetconfLibc('glibc 2.36\n')).toEqual({ name: 'glibc', version: '2.36' });
    expect(parseGetconfLibc('')).toBeUndefined();
  });
});

describe('memory', () => {
  it('reads /proc/meminfo in bytes', () => {
    expect(parseMeminfo('MemTotal:       2048 kB\nMemFree:  1 kB\nMemAvailable:   1024 kB\n')).toEqual({
      totalBytes: 2_097_152,
      availableBytes: 1_048_576,
    });
    expect(parseMeminfo('x')).toBeUndefined();
  });

  it('adds up what a dump would write, on both kinds of control groups', () => {
    expect(parseMemoryStat('anon 1000\nfile 7\nshmem 20\n')).toBe(1020);
    expect(parseMemoryStat('cache 8192\nrss 1\nshmem 2\ntotal_rss 1044480\ntotal_shmem 4096\ntotal_swap 5\n')).toBe(
      1_048_581,
    );
    expect(parseMemoryStat('')).toBeUndefined();
  });
});

describe('parseUname', () => {
  it.each([
    ['Linux a 6.18.44-fc-v669 #1 SMP PREEMPT_DYNAMIC @0 x86_64 GNU/Linux', { hostname: 'a', machine: 'x86_64' }],
    [
      'Linux h 6.6.8 #1 SMP Tue Jan 2 10:00:00 UTC 2024 aarch64 aarch64 aarch64 GNU/Linux',
      { hostname: 'h', machine: 'aarch64' },
    ],
    ['nonsense', undefined],
  ])('%s', (text, uname) => {
    expect(parseUname(text)).toEqual(uname);
  });
});
