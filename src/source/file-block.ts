/** Writes a small file as one block of an answer that holds several. */

import type { Answer } from './evidence.js';

/** As {@link FilesRequest} describes it. */
export function writeFileBlock(path: string, { status, content }: Answer): string {
  const lines = content === undefined ? [] : content.toString('utf8').replace(/\n$/, '').split('\n');
  return [`== ${status} ${path}`, ...lines.map((line) => `\t${line}`)].map((line) => `${line}\n`).join('');
}
