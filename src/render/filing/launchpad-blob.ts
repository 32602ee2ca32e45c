/** The message that Launchpad's form for data takes (help.launchpad.net/BugReportingTool). */

import { failureTitle } from '../launchpad.js';
import type { Filing } from './filing.js';
import { appendedDescription, launchpadTagsOf } from './launchpad-text.js';
import { renderMimeBody, renderMimeMessage, type MimeBody, type MimePart } from './mime-message.js';
import { sentName, type PackedAttachment } from './packed-attachment.js';

/** The description and the attachments; ASCII alone. */
export function renderBlob(filing: Filing, attachments: readonly PackedAttachment[]): Buffer {
  const description: MimePart = {
    headers: [
      ['Content-Disposition', 'inline'],
      ['Content-Type', 'text/plain; charset="utf-8"'],
    ],
    body: { base64: Buffer.from(appendedDescription(filing)) },
  };
  return renderMimeMessage(
    [
      ['Subject', failureTitle(filing.summary)],
      ['Tags', launchpadTagsOf(filing.summary).join(' ')],
    ],
    [description, ...attachments.map(attachmentPart)],
  );
}

function attachmentPart(attachment: PackedAttachment): MimePart {
  return {
    headers: [
      ['Content-Disposition', `attachment; filename="${sentName(attachment)}"`],
      ['Content-Type', attachment.isGzip ? 'application/gzip' : 'text/plain; charset="utf-8"'],
    ],
    body: { base64: attachment.body },
  };
}

/** The form around it, as apport sends it: Launchpad wants LF here too (LP 2097632). */
export function renderBlobForm(blob: Buffer): MimeBody {
  return renderMimeBody([
    { headers: [['Content-Disposition', 'form-data; name="FORM_SUBMIT"']], body: { ascii: Buffer.from('1') } },
    {
      headers: [
        ['Content-Disposition', 'form-data; name="field.blob"; filename="x"'],
        ['Content-Type', 'application/octet-stream'],
      ],
      body: { ascii: blob },
    },
  ]);
}
