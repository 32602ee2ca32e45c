/** Reads /proc/filesystems. */

import { splitLines } from './lines.js';

/**
 * Names of the types that the kernel knows now (`man 5 proc_filesystems`):
 *
 *     nodev	tmpfs
 *     	ext4
 */
export function parseFilesystems(text: string): readonly string[] | undefined {
  const lines = splitLines(text);
  const types = lines.flatMap((line) => /^(?:nodev)?\t([\w.-]+)$/.exec(line)?.[1] ?? []);
  return types.length === lines.length && types.length > 0 ? types : undefined;
}
