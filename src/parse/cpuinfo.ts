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

export interface CpuModel {
  /** GenuineIntel, AuthenticAMD; the implementer's number on arm64. */
  readonly vendor: string | undefined;
  /** As it calls itself; undefined on arm64. */
  readonly model: string | undefined;
}

/**
 * Who made the CPU, and what it is called; undefined when neither stands there:
 *
 *     vendor_id	: GenuineIntel
 *     model name	: Intel Core i7 9xx (Nehalem Class Core i7)
 */
export function parseCpuModel(text: string): CpuModel | undefined {
  const vendor = /^(?:vendor_id|CPU implementer)[\t ]*: *(\S.*)$/m.exec(text)?.[1]?.trim();
  const model = /^model name[\t ]*: *(\S.*)$/m.exec(text)?.[1]?.trim();
  return vendor === undefined && model === undefined ? undefined : { vendor, model };
}
