/** Attachments as they travel: small texts as they are, to be read in a browser, larger ones packed. */

import type { Attachment, LeftOutText } from '../../report/attachment.js';

export interface PackedAttachment {
  readonly attachment: Attachment;
  /** Undefined: it goes as it is. */
  readonly gzip?: Buffer;
}

export interface PackedAttachments {
  /** In the order in which they were given. */
  readonly packed: readonly PackedAttachment[];
  readonly leftOut: readonly LeftOutText[];
}

/** Size in a message, where everything is base64. */
export function sentBytes({ attachment, gzip }: PackedAttachment): number {
  return Math.ceil(((gzip ?? attachment.content).length * 4) / 3);
}

/** Leaves out the largest until the others fit. */
export function fitAttachments(all: readonly PackedAttachment[], maxBytes: number): PackedAttachments {
  const kept = new Set(all);
  let total = all.reduce((sum, each) => sum + sentBytes(each), 0);
  for (const each of all.toSorted((left, right) => sentBytes(right) - sentBytes(left))) {
    if (total <= maxBytes) break;
    kept.delete(each);
    total -= sentBytes(each);
  }
  const left = all.filter((each) => !kept.has(each));
  return {
    packed: all.filter((each) => kept.has(each)),
    leftOut: left.map(({ attachment: { path, content } }) => ({
      path,
      bytes: content.length,
      reason: 'too large to be sent',
    })),
  };
}
