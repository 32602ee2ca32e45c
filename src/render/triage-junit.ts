/**
 * Triages as JUnit XML, for CI systems: one suite per failure with one failing case per diagnosis, one
 * error for a failure that nothing explains, one passing case when there is none; an input that could
 * not be read is an error.
 */

import type { TestSuite } from 'junit-report-builder';

import type { Comparison, Diagnosis, LogLine, Triage } from '../findings/finding.js';
import type { TriagedInput, UnreadInput } from '../findings/group.js';
import { comparisonLines } from './comparison-words.js';
import { escapeXml } from './escape.js';
import { newBuilder, xmlLines, xmlText } from './junit-builder.js';
import { triageMeaning } from './triage-text.js';
import { blameLine, storyLine, toldStories } from './triage-story.js';

const className = 'crdoctor.triage';

/** One failure; ends with a line break. */
export function renderTriageJunit(triage: Triage): string {
  const builder = newBuilder().name('crdoctor triage');
  const suite = builder.testSuite().name(`crdoctor triage: ${triage.phase}`);
  fillSuite(suite, triage);
  return `${builder.build()}\n`;
}

/** Several failures, a suite each; ends with a line break. */
export function renderGroupsJunit(inputs: readonly TriagedInput[], unread: readonly UnreadInput[]): string {
  const builder = newBuilder().name('crdoctor triage');
  for (const { input, triage } of inputs) fillSuite(builder.testSuite().name(escapeXml(input)), triage);
  for (const { input, problem } of unread) {
    const suite = builder.testSuite().name(escapeXml(input));
    suite.testCase().className(className).name('unread').error(escapeXml(problem), 'unread');
  }
  return `${builder.build()}\n`;
}

function fillSuite(suite: TestSuite, triage: Triage): void {
  suite.property('result', triage.result).property('signature', escapeXml(triage.signature));
  for (const story of toldStories(triage)) suite.property('run', escapeXml(storyLine(triage, story)));
  for (const diagnosis of triage.diagnoses) {
    suite
      .testCase()
      .className(className)
      .name(escapeXml(diagnosis.cause))
      .failure(escapeXml(diagnosis.title), 'diagnosis')
      .stacktrace(diagnosisText(diagnosis, triage.comparison));
  }
  if (triage.result === 'unexplained') {
    const unexplained = xmlLines([...triage.unexplained.map(logText), ...triage.notes]);
    suite.testCase().className(className).name('unexplained').error(triageMeaning(triage), 'unexplained', unexplained);
  }
  if (triage.result === 'no-failure') suite.testCase().className(className).name('no failure');
}

function diagnosisText(diagnosis: Diagnosis, comparison: Comparison | undefined): string {
  const { explanation, evidence, fix } = diagnosis;
  return [
    xmlText(explanation),
    xmlLines(evidence.map(logText)),
    'fix:',
    xmlText(fix),
    escapeXml(blameLine(diagnosis)),
    ...(comparison === undefined ? [] : [xmlLines(comparisonLines(comparison))]),
  ].join('\n');
}

function logText({ file, line, text }: LogLine): string {
  return `${file}:${line}: ${text}`;
}
