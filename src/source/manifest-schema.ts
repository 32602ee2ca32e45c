/** Reads manifest.json of a report that somebody sent. */

import * as v from 'valibot';

import { UserError } from '../errors.js';
import type { Manifest } from './manifest.js';

/** A report has some hundreds. */
const maxArtifacts = 20_000;

const text = v.pipe(v.string(), v.maxLength(65_536));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));

const artifact = v.object({
  id: v.pipe(text, v.minLength(1)),
  side: v.picklist(['source', 'target', 'action']),
  path: v.exactOptional(text),
  origin: text,
  status: v.picklist(['ok', 'absent', 'denied', 'failed', 'timed-out', 'truncated']),
  exitStatus: v.exactOptional(v.pipe(v.number(), v.integer())),
  reason: v.exactOptional(text),
  startedAt: text,
  durationMs: v.pipe(v.number(), v.minValue(0)),
  bytes: count,
  sha256: v.exactOptional(sha256),
  redactions: count,
  stderr: v.exactOptional(v.object({ path: text, bytes: count, sha256 })),
});

const manifest = v.object({
  schema: v.literal('crdoctor.manifest/1'),
  crdoctor: text,
  createdAt: text,
  engine: v.exactOptional(text),
  instance: v.exactOptional(text),
  hostname: v.exactOptional(text),
  target: v.exactOptional(v.object({ where: text, hostname: v.exactOptional(text), problem: v.exactOptional(text) })),
  complete: v.boolean(),
  artifacts: v.pipe(v.array(artifact), v.maxLength(maxArtifacts)),
});

/**
 * The manifest in `content`; members that this release does not know are left out.
 * @throws {UserError} it is none, or one of a later crdoctor
 */
export function parseManifest(content: string, where: string): Manifest {
  const json = parseJson(content);
  const result = v.safeParse(manifest, json);
  if (result.success) return result.output;
  const version = v.safeParse(v.object({ schema: v.pipe(text, v.startsWith('crdoctor.manifest/')) }), json);
  if (!version.success) throw new UserError(`${where} is no report: its manifest.json is none of crdoctor`);
  if (version.output.schema !== 'crdoctor.manifest/1') {
    throw new UserError(`${where} was written by a later crdoctor (${version.output.schema})`, {
      hint: 'Read it with that release or a newer one.',
    });
  }
  const [issue] = result.issues;
  const place = v.getDotPath(issue) ?? 'the whole';
  throw new UserError(`${where}: its manifest.json is wrong: ${place}: ${issue.message}`);
}

function parseJson(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    // Said by the caller, who knows what it was to be.
    return undefined;
  }
}
