import { describe, expect, it } from 'vitest';

import { excerptsOf, numberedLines } from '../../src/render/log-excerpt.js';
import type { ReportSummary } from '../../src/report/summary.js';
import { artifact, summaryOf } from './report-samples.js';
import { triage } from './samples.js';

const file = 'source/instance.log.dump.log';
const logLines = Array.from({ length: 300 }, (_, index) =>
  [100, 206].includes(index) ? `(00.01) Error (criu/x.c:${index}): broken` : `(00.01) step ${index + 1}`,
);

/** A report whose triage names line 207 of a log, of which `kept` is at hand. */
function summaryWith(kept: readonly string[], overrides: Partial<ReportSummary> = {}): ReportSummary {
  const evidence = [{ file, line: 207, text: logLines[206] ?? '' }];
  const whole = logLines.join('\n');
  return summaryOf(
    [artifact({ id: 'instance.log.dump.log', path: file, bytes: Buffer.byteLength(whole) })],
    { 'instance.log.dump.log': kept.join('\n') },
    { triage: triage({ diagnoses: triage().diagnoses.map((each) => ({ ...each, evidence })) }), ...overrides },
  );
}

describe('excerptsOf', () => {
  it('shows the telling line with what led to it, and the other errors', () => {
    const [excerpt] = excerptsOf(summaryWith(logLines));
    expect(excerpt?.rows.map((row) => row?.line)).toEqual([
      101,
      undefined,
      ...Array.from({ length: 14 }, (_, index) => 197 + index),
    ]);
    expect(excerpt && numberedLines(excerpt).slice(0, 3)).toEqual([
      '101  (00.01) Error (criu/x.c:100): broken',
      '  …',
      '197  (00.01) step 197',
    ]);
  });

  it('numbers lines right when only the end of the log is at hand', () => {
    const [excerpt] = excerptsOf(summaryWith(logLines.slice(150)));
    expect(excerpt?.rows.map((row) => row?.line)).toEqual(Array.from({ length: 14 }, (_, index) => 197 + index));
    expect(excerpt?.rows[0]?.text).toBe('(00.01) step 197');
  });

  it('falls back on what the triage quotes', () => {
    const quoted = [{ file, rows: [{ line: 207, text: '(00.01) Error (criu/x.c:206): broken' }] }];
    expect(excerptsOf(summaryWith(logLines.slice(250)))).toEqual(quoted);
    expect(excerptsOf(summaryWith(logLines, { textOf: () => undefined }))).toEqual(quoted);
  });

  it('shows nothing when nothing failed', () => {
    expect(excerptsOf(summaryWith(logLines, { triage: triage({ result: 'no-failure' }) }))).toEqual([]);
    expect(excerptsOf(summaryOf([]))).toEqual([]);
  });

  it('takes unexplained lines for want of a diagnosis', () => {
    const unexplained = [{ file, line: 101, text: logLines[100] ?? '' }];
    const summary = summaryWith(logLines, { triage: triage({ result: 'unexplained', diagnoses: [], unexplained }) });
    expect(excerptsOf(summary)[0]?.rows.map((row) => row?.line)).toContain(91);
  });
});
