/** Reads the logs among the artifacts as they pass by, and judges them in the end. */

import type { LogReading } from '../evidence/log-reading.js';
import { readLog } from '../evidence/logs.js';
import type { Triage } from '../findings/finding.js';
import type { Artifact } from '../source/manifest.js';
import type { Added } from './assembler.js';
import { haveOwnLogs, relevantLogs, type ReportedLog } from './relevant-logs.js';

/** The rules, as far as logs are concerned. */
export interface LogJudge {
  /** Words that the rules look for. */
  words(): Promise<readonly string[]>;
  diagnose(readings: readonly LogReading[]): Promise<Triage>;
}

export interface LogDesk {
  /** Reads it if it is a log. `modifiedS`: when it was last written, seconds since 1970. */
  read(added: Added, modifiedS?: number): Promise<void>;
  /** Undefined: there was nothing to read, or nothing that tells of the container. */
  judge(): Promise<Triage | undefined>;
}

const logIds = /^(?:action\.output|(?:action\.kept|instance\.(?:log|state|snapshot))\..+)$/;

/** True for artifacts that are logs; a directory of images holds other files as well. */
export function isReportedLog({ id, path = '' }: Artifact): boolean {
  return logIds.test(id) && !/\.(?:img|info)$|\/stats-[^/]+$/.test(path);
}

const chunkBytes = 1024 * 1024;

const idleDesk: LogDesk = { read: () => Promise.resolve(), judge: () => Promise.resolve(undefined) };

/** `sinceMs`: logs of the instance that were written before are not judged; milliseconds since 1970. */
export function createLogDesk(rules: LogJudge | undefined, sinceMs?: number): LogDesk {
  if (rules === undefined) return idleDesk;
  const logs: ReportedLog[] = [];
  return {
    async read({ artifact, content }, modifiedS) {
      const { id, path } = artifact;
      if (sinceMs !== undefined && modifiedS !== undefined && modifiedS * 1000 < sinceMs) return;
      if (content === undefined || path === undefined || !isReportedLog(artifact)) return;
      const words = await rules.words();
      const input = { name: path, open: () => inPieces(content) };
      const dated = modifiedS === undefined ? input : { ...input, modifiedMs: modifiedS * 1000 };
      const reading = await readLog(dated, { words });
      logs.push({ id, modifiedS, reading });
    },
    async judge() {
      const readings = relevantLogs(logs);
      if (readings.length === 0) return undefined;
      const triage = await rules.diagnose(readings);
      return haveOwnLogs(logs) || triage.result === 'diagnosed' ? triage : undefined;
    },
  };
}

async function* inPieces(content: Buffer): AsyncIterable<Buffer> {
  for (let begin = 0; begin < content.length; begin += chunkBytes) {
    yield content.subarray(begin, begin + chunkBytes);
    // Lets signals through between two pieces of a long log.
    await new Promise((resolve) => setImmediate(resolve));
  }
}
