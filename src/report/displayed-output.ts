/** Keeps what a command displayed, as a report records it: at most its end. */

import { keepOutput } from '../process/kept-output.js';
import type { ToldAction } from './action.js';

/** What was displayed is longer only when something goes round in circles. */
const maxBytes = 4 * 1024 * 1024;

/** `origin`: where it was read, in words. Fails as the pieces do. */
export async function keepDisplayed(
  pieces: AsyncIterable<Buffer>,
  origin: string,
): Promise<NonNullable<ToldAction['output']>> {
  const kept = keepOutput(maxBytes, 'tail');
  for await (const piece of pieces) kept.push(piece);
  return {
    origin,
    text: kept.bytes().toString('utf8'),
    cut: kept.isTruncated() ? { status: 'truncated', reason: 'its beginning is left out' } : undefined,
  };
}
