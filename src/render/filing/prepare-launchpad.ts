/** Prepares a bug for Launchpad: text to paste, a report file for apport, and the message that can be sent. */

import { failureTitle } from '../launchpad.js';
import { renderApport } from './apport-entries.js';
import type { Filing } from './filing.js';
import { renderBlob } from './launchpad-blob.js';
import { distributionOf, filebugUrl, launchpadTagsOf, pastedDescription } from './launchpad-text.js';
import { fitAttachments, maxSentBytes, sentName, type PackedAttachment } from './packed-attachment.js';
import { attachmentFolder, type Prepared } from './prepared.js';
import { launchpadPackage, launchpadQuestions } from './trackers/launchpad.js';

export interface PreparedLaunchpad {
  readonly prepared: Prepared;
  /** What `--upload` sends. */
  readonly blob: Buffer;
  /** Names and bytes of what is in it, the largest first. */
  readonly sent: readonly (readonly [name: string, bytes: number])[];
}

/** `bugs`: address of Launchpad's bugs, without a slash at its end. */
export function prepareLaunchpad(
  filing: Filing,
  attachments: readonly PackedAttachment[],
  { bugs, now }: { readonly bugs: string; readonly now: Date },
): PreparedLaunchpad {
  const { summary } = filing;
  const { packed, leftOut } = fitAttachments(attachments, maxSentBytes);
  const blob = renderBlob(filing, packed);
  const apport = renderApport(summary, packed, now);
  const distribution = distributionOf(summary);
  const prepared: Prepared = {
    tracker: `Launchpad, source package ${launchpadPackage} of Ubuntu`,
    title: failureTitle(summary),
    tags: launchpadTagsOf(summary),
    url: filebugUrl(bugs, summary),
    files: [
      { name: 'description.txt', content: pastedDescription(filing), purpose: 'paste it as the description' },
      { name: 'crdoctor.apport', content: apport, purpose: 'or, on Ubuntu: apport-cli -c crdoctor.apport' },
      { name: 'launchpad.mime', content: blob, purpose: 'what --upload would send' },
    ],
    attachments: filing.attachments.map(({ name, content }) => ({ name: `${attachmentFolder}/${name}`, content })),
    blanks: launchpadQuestions.map(([, question]) => question),
    leftOut: [...filing.leftOut, ...leftOut],
    notes: [
      'Bugs are public unless you say otherwise on the form.',
      ...(distribution === undefined || /ubuntu/i.test(distribution)
        ? []
        : [
            `These are the bugs of Ubuntu, and this host runs ${distribution}: the tracker of CRIU may be the better place.`,
          ]),
    ],
  };
  const sent = packed.map((each) => [sentName(each), each.body.length] as const);
  return { prepared, blob, sent: sent.toSorted(([, left], [, right]) => right - left) };
}
