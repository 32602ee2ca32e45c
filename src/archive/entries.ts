/** Walks through the entries of a tar archive, in order, without ever holding more than a piece of one. */

import { extract, type Extract } from 'tar-stream';

import { UserError } from '../errors.js';
import type { Packing } from './packing.js';
import { tooLarge, unpack } from './unpack.js';

export interface WalkLimits {
  /** Entries of any kind; a report has some hundreds. */
  readonly maxEntries: number;
  /** All entries together, unpacked. */
  readonly maxTotalBytes: number;
  /** Ends the walk with its reason. */
  readonly signal?: AbortSignal;
}

/** One entry; its content is there until the next one is asked for, and need not be read. */
export interface RawEntry {
  /** Counted from 0. */
  readonly position: number;
  /** As it stands in the archive. Untrusted. */
  readonly name: string;
  /** As tar-stream calls it; unknown ones are null. */
  readonly type: string | null;
  readonly bytes: number;
  /** When it was written last, milliseconds since 1970; undefined where the archive does not say. */
  readonly modifiedMs?: number;
  /** Why its content cannot be read, one clause; undefined = it can. */
  readonly refusal?: string;
  readonly content: AsyncIterable<Buffer>;
}

/** What is known of the end of the stream. */
interface End {
  /** Zeros that it ends in, as far as that matters. */
  zeros: number;
  damage?: Error;
}

/** Less than this at the end is no end of a tar archive. */
const endMarkBytes = 1024;

/**
 * Gives the entries. Throws a {@link CutOff} behind the last whole one when the archive just stops, and
 * any other Error where it is damaged.
 * @throws {UserError} there is more in it than a report ever holds
 */
export async function* walkTar(path: string, packing: Packing, limits: WalkLimits): AsyncGenerator<RawEntry> {
  const parser = extract();
  const end: End = { zeros: 0 };
  const feeding = feed(parser, watch(unpack(path, packing, limits.maxTotalBytes), limits.signal), end);
  let position = 0;
  let declared = 0;
  try {
    for await (const entry of parser) {
      const { name, type, size, mtime } = entry.header;
      declared += size;
      if (declared > limits.maxTotalBytes) throw tooLarge(path, limits.maxTotalBytes);
      if (position >= limits.maxEntries) throw tooMany(path, limits.maxEntries);
      const modifiedMs = mtime?.getTime() ?? 0;
      const known = modifiedMs > 0 ? { modifiedMs } : {};
      yield { position, name, type, bytes: size, ...known, content: readContent(entry, end) };
      position += 1;
      await drain(entry);
    }
  } catch (error) {
    throw end.damage ?? toCutOff(error);
  } finally {
    parser.destroy(null);
    await feeding;
  }
  if (end.damage !== undefined) throw end.damage;
  if (end.zeros < endMarkBytes) throw new CutOff();
}

/** What is said of an archive with too many entries. */
export function tooMany(path: string, maxEntries: number): UserError {
  return new UserError(`${path} is not read: it holds more than ${maxEntries} entries`);
}

async function* watch(bytes: AsyncGenerator<Buffer>, signal: AbortSignal | undefined): AsyncGenerator<Buffer> {
  for await (const chunk of bytes) {
    signal?.throwIfAborted();
    yield chunk;
  }
}

/** The archive stops before its end. */
export class CutOff extends Error {
  override readonly name = 'CutOff';

  constructor() {
    super('the archive stops before its end');
  }
}

/** What tar-stream says when it was fed to the end and lacks something. */
function toCutOff(error: unknown): unknown {
  return error instanceof Error && error.message === 'Unexpected end of data' ? new CutOff() : error;
}

type Source = Extract extends AsyncIterable<infer Each> ? Each : never;

async function* readContent(entry: Source, end: End): AsyncGenerator<Buffer> {
  const pieces: AsyncIterator<unknown, unknown> = entry[Symbol.asyncIterator]();
  let isLeft = true;
  try {
    for (;;) {
      const { done, value: piece } = await pieces.next();
      if (done === true) break;
      if (piece instanceof Uint8Array) yield Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    }
    isLeft = false;
  } catch (error) {
    isLeft = false;
    throw end.damage ?? toCutOff(error);
  } finally {
    // Whoever has seen enough must not end the entry: the parser would wait for ever for somebody to read it.
    if (isLeft) await readToEnd(pieces);
  }
}

/** What goes wrong here is found by the walk as well. */
async function readToEnd(pieces: AsyncIterator<unknown, unknown>): Promise<void> {
  try {
    while ((await pieces.next()).done !== true);
  } catch {
    // See above.
  }
}

/** Reads what nobody wanted. */
async function drain(entry: Source): Promise<void> {
  if (entry.destroyed) return;
  entry.resume();
  await new Promise<void>((resolve, reject) => {
    entry.once('end', resolve);
    entry.once('close', resolve);
    entry.once('error', reject);
  });
}

/** Never rejects: what goes wrong ends the parser, and so the walk. */
async function feed(parser: Extract, bytes: AsyncGenerator<Buffer>, end: End): Promise<void> {
  let wake = (): void => {};
  parser.on('drain', () => wake());
  parser.once('close', () => wake());
  try {
    for await (const chunk of bytes) {
      countZeros(chunk, end);
      const drained = new Promise<void>((resolve) => {
        wake = resolve;
      });
      if (parser.destroyed) return;
      if (!parser.write(chunk)) await drained;
    }
  } catch (error) {
    end.damage = error instanceof Error ? error : new Error(String(error));
    if (error instanceof UserError) parser.destroy(error);
  }
  // What came before the damage is still taken.
  if (!parser.destroyed) parser.end(undefined);
}

/** A tar archive ends in two blocks of zeros. */
function countZeros(chunk: Buffer, end: End): void {
  let zeros = 0;
  while (zeros < chunk.length && zeros < endMarkBytes && chunk[chunk.length - 1 - zeros] === 0) zeros += 1;
  end.zeros = zeros === chunk.length ? end.zeros + zeros : zeros;
}
