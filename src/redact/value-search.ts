/** Finds many fixed texts in one walk over a long one, in steps as long as the shortest of them allows. */

/** Offsets in UTF-16 units. */
export interface Found {
  readonly start: number;
  readonly end: number;
}

/** Gives what is found, in order, nothing overlapping; of several at one place the longest. */
export type ValueSearch = (text: string) => readonly Found[];

/**
 * After Wu and Manber ("A fast algorithm for multi-pattern searching", 1994): two letters tell how far one may
 * go. A regular expression of as many alternatives looks at every letter, which takes longer than packing.
 */
export function createValueSearch(values: readonly string[]): ValueSearch {
  const needles = [...new Set(values)].filter(({ length }) => length >= 2).toSorted((a, b) => b.length - a.length);
  const least = needles.at(-1)?.length;
  if (least === undefined) return () => [];
  const steps = new Uint8Array(65_536).fill(Math.min(255, least - 1));
  const byEnding = new Map<number, string[]>();
  for (const needle of needles) {
    for (let at = 1; at < least; at += 1) {
      const pair = pairAt(needle, at);
      steps[pair] = Math.min(steps[pair] ?? 0, least - 1 - at);
    }
    const ending = pairAt(needle, least - 1);
    byEnding.set(ending, [...(byEnding.get(ending) ?? []), needle]);
  }
  return (text) => walk(text, least, steps, byEnding);
}

function pairAt(text: string, at: number): number {
  return ((text.charCodeAt(at - 1) & 255) << 8) | (text.charCodeAt(at) & 255);
}

function walk(
  text: string,
  least: number,
  steps: Uint8Array,
  byEnding: ReadonlyMap<number, readonly string[]>,
): readonly Found[] {
  const found: Found[] = [];
  for (let at = least - 1; at < text.length;) {
    const pair = ((text.charCodeAt(at - 1) & 255) << 8) | (text.charCodeAt(at) & 255);
    const step = steps[pair] ?? 0;
    if (step > 0) {
      at += step;
      continue;
    }
    const start = at - least + 1;
    const needle = byEnding.get(pair)?.find((each) => text.startsWith(each, start));
    if (needle === undefined) at += 1;
    else {
      found.push({ start, end: start + needle.length });
      at += needle.length;
    }
  }
  return found;
}
