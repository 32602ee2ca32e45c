/** Reads which programs were found, and how much room there is, as a source writes it. */

import { parseWhole, splitLines } from './lines.js';

/** Path by name, from lines `ip /usr/sbin/ip`; undefined when a line is something else. */
export function parsePrograms(text: string): ReadonlyMap<string, string> | undefined {
  const found = new Map<string, string>();
  for (const line of splitLines(text)) {
    const [, name, path] = /^(\S+) (\/.*)$/.exec(line) ?? [];
    if (name === undefined || path === undefined) return undefined;
    found.set(name, path);
  }
  return found;
}

export interface Space {
  /** The path that was asked about, or the nearest directory above it that there is. */
  readonly path: string;
  readonly totalBytes: number;
  readonly availableBytes: number;
}

/** From the lines `path P`, `total N`, `available N`. */
export function parseSpace(text: string): Space | undefined {
  const [totalBytes, availableBytes] = ['total', 'available'].map((key) =>
    parseWhole(new RegExp(`^${key} (\\d+)$`, 'm').exec(text)?.[1]),
  );
  const path = /^path (.+)$/m.exec(text)?.[1];
  if (path === undefined || totalBytes === undefined || availableBytes === undefined) return undefined;
  return { path, totalBytes, availableBytes };
}
