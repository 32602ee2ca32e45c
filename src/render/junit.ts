/**
 * A check as JUnit XML, for CI systems: one test case per finding; a blocker that fires is a failure
 * (a risk too when strict), an undecided blocker an error, other undecided and inapplicable findings
 * are skipped, risks and notices pass with their text as output.
 */

import type { TestCase } from 'junit-report-builder';

import type { Assessment, Finding } from '../findings/finding.js';
import { escapeXml } from './escape.js';
import { lackingOf, messagesOf } from './grouping.js';
import { newBuilder, xmlLines, xmlText } from './junit-builder.js';
import type { CheckContext } from './options.js';
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
    const missing = lackingOf(finding).map((id) => `${id}: ${reasons.get(id) ?? 'does not tell'}`);
    testCase.error(escapeXml(finding.message), 'unknown', xmlLines(missing));
  } else if (outcome !== 'quiet') {
    testCase.skipped();
  }
}

function findingText(finding: Finding): string {
  const messages = messagesOf(finding).map(({ message, count }) =>
    count > 1 ? `${message} (${count} times)` : message,
  );
  return [escapeXml(finding.title), xmlLines(messages), 'fix:', xmlText(finding.fix)].join('\n');
}
