/** Makes evidence out of an artifact of a report, when its files are what the manifest says they are. */

import { createHash } from 'node:crypto';

import type { ArchiveFile } from '../archive/read.js';
import type { Artifact, Manifest } from './manifest.js';
import type { Evidence, EvidenceId } from './source.js';

/** The answer for something that the report does not even list: it was made by another release, or in part. */
export function notRecorded(id: EvidenceId, { createdAt }: Manifest): Evidence {
  return {
    id,
    origin: id,
    status: 'failed',
    reason: 'it is not in the report',
    startedAt: createdAt,
    durationMs: 0,
    bytes: 0,
  };
}

interface Stored {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string | undefined;
}

/** The evidence as it was collected (and redacted); `failed` when its file is not what the manifest says it is. */
export async function loadEvidence(
  artifact: Artifact,
  files: ReadonlyMap<string, ArchiveFile>,
  problems: Set<string>,
): Promise<Evidence> {
  const { id, origin, status, exitStatus, reason, startedAt, durationMs, bytes, path, sha256, stderr } = artifact;
  const base = { id, origin, startedAt, durationMs, ...(exitStatus !== undefined && { exitStatus }) };
  const problem = (what: string): Evidence => {
    problems.add(what);
    return { ...base, status: 'failed', reason: what, bytes: 0 };
  };
  const text = path === undefined ? undefined : await readStored({ path, bytes, sha256 }, files);
  if (text !== undefined && !Buffer.isBuffer(text)) return problem(text.problem);
  const error = stderr && (await readStored(stderr, files));
  if (error !== undefined && !Buffer.isBuffer(error)) return problem(error.problem);
  return {
    ...base,
    status,
    // What was there and empty needs no file.
    ...(text === undefined ? status === 'ok' && { text: '' } : { text: text.toString('utf8') }),
    ...(error !== undefined && { stderr: error.toString('utf8') }),
    ...(reason !== undefined && { reason }),
    bytes,
  };
}

/** The content when it is what the manifest says it is, else what is wrong with it, in one clause. */
async function readStored(
  { path, bytes, sha256 }: Stored,
  files: ReadonlyMap<string, ArchiveFile>,
): Promise<Buffer | { readonly problem: string }> {
  const file = files.get(path);
  if (file === undefined) return { problem: `${path} is missing from the report` };
  try {
    const content = await readAll(file);
    const isSame = content.length === bytes && createHash('sha256').update(content).digest('hex') === sha256;
    return isSame ? content : { problem: `${path} was changed after the report was made` };
  } catch (error) {
    return { problem: `${path} cannot be read: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** The whole content of a file of a report. */
export async function readAll(file: ArchiveFile): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of file.open()) pieces.push(piece);
  return pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces);
}
