/** Reads a directory listing as a source writes it. */

import { splitLines } from './lines.js';

export interface ListedFile {
  /** f d l p s c b, or ? */
  readonly type: string;
  readonly sizeBytes: number;
  /** Seconds since 1970. */
  readonly modifiedS: number;
  /** Control characters and backslashes stay as \xNN. */
  readonly name: string;
}

/** [] = an empty directory, undefined = no listing: `f 8123 1763640988.312 forkstart.log` */
export function parseListing(text: string): readonly ListedFile[] | undefined {
  const entries = splitLines(text).map((line) => {
    const [, type, size, modified, name] = /^([fdlpscb?]) (\d+) (-?\d+(?:\.\d+)?) (.+)$/.exec(line) ?? [];
    if (type === undefined || name === undefined) return undefined;
    return { type, sizeBytes: Number(size), modifiedS: Number(modified), name };
  });
  const known = entries.filter((entry) => entry !== undefined);
  return known.length === entries.length ? known : undefined;
}
