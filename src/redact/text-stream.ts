/** Hands a long text on in blocks that no secret goes across, however the pieces were cut in which it came. */

import { isPemBodyLine, maxPemLength } from './pem-blocks.js';

export interface TextStream {
  /** Takes the next piece; gives what is done by now. */
  readonly push: (piece: string) => string;
  /** Gives the rest. */
  readonly finish: () => string;
}

/** Letters that a block is to have; one line, or one key, may make it longer. */
const wishedLength = 1024 * 1024;

/**
 * `redactBlock` gets whole lines; a key of several lines is never cut. Where a block ends depends on the text
 * alone. `firstLine`: number of its first line, from 1.
 */
export function createTextStream(
  redactBlock: (block: string, firstLine: number) => string,
  blockLength = wishedLength,
): TextStream {
  let kept = '';
  let firstLine = 1;
  /** A block does not end before it: known since it was looked for last. */
  let least = 0;
  const takeBlock = (end: number): string => {
    const block = kept.slice(0, end);
    const done = redactBlock(block, firstLine);
    firstLine += countNewlines(block);
    kept = kept.slice(end);
    least = 0;
    return done;
  };
  return {
    push(piece) {
      kept += piece;
      let done = '';
      while (kept.length > Math.max(blockLength, least)) {
        const end = findBlockEnd(kept, blockLength);
        if (end === undefined) {
          // Twice as much, so that a long line is not looked through for every piece.
          least = Math.max(blockLength, kept.length) * 2;
          break;
        }
        done += takeBlock(end);
      }
      return done;
    },
    finish() {
      let done = '';
      while (kept !== '') {
        const end = kept.length > blockLength ? findBlockEnd(kept, blockLength) : undefined;
        done += takeBlock(end ?? kept.length);
      }
      return done;
    },
  };
}

/** Lines looked at in either direction; a key has fewer, and what has more is none. */
const maxTries = 300;

/** Behind the last line within the wished length behind which nothing goes on, else the first such one later on. */
function findBlockEnd(text: string, wished: number): number | undefined {
  let end = text.lastIndexOf('\n', wished - 1) + 1;
  for (let tries = 0; end > 0 && tries < maxTries; tries += 1) {
    const safe = safeEnd(text, end);
    if (safe === end) return end;
    end = safe ?? text.lastIndexOf('\n', end - 2) + 1;
  }
  let newline = text.indexOf('\n', wished);
  for (let tries = 0; newline !== -1 && newline + 1 < text.length; tries += 1) {
    if (tries >= maxTries || safeEnd(text, newline + 1) === newline + 1) return newline + 1;
    newline = text.indexOf('\n', newline + 1);
  }
  return undefined;
}

/** The same place when a block may end there; the beginning of a key that is open there; undefined = neither. */
function safeEnd(text: string, end: number): number | undefined {
  const from = Math.max(0, end - maxPemLength);
  const before = text.slice(from, end);
  if (isPemBodyLine(lastLineOf(before))) return undefined;
  const begin = before.lastIndexOf('-----BEGIN ');
  if (begin === -1 || before.includes('-----END ', begin)) return end;
  const lineStart = before.lastIndexOf('\n', begin) + 1;
  return lineStart > 0 ? from + lineStart : undefined;
}

function lastLineOf(text: string): string {
  const end = text.endsWith('\n') ? text.length - 1 : text.length;
  return text.slice(text.lastIndexOf('\n', end - 1) + 1, end);
}

function countNewlines(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}
