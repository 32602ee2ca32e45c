/** Has CRIU's own `crit` decode the inventory of a set of images, where it is installed. */

import { runCommand } from '../process/run.js';
import type { Spool } from './spool.js';

export interface DecodeOptions {
  readonly spool: Spool;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

/** Python takes its time to start. */
const timeoutMs = 10_000;
const maxBytes = 64 * 1024;

/**
 * What crit prints, from a private copy of the image; undefined where there is no crit, or where it does not
 * understand the image. The inventory holds neither memory nor names of files (criu/images/inventory.proto).
 */
export async function decodeInventory(
  image: Buffer,
  { spool, env, signal }: DecodeOptions,
): Promise<string | undefined> {
  if (image.length === 0 || image.length > maxBytes) return undefined;
  const { path, damage } = await spool.keep(once(image));
  if (damage !== undefined) return undefined;
  const options = { timeoutMs, maxBytes, keep: 'head', env, signal } as const;
  const { status, stdout, truncated } = await runCommand(['crit', 'decode', '-i', path], options);
  return status === 'ok' && !truncated ? stdout.toString('utf8') : undefined;
}

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield await Promise.resolve(bytes);
}
