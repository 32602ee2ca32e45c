/** What is filed: a report that was read back, and the texts of it that go along. */

import type { Attachment, LeftOutText } from '../../report/attachment.js';
import type { ReportSummary } from '../../report/summary.js';
import type { ReportTexts } from './host-facts.js';

export type FiledSummary = Omit<ReportSummary, 'textOf'> & ReportTexts;

/** Everything in it comes out of the report, redacted as that is, and is untrusted. */
export interface Filing {
  readonly summary: FiledSummary;
  /** In the order of the list of bug reports. */
  readonly attachments: readonly Attachment[];
  readonly leftOut: readonly LeftOutText[];
}

/** Whether the report is about two hosts. */
export function hasTarget({ summary }: Filing): boolean {
  return summary.manifest.artifacts.some(({ side }) => side === 'target');
}
