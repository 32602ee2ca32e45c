/** Finds logs by their names in archives that have no manifest: halves of reports, and what people pack by hand. */

import { basename } from 'node:path';

import { isLogName } from './log-name.js';

/** Logs in an archive without a manifest, before the rest is left out. */
const maxLogs = 200;

/** Names of the files that are logs, in their order. */
export function findLooseLogs(names: readonly string[]): readonly string[] {
  const isReport = names.some(isReportName);
  return names.filter((name) => (isReport ? isLogOfReport(name) : isLogName(basename(name)))).slice(0, maxLogs);
}

/** True for the names that the contents of a report have. */
export function isReportName(name: string): boolean {
  return /^(?:[^/]+\/)?(?:source|target|action)\//.test(name);
}

/** What the command displayed, and what lies in a folder of logs or images of the instance. */
function isLogOfReport(name: string): boolean {
  if (/(?:^|\/)action\/output\.txt$/.test(name)) return true;
  return /(?:^|\/)(?:source|target)\/instance\.(?:log|state|snapshot)\//.test(name) && isLogName(basename(name));
}
