import { describe, expect, it } from 'vitest';

import { findLevel, registersOfFlags, selectInstructions } from '../../src/parse/cpu-instructions.js';
import { parseCpuRegisters } from '../../src/parse/cpu-registers.js';
import { parseCpuModel } from '../../src/parse/cpuinfo.js';
import { findLargestRange } from '../../src/parse/id-ranges.js';
import { parseLoadableFilesystems } from '../../src/parse/kernel-modules.js';
import { parseNetworks, parseProfiles } from '../../src/parse/server-json.js';
import { parseSyscalls } from '../../src/parse/syscalls.js';

const nehalem = 'fpu cx8 cmov mmx fxsr sse sse2 syscall lm cx16 lahf_lm popcnt pni sse4_1 sse4_2 ssse3'.split(' ');
const haswell = [...nehalem, ...'avx avx2 bmi1 bmi2 f16c fma abm movbe xsave'.split(' ')];

describe('parseCpuRegisters', () => {
  it('reads the line of criu check -v4', () => {
    const line = '(00.002018) cpu: fpu: xfeatures_mask 0xe5 xsave_size 2432 xsave_size_max 2696 xsaves_size 2472\n';
    expect(parseCpuRegisters(line)).toEqual({ sets: ['AVX', 'AVX-512'], bytes: 2432, maxBytes: 2696 });
  });

  it('knows a CPU without xsave', () => {
    expect(parseCpuRegisters('(00.011347) cpu: fpu: x87 FPU will use FXSAVE\n')).toEqual({
      sets: [],
      bytes: 0,
      maxBytes: 0,
    });
  });

  it('reads the upper bits of the mask', () => {
    expect(parseCpuRegisters('cpu: fpu: xfeatures_mask 0x602e7 xsave_size 11008 xsave_size_max 11008')?.sets).toEqual([
      'AVX',
      'AVX-512',
      'PKRU',
      'AMX',
    ]);
  });

  it.each(['', 'mnt_id is supported\n', 'cpu: fpu: xfeatures_mask 0x xsave_size 1'])('says nothing of %j', (text) => {
    expect(parseCpuRegisters(text)).toBeUndefined();
  });
});

describe('instructions', () => {
  it.each([
    [nehalem, 'x86_64', 2],
    [haswell, 'x86_64', 3],
    [haswell.filter((flag) => flag !== 'movbe'), 'x86_64', 2],
    [[...haswell, 'avx512f', 'avx512bw', 'avx512cd', 'avx512dq', 'avx512vl'], 'x86_64', 4],
    [['fpu'], 'i686', 0],
    [['fp', 'asimd'], 'aarch64', 0],
  ])('have a level', (flags, machine, level) => {
    expect(findLevel(flags, machine)).toBe(level);
  });

  it('are those that programs can use, the common ones first', () => {
    expect(selectInstructions(['constant_tsc', 'rtm', 'avx2', 'vmx', 'sse2'], 'x86_64')).toEqual([
      'sse2',
      'avx2',
      'rtm',
    ]);
    expect(selectInstructions(['asimd', 'sve'], 'aarch64')).toEqual(['asimd', 'sve']);
  });

  it('tell which registers there are', () => {
    expect(registersOfFlags(['avx', 'avx512f', 'ospke', 'sse'])).toEqual(['AVX', 'AVX-512', 'PKRU']);
  });
});

describe('parseCpuModel', () => {
  it('reads what the CPU is', () => {
    expect(parseCpuModel('vendor_id\t: GenuineIntel\nmodel\t\t: 26\nmodel name\t: Intel Core i7 9xx\n')).toEqual({
      vendor: 'GenuineIntel',
      model: 'Intel Core i7 9xx',
    });
    expect(parseCpuModel('CPU implementer\t: 0x41\n')).toEqual({ vendor: '0x41', model: undefined });
    expect(parseCpuModel('processor\t: 0\n')).toBeUndefined();
  });
});

describe('parseSyscalls', () => {
  it('takes the table of native programs, without wrappers and what no program inside calls', () => {
    const text = [
      ' t __do_sys_rt_sigreturn',
      ' T __ia32_sys_read',
      ' T __ia32_sys_stime',
      ' T __x64_sys_read',
      ' T __x64_sys_openat2',
      ' T __x64_sys_futex_waitv',
      ' T __x64_sys_finit_module',
      ' T __x64_sys_ni_syscall',
      '',
    ].join('\n');
    expect(parseSyscalls(text)).toEqual(['futex_waitv', 'openat2', 'read']);
  });

  it('knows kernels without wrappers', () => {
    expect(parseSyscalls(' T sys_read\n T sys_write\n')).toEqual(['read', 'write']);
  });

  it('says nothing where symbols are hidden', () => {
    expect(parseSyscalls('')).toBeUndefined();
    expect(parseSyscalls('grep: no\n')).toBeUndefined();
  });
});

describe('parseLoadableFilesystems', () => {
  it('names types as they are mounted', () => {
    const text = [
      'kernel/fs/nfs/nfs.ko.xz: kernel/net/sunrpc/sunrpc.ko.xz',
      'kernel/fs/ext4/ext4.ko:',
      'kernel/net/sunrpc/sunrpc.ko.xz:',
      'kernel/drivers/net/constructor.ko.zst:',
      'updates/dkms/zfs.ko: updates/dkms/spl.ko',
      '',
    ].join('\n');
    expect(parseLoadableFilesystems(text)).toEqual(['nfs', 'nfs4', 'ext4', 'ext3', 'ext2', 'rpc_pipefs', 'zfs']);
  });

  it('refuses what is something else', () => {
    expect(parseLoadableFilesystems('nodev\ttmpfs\n')).toBeUndefined();
  });
});

it('finds the largest range of ids', () => {
  const text = 'root:100000:65536\nlxd:100000:1000000\nbob:1:9999999\nroot:x:y\n';
  expect(findLargestRange(text, ['root', 'lxd'])).toBe(1_000_000);
  expect(findLargestRange(text, ['nobody'])).toBe(0);
});

describe('what an engine has', () => {
  it('is read from its lists', () => {
    expect(
      parseProfiles('[{"name":"default","devices":{"root":{"type":"disk"}}},{"name":"bare","devices":null}]'),
    ).toEqual([
      { name: 'default', devices: { root: { type: 'disk' } } },
      { name: 'bare', devices: {} },
    ]);
    expect(parseNetworks('[{"name":"lxdbr0","managed":true},{"name":"lo"}]')).toEqual(['lxdbr0', 'lo']);
    expect(parseNetworks('Error: no')).toBeUndefined();
  });
});
