/** Packs the larger attachments. */

import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

import type { PackedAttachment } from '../render/filing/packed-attachment.js';
import type { Attachment } from './attachment.js';

/** Smaller ones are read in the browser. */
const maxPlainBytes = 128 * 1024;

/** Its time stamp is empty, so that the same text gives the same bytes. */
export async function packAttachment({ content, ...about }: Attachment): Promise<PackedAttachment> {
  const isGzip = content.length > maxPlainBytes;
  return { ...about, bytes: content.length, body: isGzip ? await promisify(gzip)(content) : content, isGzip };
}

/** One after the other, in their order. */
export async function packAttachments(attachments: readonly Attachment[]): Promise<readonly PackedAttachment[]> {
  const packed: PackedAttachment[] = [];
  for (const attachment of attachments) packed.push(await packAttachment(attachment));
  return packed;
}
