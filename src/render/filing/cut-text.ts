/** Cuts texts to what a field can take. */

export interface TextLimit {
  readonly maxCharacters: number;
  /** Logs are interesting at the end. */
  readonly keeps: 'head' | 'tail';
  /** Where all of it is, one clause; said where something was cut. */
  readonly rest: string;
}

/** Lines as they are printed are cut at 2,000 characters. */
const maxLine = 2000;

/** Whole lines of the text, with a line that says how many are left out. */
export function cutText(text: string, { maxCharacters, keeps, rest }: TextLimit): readonly string[] {
  const lines = text.trimEnd().split(/\r?\n/);
  const kept: string[] = [];
  let room = maxCharacters;
  for (const line of keeps === 'tail' ? lines.toReversed() : lines) {
    room -= Math.min(line.length, maxLine) + 1;
    if (room < 0) break;
    kept.push(line);
  }
  if (kept.length === lines.length) return lines;
  const gap = `… (${lines.length - kept.length} more lines${rest === '' ? '' : `, ${rest}`})`;
  return keeps === 'tail' ? [gap, ...kept.toReversed()] : [...kept, gap];
}
