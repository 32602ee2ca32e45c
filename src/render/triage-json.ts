/** A triage as JSON, schema `crdoctor.triage/1`. */

import type { LogLine, Triage } from '../findings/finding.js';
import { escapeJson } from './escape.js';

/** Two spaces of indentation, ends with a line break. Key order is that of the schema. */
export function renderTriageJson(triage: Triage): string {
  return `${escapeJson(JSON.stringify(triageDocument(triage), undefined, 2))}\n`;
}

/** What is printed; a key whose value is undefined is left out. */
export function triageDocument(triage: Triage): Readonly<Record<string, unknown>> {
  const { result, phase, signature, versions, engine, diagnoses, timeline, unexplained, notes } = triage;
  return {
    schema: 'crdoctor.triage/1',
    result,
    phase,
    signature,
    versions: { criu: versions.criu, kernel: versions.kernel, engine: versions.engine },
    engine,
    command: triage.command,
    diagnoses: diagnoses.map((diagnosis) => ({
      cause: diagnosis.cause,
      confidence: diagnosis.confidence,
      title: diagnosis.title,
      explanation: diagnosis.explanation,
      fix: diagnosis.fix,
      blame: diagnosis.blame,
      fixedIn: diagnosis.fixedIn,
      fixes: diagnosis.fixes?.map(({ program, fixedIn, running, isInRunning }) => ({
        program,
        fixedIn,
        running,
        isInRunning,
      })),
      predicted: diagnosis.predicted,
      refs: diagnosis.refs,
      evidence: diagnosis.evidence.map(lineDocument),
    })),
    timeline: timeline.map(({ timeS, phase: half, text, durationS, rounds, file, run, isWhereItStopped }) => ({
      timeS,
      phase: half,
      text,
      durationS,
      rounds,
      file,
      run,
      isWhereItStopped,
    })),
    runs: triage.runs,
    statistics: triage.statistics,
    unexplained: unexplained.map(lineDocument),
    notes,
    comparison: triage.comparison,
  };
}

function lineDocument({ file, line, text }: LogLine): LogLine {
  return { file, line, text };
}
