/** Keeps the texts that a tracker is given while a report is being put together, the larger ones packed. */

import type { PackedAttachment } from '../render/filing/packed-attachment.js';
import type { Manifest } from '../source/manifest.js';
import type { Assembler } from './assembler.js';
import { chooseFiles, maxAllBytes, maxAttachmentBytes } from './filed-files.js';
import { packAttachment } from './pack-attachments.js';
import { isText } from './read-filed.js';

export interface AttachmentDesk {
  /** The same assembler, watched. */
  readonly assembler: Assembler;
  /** As `file` finds them when it reads the report. */
  packed(manifest: Manifest): Promise<readonly PackedAttachment[]>;
}

/** Larger ones are waited for, so that not many of them are held at once. */
const maxUnawaitedBytes = 1024 * 1024;

export function watchAttachments(assembler: Assembler): AttachmentDesk {
  const kept = new Map<string, Promise<PackedAttachment>>();
  let room = maxAllBytes;
  const keep = async (path: string | undefined, content: Buffer | undefined): Promise<void> => {
    if (path === undefined || content === undefined || content.length > Math.min(room, maxAttachmentBytes)) return;
    if (!isText(content)) return;
    room -= content.length;
    // Who it belongs to is told in the end, by the manifest.
    const packing = packAttachment({ id: '', side: 'source', path, name: '', content });
    packing.catch(() => {});
    kept.set(path, packing);
    if (content.length > maxUnawaitedBytes) await packing;
  };
  return {
    assembler: {
      ...assembler,
      async add(evidence, placement) {
        const added = await assembler.add(evidence, placement);
        const { artifact, content } = added;
        await keep(artifact.path, placement.isBinary === true ? undefined : content);
        await keep(artifact.stderr?.path, Buffer.from(added.evidence.stderr ?? ''));
        return added;
      },
    },
    async packed(manifest) {
      const found: PackedAttachment[] = [];
      for (const { artifact, path, name } of chooseFiles(manifest).files) {
        const packed = await kept.get(path);
        if (packed !== undefined && name !== undefined)
          found.push({ ...packed, id: artifact.id, side: artifact.side, name });
      }
      return found;
    },
  };
}
