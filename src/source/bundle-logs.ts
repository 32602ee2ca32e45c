/** The logs inside of reports, of halves of reports and of other archives. */

import { createHash } from 'node:crypto';

import type { NamedContent } from '../archive/read.js';
import type { FileTree } from './bundle-files.js';
import type { Bundle } from './bundle.js';
import { decodeLog } from './log-decode.js';
import type { LogInput } from './log-files.js';
import { findLooseLogs } from './loose-logs.js';
import type { Artifact } from './manifest.js';

/** A log of a report, good until the next one is asked for. */
export interface RecordedLog {
  readonly artifact: Artifact;
  readonly input: LogInput;
}

/** The artifacts as logs, in any order. Reading one throws at its end when it is not what the manifest says it is. */
export async function* openRecordedLogs(bundle: Bundle, artifacts: readonly Artifact[]): AsyncGenerator<RecordedLog> {
  const byPath = new Map(
    artifacts.flatMap((artifact) => (artifact.path === undefined ? [] : [[artifact.path, artifact]])),
  );
  for await (const { name, content } of bundle.readMany(new Set(byPath.keys()))) {
    const artifact = byPath.get(name);
    if (artifact !== undefined) yield { artifact, input: { name, open: () => verify(name, content, artifact.sha256) } };
  }
}

async function* verify(
  path: string,
  content: AsyncIterable<Buffer>,
  sha256: string | undefined,
): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  for await (const piece of content) {
    hash.update(piece);
    yield piece;
  }
  if (hash.digest('hex') !== sha256) throw new Error(`${path} was changed after the report was made`);
}

/** Logs among files that come without a manifest, told by their names. Each is good until the next one is asked for. */
export async function* openLooseLogs({
  files,
  readMany,
}: Pick<FileTree, 'files' | 'readMany'>): AsyncGenerator<LogInput> {
  const names = new Set(findLooseLogs([...files.keys()]));
  for await (const { name, content } of readMany(names)) yield logOf({ name, content });
}

function logOf({ name, content }: NamedContent): LogInput {
  return { name, open: () => decodeLog(name, content) };
}
