/** Tells which logs of a report are about what failed. */

import { tellingLines } from '../log-excerpt.js';
import type { Filing } from './filing.js';

const maxLogs = 3;

export interface TellingLog {
  /** Of the attachment, or the path in the report of what is none. Untrusted. */
  readonly name: string;
  /** All of it, or the end of what is too large to be attached. */
  readonly text: string;
  readonly isAttached: boolean;
}

/** Logs that show the failure, then those of the runs of CRIU; at most three, the most telling first. */
export function logsOf(filing: Filing): readonly TellingLog[] {
  const { triage } = filing.summary;
  const named = [...tellingLines(triage).map(({ file }) => file), ...(triage?.runs ?? []).map(({ file }) => file)];
  const files = [...new Set(named)].filter((file) => !file.startsWith('action/'));
  return files.flatMap((file) => logOf(file, filing) ?? []).slice(0, maxLogs);
}

function logOf(file: string, { summary, attachments }: Filing): TellingLog | undefined {
  const attachment = attachments.find(({ path }) => path === file);
  if (attachment !== undefined) {
    return { name: attachment.name, text: attachment.content.toString('utf8'), isAttached: true };
  }
  const artifact = summary.manifest.artifacts.find(({ path }) => path === file);
  const text = artifact && summary.textOf(artifact.id, artifact.side === 'target' ? 'target' : undefined);
  return text === undefined || text === '' ? undefined : { name: file, text, isAttached: false };
}
