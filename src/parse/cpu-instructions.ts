/** Tells which flags of a CPU programs can use, and what they add up to. */

/**
 * Flags of x86 that name instructions which fault without them (linux/arch/x86/include/asm/cpufeatures.h). What the
 * kernel alone uses, and what is only about speed, is left out: programs never miss it.
 */
const instructionsOfX86: ReadonlySet<string> = new Set(
  `cx8 cmov mmx mmxext fxsr sse sse2 syscall rdtscp lm 3dnow 3dnowext pni pclmulqdq monitor ssse3 fma cx16 sse4_1
  sse4_2 movbe popcnt aes xsave avx f16c rdrand lahf_lm abm sse4a misalignsse 3dnowprefetch xop fma4 tbm lwp bmi1 hle
  avx2 bmi2 rtm mpx avx512f avx512dq rdseed adx avx512ifma clflushopt clwb avx512pf avx512er avx512cd sha_ni avx512bw
  avx512vl xsaveopt xsavec xgetbv1 xsaves avx_vnni avx512_bf16 clzero rdpru wbnoinvd avx512vbmi pku ospke waitpkg
  avx512_vbmi2 gfni vaes vpclmulqdq avx512_vnni avx512_bitalg avx512_vpopcntdq rdpid cldemote movdiri movdir64b enqcmd
  avx512_4vnniw avx512_4fmaps avx512_vp2intersect serialize tsxldtrk amx_bf16 avx512_fp16 amx_tile amx_int8 amx_fp16
  amx_complex cmpccxadd avx_ifma avx_vnni_int8 avx_ne_convert avx_vnni_int16 sha512 sm3 sm4 raoint prefetchi fsgsbase
  user_shstk apx`.split(/\s+/),
);

/** Flags that a level needs (System V ABI for x86-64, 3.1.1), as the kernel names them. */
const levels: readonly (readonly string[])[] = [
  ['lm', 'cmov', 'cx8', 'fxsr', 'mmx', 'sse', 'sse2', 'syscall'],
  ['cx16', 'lahf_lm', 'popcnt', 'pni', 'sse4_1', 'sse4_2', 'ssse3'],
  ['avx', 'avx2', 'bmi1', 'bmi2', 'f16c', 'fma', 'abm', 'movbe', 'xsave'],
  ['avx512f', 'avx512bw', 'avx512cd', 'avx512dq', 'avx512vl'],
];

/**
 * Those that programs most often need come first. Of other architectures the kernel shows what programs may use, and
 * nothing else.
 */
export function selectInstructions(flags: readonly string[], machine: string): readonly string[] {
  if (!isX86(machine)) return flags;
  const common = levels.flat().filter((flag) => flags.includes(flag));
  return [...common, ...flags.filter((flag) => instructionsOfX86.has(flag) && !common.includes(flag))];
}

/** 1 to 4 for x86-64-v1 to -v4, 0 for any other CPU. */
export function findLevel(flags: readonly string[], machine: string): number {
  const missing = isX86(machine) ? levels.findIndex((needed) => needed.some((flag) => !flags.includes(flag))) : 0;
  return missing === -1 ? levels.length : missing;
}

/** Register sets that the flags stand for, named as parse/cpu-registers.ts names them. */
export function registersOfFlags(flags: readonly string[]): readonly string[] {
  const has = (flag: string): boolean => flags.includes(flag);
  return [
    ...(has('avx') ? ['AVX'] : []),
    ...(has('mpx') ? ['MPX'] : []),
    ...(has('avx512f') ? ['AVX-512'] : []),
    ...(has('ospke') ? ['PKRU'] : []),
    ...(has('amx_tile') ? ['AMX'] : []),
    ...(has('apx') ? ['APX'] : []),
  ];
}

function isX86(machine: string): boolean {
  return /^(?:x86_64|i[3-6]86)$/.test(machine);
}
