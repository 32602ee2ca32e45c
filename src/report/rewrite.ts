/** Writes an existing report anew, with everything redacted that a redaction of today finds in it. */

import type { ReportWriter } from '../archive/write.js';
import { binaryName } from '../evidence/report-files.js';
import type { LedgerEntry } from '../redact/ledger.js';
import type { Redaction } from '../redact/redaction.js';
import { refreshReadme } from '../render/report-readme.js';
import { readAll } from '../source/bundle-evidence.js';
import type { Bundle } from '../source/bundle.js';
import type { Artifact, Manifest, RecordedTarget } from '../source/manifest.js';
import type { Evidence } from '../source/source.js';
import { createAssembler, type Assembler, type Redact } from './assembler.js';
import { renderManifest, renderRedactions } from './json-files.js';
import { addEntries, readRedactions } from './redactions-file.js';

export interface RewriteOptions {
  readonly bundle: Bundle;
  readonly writer: Pick<ReportWriter, 'add'>;
  readonly redaction: Redaction;
  /** What redacts, when it is to be watched. */
  readonly redact: Redact;
}

export interface Rewritten {
  readonly manifest: Manifest;
  /** What was taken out now; what had been before is not among it. */
  readonly added: readonly LedgerEntry[];
  /** Files that nobody can tell what they are, by their names; they are not in the new report. Untrusted. */
  readonly leftOut: readonly string[];
}

/** Written for people or made from the evidence, and redacted as they are. In the order in which they are written. */
const derived = ['findings.json', 'launchpad.txt', 'index.html', 'README.md'] as const;
/** Written anew. */
const rewritten: ReadonlySet<string> = new Set(['manifest.json', 'redactions.json', ...derived]);

/**
 * Adds everything to the archive but does not finish it. A file that is not what the manifest says it is does not
 * come along.
 * @throws {UserError} the archive cannot be written
 */
export async function rewriteReport({ bundle, writer, redaction, redact }: RewriteOptions): Promise<Rewritten> {
  const { manifest, files } = bundle;
  // One at a time, because each may be large; and twice, because the last may tell what is a secret in the first.
  for (const artifact of manifest.artifacts) redaction.learn(await loadText(bundle, artifact));
  const assembler = createAssembler(writer, redact);
  const before = await readRedactions(files.get('redactions.json'));
  const counts: number[] = [];
  for (const artifact of manifest.artifacts) {
    await rewriteArtifact(bundle, artifact, assembler);
    counts.push(artifact.redactions);
  }
  const artifacts = assembler.artifacts().map((artifact, index) => {
    return { ...artifact, redactions: artifact.redactions + (counts[index] ?? 0) };
  });
  const { hostname, target } = manifest;
  const host = hostname === undefined ? {} : { hostname: redaction.nameOfHost(hostname) };
  const other = target === undefined ? {} : { target: rewriteTarget(target, manifest, redact) };
  const changed: Manifest = { ...manifest, ...host, ...other, artifacts };
  const asides = await rewriteDerived({ bundle, writer, redaction, redact }, changed);
  const added = [...assembler.ledger(), ...asides];
  await writer.add('redactions.json', renderRedactions(addEntries(before, added)));
  await writer.add('manifest.json', renderManifest(changed));
  return { manifest: changed, added, leftOut: strangersOf(bundle) };
}

function rewriteTarget(target: RecordedTarget, { createdAt }: Manifest, redact: Redact): RecordedTarget {
  const base = { id: 'report.note', origin: 'report.note', status: 'ok', startedAt: createdAt, durationMs: 0 } as const;
  const rewrite = (text: string): string => redact({ ...base, text, bytes: text.length }).evidence.text ?? '';
  const { where, hostname, problem } = target;
  return {
    where: rewrite(where),
    ...(hostname !== undefined && { hostname: rewrite(hostname) }),
    ...(problem !== undefined && { problem: rewrite(problem) }),
  };
}

/** Nothing for what is no text. */
async function loadText(bundle: Bundle, { side, id, path }: Artifact): Promise<readonly Evidence[]> {
  if (path !== undefined && binaryName.test(path)) return [];
  return bundle.readEvidence(side, (each) => each === id);
}

async function rewriteArtifact(bundle: Bundle, artifact: Artifact, assembler: Assembler): Promise<void> {
  const { side, id, path } = artifact;
  const [loaded] = await bundle.readEvidence(side, (each) => each === id);
  if (loaded === undefined) return;
  const { text, ...about } = loaded;
  const file = path === undefined ? undefined : bundle.files.get(path);
  const isBinary = path !== undefined && binaryName.test(path);
  const place = path?.startsWith(`${side}/`) === true ? { path: path.slice(side.length + 1) } : {};
  // What was there and empty has no file, and needs none.
  if (path === undefined || text === undefined || file === undefined) await assembler.add(about, { side });
  else if (!isBinary) await assembler.add(loaded, { side, ...place });
  else {
    const content = (await readAll(file)).toString('base64');
    await assembler.add({ ...about, text: content }, { side, ...place, isBinary });
  }
}

async function rewriteDerived(
  { bundle, writer, redact }: RewriteOptions,
  manifest: Manifest,
): Promise<readonly LedgerEntry[]> {
  const ledger: LedgerEntry[] = [];
  for (const name of derived) {
    const file = bundle.files.get(name);
    if (file === undefined) continue;
    const text = (await readAll(file)).toString('utf8');
    const base = { id: name, origin: name, status: 'ok', startedAt: manifest.createdAt, durationMs: 0 } as const;
    const { evidence, entries } = redact({ ...base, text, bytes: text.length });
    ledger.push(...entries);
    const redacted = evidence.text ?? '';
    await writer.add(name, name === 'README.md' ? refreshReadme(redacted, manifest) : redacted);
  }
  return ledger;
}

function strangersOf({ manifest, files }: Bundle): readonly string[] {
  const listed = new Set(manifest.artifacts.flatMap(({ path, stderr }) => [path, stderr?.path]));
  return [...files.keys()].filter((name) => !listed.has(name) && !rewritten.has(name));
}
