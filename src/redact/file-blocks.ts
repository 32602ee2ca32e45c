/** Redacts evidence made of several small files, each by what it is. */

import { shiftEdits, type Edit, type Redactor } from './edits.js';

/**
 * Blocks as FilesRequest describes them: a line `== STATUS PATH`, then the contents behind tabs. `choose`
 * tells what is looked for in the file at a path; undefined = nothing.
 */
export function redactFileBlocks(text: string, choose: (path: string) => Redactor | undefined): readonly Edit[] {
  const blocks: (readonly Edit[])[] = [];
  const header = /^== [a-z-]+ (.+)$/gm;
  for (let match = header.exec(text); match !== null; match = header.exec(text)) {
    const start = match.index + match[0].length + 1;
    const next = text.indexOf('\n== ', start - 1);
    const end = next === -1 ? text.length : next;
    const redactor = choose(match[1] ?? '');
    if (redactor !== undefined && end > start) blocks.push(shiftEdits(redactor(text.slice(start, end)), start));
  }
  return blocks.flat();
}
