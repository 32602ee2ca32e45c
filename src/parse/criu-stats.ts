/** The statistics that CRIU writes beside its images at the end of a good dump or restore. */

/** Times in microseconds, everything else in pages; undefined = the release did not count it. */
export interface CriuDumpStats {
  /** Until all tasks stood still. */
  readonly freezingTimeUs?: number;
  /** How long they did. */
  readonly frozenTimeUs?: number;
  readonly memdumpTimeUs?: number;
  readonly memwriteTimeUs?: number;
  readonly pagesScanned?: number;
  readonly pagesSkippedParent?: number;
  readonly pagesWritten?: number;
  /** Microseconds. */
  readonly irmapResolveUs?: number;
  readonly pagesLazy?: number;
  /** Pipes, not pages. */
  readonly pagePipes?: number;
  readonly pagePipeBufs?: number;
  readonly shpagesScanned?: number;
  readonly shpagesSkippedParent?: number;
  readonly shpagesWritten?: number;
}

/** Times in microseconds, counts in pages; undefined = the release did not count it. */
export interface CriuRestoreStats {
  readonly pagesCompared?: number;
  readonly pagesSkippedCow?: number;
  readonly forkingTimeUs?: number;
  readonly restoreTimeUs?: number;
  readonly pagesRestored?: number;
}

/** One file of statistics: `stats-dump` holds the one, `stats-restore` the other. */
export interface CriuStats {
  readonly dump?: CriuDumpStats;
  readonly restore?: CriuRestoreStats;
}

/*
 * criu/include/magic.h and images/stats.proto (4.2): two magic numbers and the length of the message,
 * each four bytes, then the message. CRIU before 2.0 wrote the second number alone.
 */
const serviceMagic = 0x55105940;
const statsMagic = 0x57093306;
/** Twenty numbers; a larger file is none of CRIU's. */
const maxBytes = 4096;

/** Fields by their numbers in the message. */
const dumpFields: Readonly<Record<number, keyof CriuDumpStats>> = {
  1: 'freezingTimeUs',
  2: 'frozenTimeUs',
  3: 'memdumpTimeUs',
  4: 'memwriteTimeUs',
  5: 'pagesScanned',
  6: 'pagesSkippedParent',
  7: 'pagesWritten',
  8: 'irmapResolveUs',
  9: 'pagesLazy',
  10: 'pagePipes',
  11: 'pagePipeBufs',
  12: 'shpagesScanned',
  13: 'shpagesSkippedParent',
  14: 'shpagesWritten',
};
const restoreFields: Readonly<Record<number, keyof CriuRestoreStats>> = {
  1: 'pagesCompared',
  2: 'pagesSkippedCow',
  3: 'forkingTimeUs',
  4: 'restoreTimeUs',
  5: 'pagesRestored',
};

/**
 * Takes a file of statistics apart; undefined when it is none, or is cut off.
 *
 *     40591055 06330957 26000000 0a24 08a69606 10f2d307 …   stats-dump: freezing 101158 µs, frozen 125426 µs
 */
export function parseCriuStats(bytes: Uint8Array): CriuStats | undefined {
  if (bytes.length > maxBytes) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const begin = readMagic(view);
  if (begin === undefined || view.byteLength < begin + 4) return undefined;
  const end = begin + 4 + view.getUint32(begin, true);
  if (end > bytes.length) return undefined;
  const entries = readMessage(bytes.subarray(begin + 4, end));
  const dump = readPart(entries?.get(1), dumpFields);
  const restore = readPart(entries?.get(2), restoreFields);
  if (dump === undefined && restore === undefined) return undefined;
  return { ...(dump !== undefined && { dump }), ...(restore !== undefined && { restore }) };
}

/** Where the length stands; undefined for files of another kind. */
function readMagic(view: DataView): number | undefined {
  if (view.byteLength >= 8 && view.getUint32(0, true) === serviceMagic) {
    return view.getUint32(4, true) === statsMagic ? 8 : undefined;
  }
  return view.byteLength >= 4 && view.getUint32(0, true) === statsMagic ? 4 : undefined;
}

/** The known numbers of a nested message by their names. */
function readPart<Name extends string>(
  bytes: number | Uint8Array | undefined,
  fields: Readonly<Record<number, Name>>,
): Partial<Record<Name, number>> | undefined {
  const entries = bytes instanceof Uint8Array ? readMessage(bytes) : undefined;
  if (entries === undefined) return undefined;
  const part: Partial<Record<Name, number>> = {};
  for (const [field, value] of entries) {
    const name = fields[field];
    if (name !== undefined && typeof value === 'number') part[name] = value;
  }
  return part;
}

/**
 * Numbers and nested messages by field number, the last of each; undefined when it is no message. Two
 * wire types are enough for this file (protobuf.dev/programming-guides/encoding): 0 a varint, 2 bytes.
 */
function readMessage(bytes: Uint8Array): ReadonlyMap<number, number | Uint8Array> | undefined {
  const entries = new Map<number, number | Uint8Array>();
  for (let at = 0; at < bytes.length;) {
    const key = readVarint(bytes, at);
    const first = key && readVarint(bytes, key.next);
    if (key === undefined || first === undefined) return undefined;
    const [field, wireType] = [Math.floor(key.value / 8), key.value % 8];
    if (wireType !== 0 && wireType !== 2) return undefined;
    at = wireType === 0 ? first.next : first.next + first.value;
    if (at > bytes.length) return undefined;
    entries.set(field, wireType === 0 ? first.value : bytes.subarray(first.next, at));
  }
  return entries;
}

/** Seven bits a byte, the lowest first; undefined when it has no end or is no number that a count may be. */
function readVarint(bytes: Uint8Array, begin: number): { readonly value: number; readonly next: number } | undefined {
  let value = 0;
  for (let at = begin, scale = 1; at < bytes.length && at < begin + 8; at += 1, scale *= 128) {
    const byte = bytes[at] ?? 0;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return Number.isSafeInteger(value) ? { value, next: at + 1 } : undefined;
  }
  return undefined;
}
