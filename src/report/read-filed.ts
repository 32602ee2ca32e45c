/** Reads the texts of a report that a tracker asks for, in one pass, each checked against the manifest. */

import { createHash } from 'node:crypto';

import type { Bundle } from '../source/bundle.js';
import type { EvidenceId } from '../source/source.js';
import type { Attachment, LeftOutText } from './attachment.js';
import { chooseFiles, maxAllBytes, maxAttachmentBytes, type FiledFile } from './filed-files.js';

export interface FiledTexts {
  readonly attachments: readonly Attachment[];
  readonly leftOut: readonly LeftOutText[];
  /** At most the last 64 KiB, as whole lines where it was cut; undefined when there is none. */
  textOf(id: EvidenceId, side?: 'target'): string | undefined;
  /** What is wrong with the report, one line each. Untrusted. */
  readonly problems: readonly string[];
}

const tailBytes = 64 * 1024;

interface ReadFile {
  /** Undefined: it is no attachment. */
  readonly content: Buffer | undefined;
  readonly tail: string;
  readonly sha256: string;
  readonly bytes: number;
}

/** What attachments may still take, whatever the manifest says of their sizes. */
interface Budget {
  bytes: number;
}

export async function readFiledTexts(bundle: Bundle): Promise<FiledTexts> {
  const { files, leftOut } = chooseFiles(bundle.manifest);
  const byPath = new Map(files.map((file) => [file.path, file]));
  const read = new Map<string, ReadFile>();
  const problems: string[] = [];
  const budget: Budget = { bytes: maxAllBytes };
  for await (const { name, content } of bundle.readMany(new Set(byPath.keys()))) {
    const file = byPath.get(name);
    if (file === undefined) continue;
    const found = await readOne(content, file.name === undefined ? undefined : budget).catch(problemOf);
    if (typeof found === 'string') problems.push(`${name} cannot be read: ${found}`);
    else if (found.sha256 !== file.sha256) problems.push(`${name} was changed after the report was made`);
    else read.set(name, found);
  }
  const missing = files.filter(({ path }) => !bundle.files.has(path));
  return {
    attachments: files.flatMap((file) => toAttachment(file, read.get(file.path))),
    leftOut: [...leftOut, ...files.flatMap((file) => unfitOf(file, read.get(file.path)))],
    textOf: textsOf(files, read),
    problems: [...problems, ...missing.map(({ path }) => `${path} is missing from the report`)],
  };
}

async function readOne(pieces: AsyncIterable<Buffer>, budget: Budget | undefined): Promise<ReadFile> {
  const hash = createHash('sha256');
  const room = Math.min(maxAttachmentBytes, budget?.bytes ?? 0);
  let kept: Buffer[] | undefined = budget === undefined ? undefined : [];
  let tail = Buffer.alloc(0);
  let bytes = 0;
  for await (const piece of pieces) {
    hash.update(piece);
    bytes += piece.length;
    if (bytes > room) kept = undefined;
    kept?.push(piece);
    const joined = Buffer.concat([tail, piece]);
    tail = joined.subarray(Math.max(0, joined.length - tailBytes));
  }
  if (kept !== undefined && budget !== undefined) budget.bytes -= bytes;
  const text = bytes > tail.length ? tail.subarray(tail.indexOf(0x0a) + 1) : tail;
  return { content: kept && Buffer.concat(kept), tail: text.toString('utf8'), sha256: hash.digest('hex'), bytes };
}

function problemOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function toAttachment({ artifact, path, name }: FiledFile, file: ReadFile | undefined): Attachment[] {
  const content = file?.content;
  if (name === undefined || content === undefined || !isText(content)) return [];
  return [{ id: artifact.id, side: artifact.side, path, name, content }];
}

/** So many NULs are in a text that a container was let write to, or that a full disk left holes in. */
const maxNuls = { count: 8, share: 0.001 };

/** Something with many NULs in it is no text, whatever its name says. */
export function isText(content: Buffer): boolean {
  const most = Math.max(maxNuls.count, content.length * maxNuls.share);
  let nuls = 0;
  for (let at = content.indexOf(0); at >= 0 && nuls <= most; at = content.indexOf(0, at + 1)) nuls += 1;
  return content.length > 0 && nuls <= most;
}

function unfitOf({ path, name }: FiledFile, file: ReadFile | undefined): LeftOutText[] {
  if (name === undefined || file === undefined || file.bytes === 0) return [];
  if (file.content === undefined) return [{ path, bytes: file.bytes, reason: 'too large' }];
  return isText(file.content) ? [] : [{ path, bytes: file.bytes, reason: 'no text' }];
}

/** What programs printed; what they complained of is attached. */
function textsOf(files: readonly FiledFile[], read: ReadonlyMap<string, ReadFile>): FiledTexts['textOf'] {
  const texts = new Map<string, string>();
  const keyOf = (id: EvidenceId, isTarget: boolean): string => `${isTarget ? 'target' : 'source'} ${id}`;
  for (const { artifact, path, isError } of files) {
    const tail = read.get(path)?.tail;
    const key = keyOf(artifact.id, artifact.side === 'target');
    if (tail !== undefined && !isError && !texts.has(key)) texts.set(key, tail);
  }
  return (id, side) => texts.get(keyOf(id, side === 'target'));
}
