/** Packs the larger attachments. */

import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

import type { PackedAttachment } from '../render/filing/packed-attachment.js';
import type { Attachment } from './attachment.js';

/** Smaller ones are read in the browser. */
const maxPlainBytes = 128 * 1024;

/** One after the other, in their order. */
export async function packAttachments(attachments: readonly Attachment[]): Promise<readonly PackedAttachment[]> {
  const packed: PackedAttachment[] = [];
  for (const attachment of attachments) {
    const { content } = attachment;
    packed.push(content.length <= maxPlainBytes ? { attachment } : { attachment, gzip: await promisify(gzip)(content) });
  }
  return packed;
}
