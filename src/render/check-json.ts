/** A check as JSON, schema `crdoctor.check/1`. */

import type { Assessment, Finding, HostSummary, Occurrence } from '../findings/finding.js';
import { escapeJson } from './escape.js';

/** Two spaces of indentation, ends with a line break. Key order is that of the schema. */
export function renderCheckJson({ verdict, subject, findings }: Assessment): string {
  const document = {
    schema: 'crdoctor.check/1',
    verdict,
    subject: {
      engine: subject.engine,
      instance: subject.instance,
      operation: subject.operation,
      source: toHost(subject.source),
      target: subject.target === undefined ? undefined : toHost(subject.target),
    },
    findings: findings.map(toFinding),
  };
  return `${escapeJson(JSON.stringify(document, undefined, 2))}\n`;
}

function toHost({ where, hostname, kernel, criu, engineVersion }: HostSummary): HostSummary {
  return {
    where,
    ...(hostname === undefined ? {} : { hostname }),
    ...(kernel === undefined ? {} : { kernel }),
    ...(criu === undefined ? {} : { criu }),
    ...(engineVersion === undefined ? {} : { engineVersion }),
  };
}

function toFinding(finding: Finding): Omit<Finding, 'why'> {
  const { cause, outcome, severity, phase, title, message, occurrences, fix, refs, evidence, missing } = finding;
  return {
    cause,
    outcome,
    severity,
    phase,
    title,
    message,
    occurrences: occurrences.map(toOccurrence),
    fix,
    refs,
    evidence,
    missing,
  };
}

function toOccurrence({ side, pid, fd, path, message, values }: Occurrence): Occurrence {
  return {
    side,
    ...(pid === undefined ? {} : { pid }),
    ...(fd === undefined ? {} : { fd }),
    ...(path === undefined ? {} : { path }),
    message,
    ...(values === undefined ? {} : { values: values.map(({ side: of, text }) => ({ side: of, text })) }),
  };
}
