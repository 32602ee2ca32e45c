/** Walks over bytes in steps that a table tells by three letters: the inner loop of every search for many texts. */

/** How far one may go from a place, by the letters before it; 0 = something may be there. */
export interface StepTable {
  readonly steps: Uint8Array;
  /** Of each of the three letters. */
  readonly bits: 5 | 6;
}

/** Bytes looked at in one go; they are read faster than letters, and this many stay close to the processor. */
export const walkedBytes = 1 << 18;

export function createTable(bits: StepTable['bits'], widest: number): StepTable {
  return { steps: new Uint8Array(1 << (3 * bits)).fill(Math.min(255, widest)), bits };
}

/** Place in the table of three letters, given by their codes. */
export function placeOf({ bits }: Pick<StepTable, 'bits'>, first: number, second: number, third: number): number {
  const mask = (1 << bits) - 1;
  return ((first & mask) << (2 * bits)) | ((second & mask) << bits) | (third & mask);
}

/**
 * Offsets from `from` (at least 2) to before `end` where the table says 0, in order. Four walks at a time, because
 * each of them waits for its table nearly all the time.
 */
export function findStops(bytes: Uint8Array, table: StepTable, from: number, end: number): readonly number[] {
  const { steps, bits } = table;
  const mask = (1 << bits) - 1;
  const double = 2 * bits;
  const part = Math.max(0, Math.floor((end - from) / 4));
  const to1 = from + part;
  const to2 = to1 + part;
  const to3 = to2 + part;
  const stops1: number[] = [];
  const stops2: number[] = [];
  const stops3: number[] = [];
  const stops4: number[] = [];
  const stepAt = (at: number): number =>
    steps[
      (((bytes[at - 2] ?? 0) & mask) << double) | (((bytes[at - 1] ?? 0) & mask) << bits) | ((bytes[at] ?? 0) & mask)
    ] ?? 1;
  const walkOn = (start: number, to: number, stops: number[]): void => {
    for (let at = start; at < to;) {
      const step = stepAt(at);
      if (step === 0) stops.push(at);
      at += step === 0 ? 1 : step;
    }
  };
  let at1 = from;
  let at2 = to1;
  let at3 = to2;
  let at4 = to3;
  while (at1 < to1 && at2 < to2 && at3 < to3 && at4 < end) {
    const step1 = stepAt(at1);
    const step2 = stepAt(at2);
    const step3 = stepAt(at3);
    const step4 = stepAt(at4);
    if (step1 === 0) stops1.push(at1);
    if (step2 === 0) stops2.push(at2);
    if (step3 === 0) stops3.push(at3);
    if (step4 === 0) stops4.push(at4);
    at1 += step1 === 0 ? 1 : step1;
    at2 += step2 === 0 ? 1 : step2;
    at3 += step3 === 0 ? 1 : step3;
    at4 += step4 === 0 ? 1 : step4;
  }
  walkOn(at1, to1, stops1);
  walkOn(at2, to2, stops2);
  walkOn(at3, to3, stops3);
  walkOn(at4, end, stops4);
  return [stops1, stops2, stops3, stops4].flat();
}
