/** What is written for a tracker, and what the user is told about it. */

import type { LeftOutText } from '../../report/attachment.js';

export interface PreparedFile {
  /** Below the directory that is made. */
  readonly name: string;
  readonly content: Buffer | string;
  /** What to do with it, a few words; undefined for attachments. */
  readonly purpose?: string;
}

export interface Prepared {
  /** As people call the tracker. */
  readonly tracker: string;
  readonly title: string;
  readonly tags: readonly string[];
  readonly url: string;
  readonly files: readonly PreparedFile[];
  readonly attachments: readonly PreparedFile[];
  /** Questions left to the user. */
  readonly blanks: readonly string[];
  readonly leftOut: readonly LeftOutText[];
  /** What to know before it is sent, a sentence each. */
  readonly notes: readonly string[];
}

/** Where attachments lie. */
export const attachmentFolder = 'attachments';
