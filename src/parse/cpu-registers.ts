/** Reads what CRIU's log tells of the registers of a CPU. */

/** Which registers are saved, and how much room that takes. */
export interface CpuRegisters {
  /** Register sets beyond x87 and SSE, by name. */
  readonly sets: readonly string[];
  /** Of what is enabled, and of all that the CPU has. */
  readonly bytes: number;
  readonly maxBytes: number;
}

/** Bits of the mask: Intel SDM 1, 13.1, XCR0. Those of supervisor state are not saved by the instruction that counts. */
const setBits: readonly (readonly [bit: number, name: string])[] = [
  [2, 'AVX'],
  [3, 'MPX'],
  [5, 'AVX-512'],
  [9, 'PKRU'],
  [17, 'AMX'],
  [19, 'APX'],
];

/** Of a CPU without xsave, which keeps x87 and SSE in an area of a fixed size. */
const none: CpuRegisters = { sets: [], bytes: 0, maxBytes: 0 };

/**
 * From the output of `criu check -v4` (CRIU 3.13 to 4.2, `criu/arch/x86/cpu.c`); undefined when it tells nothing of
 * them, as on other architectures:
 *
 *     (00.002018) cpu: fpu: xfeatures_mask 0xe5 xsave_size 2432 xsave_size_max 2432 xsaves_size 2472
 */
export function parseCpuRegisters(text: string): CpuRegisters | undefined {
  const [, mask, bytes, maxBytes] =
    /cpu: fpu: xfeatures_mask 0x([0-9a-f]{1,16}) xsave_size (\d{1,9}) xsave_size_max (\d{1,9})/.exec(text) ?? [];
  if (mask === undefined) return text.includes('cpu: fpu: x87 FPU will use FXSAVE') ? none : undefined;
  const bits = BigInt(`0x${mask}`);
  return {
    sets: setBits.flatMap(([bit, name]) => ((bits >> BigInt(bit)) % 2n === 1n ? [name] : [])),
    bytes: Number(bytes),
    maxBytes: Number(maxBytes),
  };
}
