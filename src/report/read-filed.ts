/** Reads the texts of a report that a tracker asks for, in one pass, each checked against the manifest. */

import { createHash } from 'node:crypto';

import { sortByClassicList } from '../render/classic-list.js';
import type { Bundle } from '../source/bundle.js';
import type { Artifact } from '../source/manifest.js';
import type { EvidenceId } from '../source/source.js';
import { isBinaryFile, nameAttachment, type Attachment, type LeftOutText } from './attachment.js';

export interface FiledTexts {
  readonly attachments: readonly Attachment[];
  readonly leftOut: readonly LeftOutText[];
  /** At most the last 64 KiB, as whole lines where it was cut; undefined when there is none. */
  textOf(id: EvidenceId, side?: 'target'): string | undefined;
  /** What is wrong with the report, one line each. Untrusted. */
  readonly problems: readonly string[];
}

/** Longer texts are no attachments: no tracker takes them. */
const maxAttachmentBytes = 16 * 1024 * 1024;
/** Of all attachments together; the smallest come first. */
const maxAllBytes = 48 * 1024 * 1024;
const tailBytes = 64 * 1024;

/** A file of the report that is to be read. */
interface WantedFile {
  readonly artifact: Artifact;
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string | undefined;
  readonly isError: boolean;
}

interface ReadFile {
  /** Undefined: longer than an attachment may be. */
  readonly content: Buffer | undefined;
  readonly tail: string;
  readonly sha256: string;
  readonly bytes: number;
}

/** What was displayed and run, the list of bug reports, and nothing that could be an image of memory. */
export async function readFiledTexts(bundle: Bundle): Promise<FiledTexts> {
  const wanted = wantedFiles(bundle);
  const attachable = chooseAttachable(wanted);
  const files = new Map(wanted.map((file) => [file.path, file]));
  const read = new Map<string, ReadFile>();
  const problems: string[] = [];
  const budget = { bytes: maxAllBytes };
  for await (const { name, content } of bundle.readMany(new Set(files.keys()))) {
    const file = files.get(name);
    if (file === undefined) continue;
    const found = await readOne(content, attachable.has(name) ? budget : undefined).catch(problemOf);
    if (typeof found === 'string') problems.push(`${name} cannot be read: ${found}`);
    else if (found.sha256 !== file.sha256) problems.push(`${name} was changed after the report was made`);
    else read.set(name, found);
  }
  const missing = wanted.filter(({ path }) => !bundle.files.has(path));
  const taken = new Set<string>();
  const attachments = wanted.flatMap((file) => toAttachment(file, read.get(file.path), taken));
  const attached = new Set(attachments.map(({ path }) => path));
  return {
    attachments,
    leftOut: wanted.flatMap((file) => leftOutOf(file, read.get(file.path), attached)),
    textOf: textsOf(wanted, read),
    problems: [...problems, ...missing.map(({ path }) => `${path} is missing from the report`)],
  };
}

function wantedFiles({ manifest, files }: Bundle): readonly WantedFile[] {
  const { artifacts } = manifest;
  const listed = sortByClassicList(manifest).items.flatMap((item) => item.artifacts);
  const all = [...artifacts.filter(({ side }) => side === 'action'), ...listed].flatMap((artifact): WantedFile[] => {
    const { path, bytes, sha256, stderr } = artifact;
    const own = path === undefined ? [] : [{ artifact, path, bytes, sha256, isError: false }];
    return stderr === undefined ? own : [...own, { artifact, ...stderr, isError: true }];
  });
  const seen = new Set<string>();
  return all.filter(({ path }) => {
    if (isBinaryFile(path) || !files.has(path) || seen.has(path)) return false;
    seen.add(path);
    return true;
  });
}

/** By what the manifest says; whether that is true is seen when they are read. */
function chooseAttachable(wanted: readonly WantedFile[]): ReadonlySet<string> {
  const chosen = new Set<string>();
  let room = maxAllBytes;
  for (const { path, bytes } of wanted.toSorted((left, right) => left.bytes - right.bytes)) {
    room -= bytes;
    if (room < 0 || bytes > maxAttachmentBytes) break;
    chosen.add(path);
  }
  return chosen;
}

/** `budget`: what attachments may still take; undefined = this is to be none. */
async function readOne(pieces: AsyncIterable<Buffer>, budget: { bytes: number } | undefined): Promise<ReadFile> {
  const hash = createHash('sha256');
  let kept: Buffer[] | undefined = budget === undefined ? undefined : [];
  let tail = Buffer.alloc(0);
  let bytes = 0;
  for await (const piece of pieces) {
    hash.update(piece);
    bytes += piece.length;
    if (bytes > Math.min(maxAttachmentBytes, budget?.bytes ?? 0)) kept = undefined;
    kept?.push(piece);
    const joined = Buffer.concat([tail, piece]);
    tail = joined.subarray(Math.max(0, joined.length - tailBytes));
  }
  if (kept !== undefined && budget !== undefined) budget.bytes -= bytes;
  const text = bytes > tail.length ? tail.subarray(tail.indexOf(0x0a) + 1) : tail;
  return {
    content: kept && Buffer.concat(kept),
    tail: text.toString('utf8'),
    sha256: hash.digest('hex'),
    bytes,
  };
}

function problemOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Something with NULs in it is no text, whatever its name says. */
function toAttachment({ artifact, path }: WantedFile, file: ReadFile | undefined, taken: Set<string>): Attachment[] {
  const content = file?.content;
  if (content === undefined || content.length === 0 || content.includes(0)) return [];
  const { id, side } = artifact;
  return [{ id, side, path, name: nameAttachment(artifact, path, taken), content }];
}

function leftOutOf({ path }: WantedFile, file: ReadFile | undefined, attached: ReadonlySet<string>): LeftOutText[] {
  if (file === undefined || file.bytes === 0 || attached.has(path)) return [];
  return [{ path, bytes: file.bytes, reason: file.content === undefined ? 'too large' : 'no text' }];
}

/** What programs printed; what they complained of is attached. */
function textsOf(wanted: readonly WantedFile[], read: ReadonlyMap<string, ReadFile>): FiledTexts['textOf'] {
  const texts = new Map<string, string>();
  const keyOf = (id: EvidenceId, isTarget: boolean): string => `${isTarget ? 'target' : 'source'} ${id}`;
  for (const { artifact, path, isError } of wanted) {
    const tail = read.get(path)?.tail;
    const key = keyOf(artifact.id, artifact.side === 'target');
    if (tail !== undefined && !isError && !texts.has(key)) texts.set(key, tail);
  }
  return (id, side) => texts.get(keyOf(id, side === 'target'));
}
