/** An archive that comes out of a pipe: put into a file, because it is read more than once. */

import { isZip, packingOf } from '../archive/packing.js';
import { hasTarMark, maxSniffedBytes, sniffHead, type ArchiveForm } from '../archive/unpack.js';
import { failWith, peek, type Peeked } from './peek.js';
import type { Spool } from './spool.js';

/** Where the archive lies now, or the bytes of what is none. */
export type Piped =
  | { readonly path: string; readonly form: ArchiveForm; readonly damage?: string }
  | { readonly open: () => AsyncIterable<Buffer> };

/**
 * Looks at what comes first, which may take as long as somebody types. What goes wrong with it is told to
 * whoever reads the bytes.
 * @throws {UserError} the archive is larger than may be kept
 */
export async function spoolArchive(input: { open(): AsyncIterable<Buffer> }, spool: Spool): Promise<Piped> {
  const first = await peekOrFail(input.open());
  if (packingOf(first.head) === 'none' && !isZip(first.head) && !hasTarMark(first.head)) return { open: first.all };
  const { head, all } = await peek(first.all(), maxSniffedBytes);
  const form = await sniffHead(head);
  return form === undefined ? { open: all } : { ...(await spool.keep(all())), form };
}

async function peekOrFail(bytes: AsyncIterable<Buffer>): Promise<Peeked> {
  try {
    return await peek(bytes);
  } catch (error) {
    return { head: Buffer.alloc(0), all: () => failWith(error), close: () => Promise.resolve() };
  }
}
