/** The table of contents of a report: what was asked for, what became of it, and where it lies. */

import type { EvidenceId, EvidenceStatus } from './source.js';

/** Which part of a report an artifact belongs to; also the folder it lies in. */
export type ArtifactSide = 'source' | 'target' | 'action';

/** A file of the report. */
export interface StoredFile {
  /** Path below the top folder of the report. */
  readonly path: string;
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

/** One thing that was asked for, whether it could be had or not. */
export interface Artifact {
  readonly id: EvidenceId;
  readonly side: ArtifactSide;
  /** Path below the top folder of the report; undefined when there is nothing to keep. */
  readonly path?: string;
  /** The argv joined, or the path that was read. */
  readonly origin: string;
  readonly status: EvidenceStatus;
  readonly exitStatus?: number;
  /** Why status is not `ok`, one line. */
  readonly reason?: string;
  /** When reading began, ISO 8601, UTC. */
  readonly startedAt: string;
  readonly durationMs: number;
  /** Size of the file in the report, after redaction. */
  readonly bytes: number;
  /** Of the file in the report, hexadecimal. */
  readonly sha256?: string;
  /** How many things were redacted in it, standard error included. */
  readonly redactions: number;
  /** What a command printed on standard error, in a file of its own; undefined when it printed nothing. */
  readonly stderr?: StoredFile;
}

/** The second host of a report. */
export interface RecordedTarget {
  /** As the user named it. */
  readonly where: string;
  readonly hostname?: string;
  /** Why it, or most of it, could not be looked at, one line. Untrusted. */
  readonly problem?: string;
}

/** `manifest.json` of a report. */
export interface Manifest {
  readonly schema: 'crdoctor.manifest/1';
  readonly crdoctor: string;
  /** When the report was begun, ISO 8601, UTC. */
  readonly createdAt: string;
  readonly engine?: string;
  readonly instance?: string;
  readonly hostname?: string;
  /** The host that the instance was to go to; undefined = the report is about one host. */
  readonly target?: RecordedTarget;
  /** False when collecting was cut short (a signal, the total time): what is missing has a status that says so. */
  readonly complete: boolean;
  readonly artifacts: readonly Artifact[];
}
