/** Puts evidence into a report, one artifact at a time: redacted, hashed, packed, and let go. */

import { createHash } from 'node:crypto';

import type { ReportWriter } from '../archive/write.js';
import { openIds } from '../evidence/report-catalogue.js';
import { plainName } from '../evidence/report-files.js';
import type { LedgerEntry } from '../redact/ledger.js';
import type { Artifact, ArtifactSide, StoredFile } from '../source/manifest.js';
import type { Evidence, EvidenceId } from '../source/source.js';

/** Takes the secrets out of evidence and says what was taken. */
export type Redact = (evidence: Evidence) => {
  readonly evidence: Evidence;
  readonly entries: readonly LedgerEntry[];
};

/** Where a piece of evidence is to lie. */
export interface Placement {
  readonly side: ArtifactSide;
  /** Below the folder of the side; left out = a name made from the id. */
  readonly path?: string;
  /** The text is base64; the file gets the bytes, which hold nothing to redact. */
  readonly isBinary?: boolean;
}

/** What became of a piece of evidence. */
export interface Added {
  readonly artifact: Artifact;
  /** As it is in the report. */
  readonly evidence: Evidence;
  /** Contents of its file. */
  readonly content: Buffer | undefined;
}

export interface Assembler {
  add(evidence: Evidence, placement: Placement): Promise<Added>;
  artifacts(): readonly Artifact[];
  ledger(): readonly LedgerEntry[];
  /** At most the last 64 KiB of the text, in whole lines where it was cut. Without a side: of anything but a target. */
  textOf(id: EvidenceId, side?: 'target'): string | undefined;
}

const maxRemembered = 64 * 1024;

/** Evidence as it may be packed. `file`: the path that its file gets, where its own cannot be told. */
interface Cleaned extends ReturnType<Redact> {
  readonly file?: string;
}

export function createAssembler(writer: Pick<ReportWriter, 'add'>, redact: Redact): Assembler {
  const artifacts: Artifact[] = [];
  const ledger: LedgerEntry[] = [];
  const texts = new Map<string, string>();
  const taken = new Set<string>();
  const store = async (path: string, content: Buffer): Promise<StoredFile> => {
    await writer.add(path, content);
    return { path, bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') };
  };
  let hiddenNames = 0;
  const clean = (given: Evidence, isBinary: boolean): Cleaned => {
    const { text, ...about } = given;
    const { evidence, entries } = redact(isBinary ? about : given);
    const whole = isBinary && text !== undefined ? { ...evidence, text } : evidence;
    const open = openIds.find((id) => given.id.startsWith(`${id}.`));
    if (open === undefined || evidence.origin === given.origin) return { evidence: whole, entries };
    // The id and the path are made from the name of the file, which holds a secret.
    hiddenNames += 1;
    const last = given.origin.slice(given.origin.lastIndexOf('/') + 1);
    const isHarmless = redact({ ...about, origin: last }).evidence.origin === last;
    const name = isHarmless ? `redacted-${hiddenNames}/${plainName(last)}` : `redacted-${hiddenNames}.log`;
    const id = `${open}.${name.replace('/', '.')}`;
    const renamed = entries.map((entry) => ({ ...entry, artifact: id }));
    return { evidence: { ...whole, id }, entries: renamed, file: `${open}/${name}` };
  };
  return {
    async add(given, { side, path, isBinary = false }) {
      const { evidence, entries, file: named } = clean(given, isBinary);
      const place = claim(taken, `${side}/${named ?? path ?? fileNameOf(evidence.id)}`);
      const content = contentOf(evidence, isBinary);
      const file = content && (await store(place, content));
      const stderr = (evidence.stderr ?? '') === '' ? undefined : evidence.stderr;
      const errorFile =
        stderr === undefined
          ? undefined
          : await store(claim(taken, `${place.replace(/\.txt$/, '')}.stderr.txt`), Buffer.from(stderr));
      const artifact = artifactOf(evidence, side, entries, file, errorFile);
      artifacts.push(artifact);
      ledger.push(...entries);
      if (content !== undefined && !isBinary) texts.set(textKey(evidence.id, side), tailOf(content));
      return { artifact, evidence, content };
    },
    artifacts: () => artifacts,
    ledger: () => ledger,
    textOf: (id, side) => texts.get(textKey(id, side)),
  };
}

function textKey(id: EvidenceId, side: ArtifactSide | undefined): string {
  return side === 'target' ? `target:${id}` : id;
}

function contentOf({ text }: Evidence, isBinary: boolean): Buffer | undefined {
  return text === undefined ? undefined : Buffer.from(text, isBinary ? 'base64' : 'utf8');
}

/** The id, harmless on every file system, with an ending that opens as text. */
function fileNameOf(id: EvidenceId): string {
  const name = id.replaceAll(/[^\w.+-]/g, '-').replace(/^[.-]/, '_');
  return /\.(?:log|conf|yaml)$/.test(name) ? name : `${name}.txt`;
}

/** The path, or the same with a number where another file has it, also where case does not count. */
function claim(taken: Set<string>, path: string): string {
  for (let number = 1; ; number += 1) {
    const candidate = number === 1 ? path : path.replace(/(\.[^./]*)?$/, `~${number}$1`);
    if (taken.has(candidate.toLowerCase())) continue;
    taken.add(candidate.toLowerCase());
    return candidate;
  }
}

function artifactOf(
  evidence: Evidence,
  side: ArtifactSide,
  entries: readonly LedgerEntry[],
  file: StoredFile | undefined,
  stderr: StoredFile | undefined,
): Artifact {
  const { id, origin, status, exitStatus, reason, startedAt, durationMs } = evidence;
  return {
    id,
    side,
    ...(file !== undefined && { path: file.path }),
    origin,
    status,
    ...(exitStatus !== undefined && { exitStatus }),
    ...(reason !== undefined && { reason }),
    startedAt,
    durationMs,
    bytes: file?.bytes ?? 0,
    ...(file !== undefined && { sha256: file.sha256 }),
    redactions: entries.reduce((sum, { count }) => sum + count, 0),
    ...(stderr !== undefined && { stderr }),
  };
}

function tailOf(content: Buffer): string {
  if (content.length <= maxRemembered) return content.toString('utf8');
  const tail = content.subarray(content.length - maxRemembered);
  return tail.subarray(tail.indexOf(0x0a) + 1).toString('utf8');
}
