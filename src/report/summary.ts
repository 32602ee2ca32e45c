/** What the readable parts of a report are made from, and the shapes of its JSON files besides the manifest. */

import type { Assessment, Triage } from '../findings/finding.js';
import type { LedgerEntry } from '../redact/ledger.js';
import type { EvidenceId } from '../source/source.js';
import type { Manifest } from '../source/manifest.js';

/** The command that failed and what it showed, redacted. */
export interface ReportedAction {
  /** One line, words quoted as a shell takes them. */
  readonly command?: string;
  /** What was displayed, standard output and standard error as the user saw them. */
  readonly output?: string;
}

/** Everything that a person should be told about a report. All texts are redacted already, and untrusted. */
export interface ReportSummary {
  readonly manifest: Manifest;
  /** Undefined: the facts could not be judged. */
  readonly assessment?: Assessment;
  /** Undefined: there was no log to read. Names of files are paths below the top folder of the report. */
  readonly triage?: Triage;
  readonly action?: ReportedAction;
  /** Lines about how the report came about: what sudo would add, leftovers of earlier runs. */
  readonly notes: readonly string[];
  /** Text of an artifact, at most its last 64 KiB; undefined when there is none or it is not kept in memory. */
  textOf(id: EvidenceId, side?: 'target'): string | undefined;
}

/** `findings.json`: each part in the shape that `check` and `triage` print with `--format json`, null for none. */
export interface FindingsFile {
  readonly schema: 'crdoctor.findings/1';
  readonly check: object | null;
  readonly triage: object | null;
}

/** `redactions.json`. */
export interface RedactionsFile {
  readonly schema: 'crdoctor.redactions/1';
  readonly entries: readonly LedgerEntry[];
}
