/**
 * Results as JUnit XML, for CI systems. Check: one test case per finding; a blocker that fires is a
 * failure (a risk too when strict), an undecided blocker an error, other undecided and inapplicable
 * findings are skipped, risks and notices pass with their text as output. Triage: one failure per
 * diagnosis, one error for a failure that nothing explains, one passing case when there is none.
 */

import junit, { type Builder, type TestCase } from 'junit-report-builder';

import type { Assessment, Diagnosis, Finding, LogLine, Triage } from '../findings/finding.js';
import { escapeLines, escapeXml } from './escape.js';
import { messagesOf } from './grouping.js';
import type { CheckContext } from './options.js';
import { triageMeaning } from './triage-text.js';
import { operationTitle, subjectTitle, verdictMeaning } from './verdict.js';

/** Ends with a line break. */
export function renderCheckJunit(assessment: Assessment, context: CheckContext): string {
  const builder = newBuilder().name('crdoctor check');
  const suite = builder
    .testSuite()
    .name(escapeXml(`${subjectTitle(assessment.subject)}: ${operationTitle(assessment.subject.operation)}`))
    .property('verdict', assessment.verdict)
    .property('meaning', escapeXml(verdictMeaning(assessment)));
  for (const finding of assessment.findings) {
    const testCase = suite.testCase().className(`crdoctor.check.${finding.phase}`).name(escapeXml(finding.cause));
    judge(testCase, finding, context);
  }
  return `${builder.build()}\n`;
}

function judge(testCase: TestCase, finding: Finding, { reasons, strict }: CheckContext): void {
  const { outcome, severity } = finding;
  const text = findingText(finding);
  if (outcome === 'fires') {
    if (severity === 'blocker' || (severity === 'risk' && strict)) {
      testCase.failure(escapeXml(finding.message), severity).stacktrace(text);
    } else {
      testCase.standardOutput(text);
    }
  } else if (outcome === 'unknown' && severity === 'blocker') {
    const missing = finding.missing.map((id) => `${id}: ${reasons.get(id) ?? 'does not tell'}`);
    testCase.error(escapeXml(finding.message), 'unknown', lines(missing));
  } else if (outcome !== 'quiet') {
    testCase.skipped();
  }
}

function findingText(finding: Finding): string {
  const messages = messagesOf(finding).map(({ message, count }) =>
    count > 1 ? `${message} (${count} times)` : message,
  );
  return [escapeXml(finding.title), lines(messages), 'fix:', multiLine(finding.fix)].join('\n');
}

/** Ends with a line break. */
export function renderTriageJunit(triage: Triage): string {
  const builder = newBuilder().name('crdoctor triage');
  const suite = builder.testSuite().name(`crdoctor triage: ${triage.phase}`).property('result', triage.result);
  for (const diagnosis of triage.diagnoses) {
    suite
      .testCase()
      .className('crdoctor.triage')
      .name(escapeXml(diagnosis.cause))
      .failure(escapeXml(diagnosis.title), 'diagnosis')
      .stacktrace(diagnosisText(diagnosis));
  }
  if (triage.result === 'unexplained') {
    const unexplained = lines(triage.unexplained.map(logText));
    suite
      .testCase()
      .className('crdoctor.triage')
      .name('unexplained')
      .error(triageMeaning(triage), 'unexplained', unexplained);
  }
  if (triage.result === 'no-failure') suite.testCase().className('crdoctor.triage').name('no failure');
  return `${builder.build()}\n`;
}

function diagnosisText({ explanation, evidence, fix }: Diagnosis): string {
  return [multiLine(explanation), lines(evidence.map(logText)), 'fix:', multiLine(fix)].join('\n');
}

function logText({ file, line, text }: LogLine): string {
  return `${file}:${line}: ${text}`;
}

function lines(texts: readonly string[]): string {
  return texts.map(escapeXml).join('\n');
}

function multiLine(text: string): string {
  return escapeLines(text).map(escapeXml).join('\n');
}

/** The package's declarations speak of an ES module; what Node loads is CommonJS and is the builder itself. */
function newBuilder(): Builder {
  const loaded: unknown = junit;
  if (!isBuilder(loaded)) throw new Error('junit-report-builder gave no builder');
  return loaded.newBuilder();
}

function isBuilder(value: unknown): value is Builder {
  return typeof value === 'object' && value !== null && 'newBuilder' in value;
}
