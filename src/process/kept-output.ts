/** Keeps the head or the tail of a stream of bytes without ever holding much more than that. */

export type KeepEnd = 'head' | 'tail';

export interface KeptOutput {
  /** Takes a chunk; true when bytes had to be dropped, now or before. */
  push(chunk: Uint8Array): boolean;
  /** What was kept, at most `maxBytes`. */
  bytes(): Buffer;
  isTruncated(): boolean;
}

/** Collects at most `maxBytes` of what is pushed, from the beginning (`head`) or the end (`tail`). */
export function keepOutput(maxBytes: number, keep: KeepEnd): KeptOutput {
  return keep === 'head' ? keepHead(maxBytes) : keepTail(maxBytes);
}

function keepHead(maxBytes: number): KeptOutput {
  const chunks: Uint8Array[] = [];
  let size = 0;
  let truncated = false;
  return {
    push(chunk) {
      const room = maxBytes - size;
      if (chunk.length > room) truncated = true;
      const kept = chunk.subarray(0, room);
      // A copy, because a small part of a pooled chunk would hold the whole of it.
      if (kept.length > 0) chunks.push(Buffer.from(kept));
      size += kept.length;
      return truncated;
    },
    bytes: () => Buffer.concat(chunks),
    isTruncated: () => truncated,
  };
}

function keepTail(maxBytes: number): KeptOutput {
  let chunks: Uint8Array[] = [];
  let size = 0;
  let truncated = false;
  const compact = (): void => {
    const all = Buffer.concat(chunks);
    const kept = all.subarray(Math.max(0, all.length - maxBytes));
    chunks = [Buffer.from(kept)];
    size = kept.length;
  };
  return {
    push(chunk) {
      chunks.push(Buffer.from(chunk));
      size += chunk.length;
      if (size > maxBytes) truncated = true;
      // Twice the limit, so that a stream of small chunks is not copied once per chunk.
      if (size > 2 * maxBytes + 65_536) compact();
      return truncated;
    },
    bytes() {
      compact();
      return Buffer.concat(chunks);
    },
    isTruncated: () => truncated,
  };
}
