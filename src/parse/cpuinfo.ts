/** Reads /proc/cpuinfo. */

/**
 * Feature flags of the first core, `flags` on x86 and `Features` on arm64; undefined when there is no such line:
 *
 *     processor	: 0
 *     flags		: fpu vme de pse tsc msr
 */
export function parseCpuFlags(text: string): readonly string[] | undefined {
  const flags = /^(?:flags|Features)[\t ]*:(.*)$/m.exec(text)?.[1];
  return flags?.split(' ').filter((flag) => flag !== '');
}
