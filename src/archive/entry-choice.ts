/** Which entries of an archive are taken, and why others are not. */

import type { RawEntry } from './entries.js';
import { judgeEntryName } from './entry-name.js';

/** The plain name under which an entry is taken, or why it is not; neither for directories. */
export interface EntryChoice {
  readonly name?: string;
  readonly refusal?: string;
}

const kinds: Readonly<Record<string, string>> = {
  link: 'it is a hard link',
  symlink: 'it is a symbolic link',
  'character-device': 'it is a device',
  'block-device': 'it is a device',
  fifo: 'it is a fifo',
};

/** Plain files with a plain name that none before it had. `taken`: the names of those before it. */
export function chooseEntry(
  entry: RawEntry,
  taken: { has(name: string): boolean },
  maxEntryBytes: number,
): EntryChoice {
  const { type, bytes } = entry;
  if (type === 'directory') return {};
  if (type !== 'file' && type !== 'contiguous-file') return { refusal: kinds[type ?? ''] ?? 'it is no file' };
  const { name, refusal } = judgeEntryName(entry.name);
  if (refusal !== undefined) return { refusal };
  if (taken.has(name)) return { refusal: 'the archive holds that name twice, and the first one counts' };
  if (entry.refusal !== undefined) return { refusal: entry.refusal };
  if (bytes > maxEntryBytes) return { refusal: `it has ${bytes} bytes, more than ${maxEntryBytes}` };
  return { name };
}

/** The end of a name tells more than its beginning. */
export function shortenName(name: string): string {
  return name.length <= 120 ? name : `…${name.slice(-120)}`;
}
