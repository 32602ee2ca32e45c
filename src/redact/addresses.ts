/** Finds user and password in addresses: `https://user:word@host/`, `//user:word@server/share`. */

import { findAll, hide, isHarmless, type Edit } from './edits.js';

/**
 * From the slashes to the last `@` before the path. A user alone is no secret, unless it is long enough to be
 * a token. The parts exclude the slash or are short, so that a long line is walked once; and quotes, so that
 * what comes after a text in JSON stays. A password with a slash in it is no valid address, but mounts are
 * written like that; behind a colon and a port there is a path instead.
 */
const address = /\/\/((?:[^\s/:@"'<>[\]]*:(?!\d{1,5}\/)[^\s"'<>]{0,200}|[^\s/:@"'<>]*:[^\s/"]*|[^\s/:@"'<>]{20,}))@/g;

/** Without a scheme it is the source of a mount, and what stands behind the colon is no port. */
const share = /(?<![\w:])\/\/([^\s/:@"'<>[\]]{0,200}:[^\s"'<>]{0,200})@/g;

export function findAddressCredentials(text: string): readonly Edit[] {
  if (!text.includes('@') || !text.includes('//')) return [];
  return [...findAll(address, text), ...findAll(share, text)]
    .filter(([, credentials = '']) => !isHarmless(credentials))
    .map((match) => hide(match.index + 2, match.index + 2 + (match[1] ?? '').length, 'url-credentials'));
}
