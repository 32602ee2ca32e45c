/** A line that a fact backs goes before a line alone. */

import { describe, expect, it } from 'vitest';

import type { Assessment, Diagnosis, Finding, Triage } from '../../src/findings/finding.js';
import { markPredicted } from '../../src/findings/predicted.js';

const diagnosis = (cause: string, confidence: number): Diagnosis => ({
  cause,
  confidence,
  title: cause,
  explanation: '',
  fix: '',
  blame: 'workload',
  fixedIn: {},
  predicted: true,
  refs: [],
  evidence: [],
});

const triageOf = (...diagnoses: Diagnosis[]): Triage => ({
  result: 'diagnosed',
  phase: 'dump',
  signature: 'a line',
  versions: {},
  diagnoses,
  timeline: [],
  unexplained: [],
  notes: [],
});

const firing = (cause: string, more: Partial<Finding> = {}): Assessment => ({
  verdict: 'blocked',
  subject: { operation: 'stop', source: { where: 'report' } },
  notes: [],
  findings: [
    {
      cause,
      outcome: 'fires',
      severity: 'blocker',
      phase: 'dump',
      title: cause,
      message: '',
      why: '',
      occurrences: [],
      fix: '',
      refs: [],
      evidence: [],
      missing: [],
      ...more,
    },
  ],
});

const ranked = (triage: Triage, assessment: Assessment): readonly (readonly [string, number, boolean])[] =>
  markPredicted(triage, assessment).diagnoses.map((each) => [each.cause, each.confidence, each.predicted]);

describe('a diagnosis that a fact backs', () => {
  const close = triageOf(diagnosis('line-alone', 0.9), diagnosis('backed', 0.85));

  it('goes before a line alone that is about as sure', () => {
    expect(ranked(close, firing('backed'))).toEqual([
      ['backed', 0.95, true],
      ['line-alone', 0.9, false],
    ]);
    expect(markPredicted(close, firing('backed')).signature).toBe('a line');
  });

  it('goes before another one when both are as sure as anything can be', () => {
    const sure = triageOf(diagnosis('line-alone', 0.99), diagnosis('backed', 0.95));
    expect(ranked(sure, firing('backed'))[0]).toEqual(['backed', 0.99, true]);
  });

  it('does not go before a much better line', () => {
    const apart = triageOf(diagnosis('line-alone', 0.9), diagnosis('backed', 0.6));
    expect(ranked(apart, firing('backed')).map(([cause]) => cause)).toEqual(['line-alone', 'backed']);
  });

  it.each([
    ['a notice', { severity: 'notice' }],
    ['a fact about the other half', { phase: 'restore' }],
  ] as const)('gains nothing by %s, which is said all the same', (_, more) => {
    expect(ranked(close, firing('backed', more))).toEqual([
      ['line-alone', 0.9, false],
      ['backed', 0.85, true],
    ]);
  });

  it('gains nothing by a cause that was looked for and not found', () => {
    expect(ranked(close, firing('backed', { outcome: 'quiet' }))[1]).toEqual(['backed', 0.85, false]);
  });
});
