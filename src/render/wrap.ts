/** Breaks text into lines that fit a terminal, by columns and not by characters. */

/** East Asian wide and emoji ranges, as far as host names, paths and process names meet them. */
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f680}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const combining = /\p{Mn}|\p{Me}/u;
/** Most text is; the patterns above are slow, and slow to make. */
const ascii = /^[ -~]*$/;

/** Columns that a terminal gives to the text. The text holds no control characters. */
export function displayWidth(text: string): number {
  if (ascii.test(text)) return text.length;
  let columns = 0;
  for (const character of text) {
    if (combining.test(character)) continue;
    columns += wide.test(character) ? 2 : 1;
  }
  return columns;
}

/** `text` filled with spaces to `columns`. */
export function padTo(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - displayWidth(text)));
}

/**
 * Breaks at spaces so that each line, indent included, fits into `columns`; a longer word (a path,
 * a command) stays whole. `first` begins the first line, `rest` the others.
 */
export function wrap(text: string, columns: number, first = '', rest = first): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const lead = lines.length === 0 ? first : rest;
    if (line === '') {
      line = word;
    } else if (displayWidth(lead) + displayWidth(line) + 1 + displayWidth(word) <= columns) {
      line += ` ${word}`;
    } else {
      lines.push(lead + line);
      line = word;
    }
  }
  lines.push((lines.length === 0 ? first : rest) + line);
  return lines;
}
