/** Finds any of some hundred words in a long text, capitals or not: quicker than a regular expression of them. */

/** Offsets of the second letters of the words, in order: the first may be the line end before. */
export type WordSearch = (text: string) => readonly number[];

/** The shortest word that can be searched for. */
const least = 4;
/** Bytes looked at in one go; they are read faster than letters, and this many stay close to the processor. */
const blockLength = 1 << 18;
/** No word is longer. */
const longest = 32;

/**
 * As createValueSearch; here three letters have five bits each, in which small ones and capitals are the same.
 * Words have ASCII letters and at least four of them. Other letters of a text than ASCII may be taken for one of them.
 */
export function createWordSearch(words: readonly string[]): WordSearch {
  const steps = new Uint8Array(1 << 15).fill(least - 2);
  const byEnding = new Map<number, Uint8Array[]>();
  for (const word of new Set(words)) {
    if (word.length < least) throw new Error(`${JSON.stringify(word)} is too short to be searched for`);
    const bytes = Uint8Array.from(word, (letter) => letter.charCodeAt(0) | 32);
    const [early, ending] = [lettersAt(bytes, least - 2), lettersAt(bytes, least - 1)];
    steps[early] = Math.min(steps[early] ?? 0, 1);
    steps[ending] = 0;
    byEnding.set(ending, [...(byEnding.get(ending) ?? []), bytes]);
  }
  return (text) => walk(text, steps, byEnding);
}

/** Five bits of each of three letters, the last of which is at `at`. */
function lettersAt(bytes: Uint8Array, at: number): number {
  return (((bytes[at - 2] ?? 0) & 31) << 10) | (((bytes[at - 1] ?? 0) & 31) << 5) | ((bytes[at] ?? 0) & 31);
}

/** What is known of the block that is being looked at. */
interface Block {
  readonly bytes: Uint8Array;
  readonly length: number;
  readonly steps: Uint8Array;
  readonly byEnding: ReadonlyMap<number, readonly Uint8Array[]>;
}

function walk(text: string, steps: Uint8Array, byEnding: Block['byEnding']): readonly number[] {
  const found: number[] = [];
  const buffer = Buffer.allocUnsafe(Math.min(blockLength + longest, text.length));
  // Not as a Buffer, which is a class of its own to the engine.
  const bytes = new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
  for (let base = 0; base < text.length; base += blockLength) {
    const length = buffer.write(text.slice(base, base + blockLength + longest), 'latin1');
    const end = Math.min(length, blockLength + least - 1);
    for (const start of walkBlock({ bytes, length, steps, byEnding }, end)) found.push(base + start + 1);
  }
  return found;
}

/** Four walks at a time, because each of them waits for its table nearly all the time. */
function walkBlock(block: Block, end: number): readonly number[] {
  const { bytes, steps } = block;
  const found: readonly [number[], number[], number[], number[]] = [[], [], [], []];
  const quarter = Math.floor(end / 4);
  const [secondStart, thirdStart, fourthStart] = [quarter, quarter * 2, quarter * 3];
  let [first, second, third, fourth] = [least - 1, secondStart, thirdStart, fourthStart];
  if (quarter > least) {
    while (first < secondStart && second < thirdStart && third < fourthStart && fourth < end) {
      const [one, two] = [steps[lettersAt(bytes, first)] ?? 1, steps[lettersAt(bytes, second)] ?? 1];
      const [three, four] = [steps[lettersAt(bytes, third)] ?? 1, steps[lettersAt(bytes, fourth)] ?? 1];
      first += one === 0 ? look(block, first, found[0]) : one;
      second += two === 0 ? look(block, second, found[1]) : two;
      third += three === 0 ? look(block, third, found[2]) : three;
      fourth += four === 0 ? look(block, fourth, found[3]) : four;
    }
    walkOne(block, second, thirdStart, found[1]);
    walkOne(block, third, fourthStart, found[2]);
    walkOne(block, fourth, end, found[3]);
  }
  walkOne(block, first, quarter > least ? secondStart : end, found[0]);
  return found.flat();
}

function walkOne(block: Block, from: number, to: number, found: number[]): void {
  const { bytes, steps } = block;
  for (let at = from; at < to;) {
    const step = steps[lettersAt(bytes, at)] ?? 1;
    at += step === 0 ? look(block, at, found) : step;
  }
}

/** Notes the word whose fourth letter is here, if there is one; gives how far to go. */
function look({ bytes, length, byEnding }: Block, at: number, found: number[]): number {
  const start = at - least + 1;
  if (isThere(bytes, length, start, byEnding.get(lettersAt(bytes, at)) ?? [])) found.push(start);
  return 1;
}

function isThere(block: Uint8Array, length: number, start: number, words: readonly Uint8Array[]): boolean {
  for (const word of words) {
    let at = 0;
    while (at < word.length && start + at < length && ((block[start + at] ?? 0) | 32) === word[at]) at += 1;
    if (at === word.length) return true;
  }
  return false;
}
