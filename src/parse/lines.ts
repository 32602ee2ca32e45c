/** Cuts text into lines the way all line based formats here need it. */

/** Lines without their ends; an empty last line and carriage returns are dropped. */
export function splitLines(text: string): readonly string[] {
  const lines = text.split('\n').map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** A whole decimal number, or undefined. */
export function parseWhole(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
