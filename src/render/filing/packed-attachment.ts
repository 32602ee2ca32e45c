/** Attachments as they travel: small texts as they are, to be read in a browser, larger ones packed. */

import type { Attachment, LeftOutText } from '../../report/attachment.js';

export interface PackedAttachment extends Omit<Attachment, 'content'> {
  /** Of the text. */
  readonly bytes: number;
  /** The text, or the same packed with gzip. */
  readonly body: Buffer;
  readonly isGzip: boolean;
}

export interface FittingAttachments {
  /** In the order in which they were given. */
  readonly packed: readonly PackedAttachment[];
  readonly leftOut: readonly LeftOutText[];
}

/** Launchpad runs into its own time-outs with large messages (blog.launchpad.net, "You can't be too helpful"). */
export const maxSentBytes = 4 * 1024 * 1024;

/** The name, with the ending of what is packed. */
export function sentName({ name, isGzip }: PackedAttachment): string {
  return isGzip ? `${name}.gz` : name;
}

/** Size in a message, where everything is base64. */
function sentBytes({ body }: PackedAttachment): number {
  return Math.ceil((body.length * 4) / 3);
}

/** Leaves out the largest until the others fit. */
export function fitAttachments(all: readonly PackedAttachment[], maxBytes: number): FittingAttachments {
  const left = new Set<PackedAttachment>();
  let total = all.reduce((sum, each) => sum + sentBytes(each), 0);
  for (const each of all.toSorted((one, other) => sentBytes(other) - sentBytes(one))) {
    if (total <= maxBytes) break;
    left.add(each);
    total -= sentBytes(each);
  }
  return {
    packed: all.filter((each) => !left.has(each)),
    leftOut: [...left].map(({ path, bytes }) => ({ path, bytes, reason: 'too large to be sent' })),
  };
}
