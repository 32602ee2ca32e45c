/** Finds many fixed texts in one walk over a long one, in steps as long as the shortest of them allows. */

/** Offsets in UTF-16 units. */
export interface Found {
  readonly start: number;
  readonly end: number;
}

/** Gives what is found, in order, nothing overlapping; of several at one place the longest. */
export type ValueSearch = (text: string) => readonly Found[];

/**
 * After Wu and Manber ("A fast algorithm for multi-pattern searching", 1994): three letters tell how far one may
 * go. A regular expression of as many alternatives looks at every letter, which takes longer than packing.
 * Shorter values than three letters are never found.
 */
export function createValueSearch(values: readonly string[]): ValueSearch {
  const needles = [...new Set(values)].filter(({ length }) => length >= 3).toSorted((a, b) => b.length - a.length);
  const least = needles.at(-1)?.length;
  if (least === undefined) return () => [];
  const steps = new Uint8Array(1 << 18).fill(Math.min(255, least - 2));
  const byEnding = new Map<number, string[]>();
  for (const needle of needles) {
    for (let at = 2; at < least; at += 1) {
      const letters = lettersAt(needle, at);
      steps[letters] = Math.min(steps[letters] ?? 0, least - 1 - at);
    }
    const ending = lettersAt(needle, least - 1);
    const others = byEnding.get(ending);
    if (others === undefined) byEnding.set(ending, [needle]);
    else others.push(needle);
  }
  return (text) => walk(text, least, steps, byEnding);
}

/** Six bits of each of three letters, the last of which is at `at`. */
function lettersAt(text: string, at: number): number {
  const [first, second, third] = [text.charCodeAt(at - 2), text.charCodeAt(at - 1), text.charCodeAt(at)];
  return ((first & 63) << 12) | ((second & 63) << 6) | (third & 63);
}

/** Letters looked at in one go: bytes are read faster than letters, and this many stay close to the processor. */
const blockLength = 1 << 18;

function walk(
  text: string,
  least: number,
  steps: Uint8Array,
  byEnding: ReadonlyMap<number, readonly string[]>,
): readonly Found[] {
  const found: Found[] = [];
  const block = Buffer.allocUnsafe(Math.min(blockLength, text.length));
  let done = 0;
  const take = (at: number, letters: number): void => {
    const start = at - least + 1;
    if (start < done) return;
    const needle = byEnding.get(letters)?.find((each) => text.startsWith(each, start));
    if (needle === undefined) return;
    done = start + needle.length;
    found.push({ start, end: done });
  };
  for (let base = 0; base + least <= text.length; base += blockLength - least + 1) {
    const length = block.write(text.slice(base, base + blockLength), 'latin1');
    for (let at = least - 1; at < length;) {
      // As lettersAt: the lower bits, and so as many of them, are the same in bytes.
      const [first, second, third] = [block[at - 2] ?? 0, block[at - 1] ?? 0, block[at] ?? 0];
      const letters = ((first & 63) << 12) | ((second & 63) << 6) | (third & 63);
      const step = steps[letters] ?? 1;
      if (step === 0) take(base + at, letters);
      at += step === 0 ? 1 : step;
    }
  }
  return found;
}
