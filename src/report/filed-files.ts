/** Chooses the files of a report that a tracker is given: what was run and displayed, and the list of bug reports. */

import { sortByClassicList } from '../render/classic-list.js';
import type { Artifact, Manifest } from '../source/manifest.js';
import { isBinaryArtifact, nameAttachment, type LeftOutText } from './attachment.js';

/** A text of the report. */
export interface FiledFile {
  readonly artifact: Artifact;
  /** Below the top folder of the report. Untrusted. */
  readonly path: string;
  /** As the manifest says, which may be wrong. */
  readonly bytes: number;
  readonly sha256: string | undefined;
  /** What a program complained of, not what it printed. */
  readonly isError: boolean;
  /** Under which it is attached; undefined = it is not. */
  readonly name: string | undefined;
}

export interface FiledFiles {
  readonly files: readonly FiledFile[];
  readonly leftOut: readonly LeftOutText[];
}

/** No tracker takes longer texts; logs of this size become a tenth of it when they are packed. */
export const maxAttachmentBytes = 16 * 1024 * 1024;
/** Of all attachments together; the smallest come first. */
export const maxAllBytes = 48 * 1024 * 1024;
/** A directory of logs may hold thousands. */
const maxFiles = 100;
/** Shorter ones may be there twice: a reader looks for each under its own name. */
const maxTwiceBytes = 16 * 1024;

type Candidate = Omit<FiledFile, 'name'>;

/** In the order of the list, and nothing that could be an image of memory. */
export function chooseFiles(manifest: Manifest): FiledFiles {
  const all = candidatesOf(manifest);
  const refused = refusedFiles(all);
  const taken = new Set<string>();
  const files = all.map((file) => ({
    ...file,
    name: refused.has(file.path) || file.bytes === 0 ? undefined : nameAttachment(file.artifact, file.path, taken),
  }));
  const leftOut = all.flatMap(({ path, bytes }) => {
    const reason = refused.get(path);
    return reason === undefined ? [] : [{ path, bytes, reason }];
  });
  return { files, leftOut };
}

function candidatesOf(manifest: Manifest): readonly Candidate[] {
  const { artifacts } = manifest;
  const listed = sortByClassicList(manifest).items.flatMap((item) => item.artifacts);
  const all = [...artifacts.filter(({ side }) => side === 'action'), ...listed].flatMap((artifact): Candidate[] => {
    const { path, bytes, sha256, stderr } = artifact;
    const own = path === undefined ? [] : [{ artifact, path, bytes, sha256, isError: false }];
    return stderr === undefined ? own : [...own, { artifact, ...stderr, isError: true }];
  });
  const seen = new Set<string>();
  return all.filter(({ artifact, path }) => {
    const isNew = !seen.has(path);
    seen.add(path);
    return isNew && !isBinaryArtifact(artifact, path);
  });
}

/** Why files are no attachments, by their paths. */
function refusedFiles(all: readonly Candidate[]): ReadonlyMap<string, string> {
  const refused = new Map<string, string>();
  const firsts = new Map<string, string>();
  for (const { path, bytes, sha256 } of all) {
    const first = sha256 === undefined || bytes <= maxTwiceBytes ? undefined : firsts.get(sha256);
    if (first !== undefined) refused.set(path, `the same as ${first}`);
    else if (sha256 !== undefined) firsts.set(sha256, path);
  }
  const others = all.filter(({ path, bytes }) => bytes > 0 && !refused.has(path));
  for (const { path } of others.slice(maxFiles)) refused.set(path, 'one of too many');
  let room = maxAllBytes;
  for (const { path, bytes } of all.toSorted((left, right) => left.bytes - right.bytes)) {
    if (refused.has(path)) continue;
    if (bytes > Math.min(room, maxAttachmentBytes)) refused.set(path, 'too large');
    else room -= bytes;
  }
  return refused;
}
