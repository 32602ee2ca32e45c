/** A triage as JSON, schema `crdoctor.triage/1`. */

import type { Triage } from '../findings/finding.js';
import { escapeJson } from './escape.js';

/** Two spaces of indentation, ends with a line break. Key order is that of the schema. */
export function renderTriageJson(triage: Triage): string {
  const { result, phase, signature, versions, diagnoses, timeline, unexplained, notes } = triage;
  const document = {
    schema: 'crdoctor.triage/1',
    result,
    phase,
    signature,
    versions: { criu: versions.criu, kernel: versions.kernel, engine: versions.engine },
    diagnoses: diagnoses.map((diagnosis) => ({
      cause: diagnosis.cause,
      confidence: diagnosis.confidence,
      title: diagnosis.title,
      explanation: diagnosis.explanation,
      fix: diagnosis.fix,
      blame: diagnosis.blame,
      fixedIn: diagnosis.fixedIn,
      predicted: diagnosis.predicted,
      refs: diagnosis.refs,
      evidence: diagnosis.evidence.map(({ file, line, text }) => ({ file, line, text })),
    })),
    timeline: timeline.map((entry) => ({ timeS: entry.timeS, phase: entry.phase, text: entry.text })),
    unexplained: unexplained.map(({ file, line, text }) => ({ file, line, text })),
    notes,
  };
  return `${escapeJson(JSON.stringify(document, undefined, 2))}\n`;
}
