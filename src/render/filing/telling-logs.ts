/** Tells which logs of a report are about what failed. */

import type { Attachment } from '../../report/attachment.js';
import { tellingLines } from '../log-excerpt.js';
import type { Filing } from './filing.js';

const maxLogs = 3;

/** Logs that show the failure, then those of the runs of CRIU; at most three, the most telling first. */
export function logsOf({ summary, attachments }: Filing): readonly Attachment[] {
  const { triage } = summary;
  const named = [...tellingLines(triage).map(({ file }) => file), ...(triage?.runs ?? []).map(({ file }) => file)];
  const files = [...new Set(named)].filter((file) => !file.startsWith('action/'));
  return files.flatMap((file) => attachments.find(({ path }) => path === file) ?? []).slice(0, maxLogs);
}
