/** The JSON files of a report. */

import type { Assessment, Triage } from '../findings/finding.js';
import type { LedgerEntry } from '../redact/ledger.js';
import { renderCheckJson } from '../render/check-json.js';
import { escapeJson } from '../render/escape.js';
import { renderTriageJson } from '../render/triage-json.js';
import type { Manifest } from '../source/manifest.js';
import type { FindingsFile, RedactionsFile } from './summary.js';

export function renderFindings(assessment: Assessment | undefined, triage: Triage | undefined): string {
  const document: FindingsFile = {
    schema: 'crdoctor.findings/1',
    check: assessment === undefined ? null : toObject(renderCheckJson(assessment)),
    triage: triage === undefined ? null : toObject(renderTriageJson(triage)),
  };
  return render(document);
}

export function renderRedactions(entries: readonly LedgerEntry[]): string {
  const document: RedactionsFile = { schema: 'crdoctor.redactions/1', entries };
  return render(document);
}

export function renderManifest(manifest: Manifest): string {
  return render(manifest);
}

function render(document: object): string {
  return `${escapeJson(JSON.stringify(document, undefined, 2))}\n`;
}

function toObject(json: string): object {
  const value: unknown = JSON.parse(json);
  return typeof value === 'object' && value !== null ? value : {};
}
