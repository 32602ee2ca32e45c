/** Files of a report that go to a tracker one by one. */

import type { Artifact, ArtifactSide } from '../source/manifest.js';
import type { EvidenceId } from '../source/source.js';

/** A text out of a report, whole and as it is there. Its content is untrusted. */
export interface Attachment {
  readonly id: EvidenceId;
  readonly side: ArtifactSide;
  /** Path below the top folder of the report. Untrusted. */
  readonly path: string;
  /** Letters, digits, dots, dashes and underscores; begins with the side; no two are the same, in any case. */
  readonly name: string;
  readonly content: Buffer;
}

/** A text that stayed behind. */
export interface LeftOutText {
  /** Untrusted. */
  readonly path: string;
  readonly bytes: number;
  /** One clause. */
  readonly reason: string;
}

const maxNameLength = 120;

/** Images and statistics of CRIU: binary, and images may hold memory. Of what lies beside them only logs are taken. */
export function isBinaryArtifact({ id }: Pick<Artifact, 'id'>, path: string): boolean {
  if (/\.(?:img|info|gz|xz|zst|bz2)$|(?:^|\/)stats-[^/]+$/i.test(path)) return true;
  return /^instance\.(?:state|snapshot)\./.test(id) && !id.endsWith('.log');
}

/**
 * Names that attachments are known by: the path with dashes for slashes, harmless on every file system,
 * in a header of MIME and as a key of apport.
 */
export function nameAttachment({ side }: Pick<Artifact, 'side'>, path: string, taken: Set<string>): string {
  const plain = path.replaceAll('/', '-').replaceAll(/[^\w.-]/g, '_');
  const sided = plain.startsWith(`${side}-`) ? plain : `${side}-${plain}`;
  // The end of a name tells more: it has the time and the ending.
  const short = sided.length > maxNameLength ? `${side}-${sided.slice(-(maxNameLength - side.length - 1))}` : sided;
  // GitHub takes a few endings alone, these among them.
  const ended = /\.(?:txt|log)$/.test(short) ? short : `${short}.txt`;
  const dot = ended.lastIndexOf('.');
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? ended : `${ended.slice(0, dot)}_${number}${ended.slice(dot)}`;
    if (taken.has(name.toLowerCase())) continue;
    taken.add(name.toLowerCase());
    return name;
  }
}
