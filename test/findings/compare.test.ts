import { describe, expect, test } from 'vitest';

import { readLogText } from '../../src/evidence/logs.js';
import { compareLogs, type JudgedLogs } from '../../src/findings/compare.js';
import { judgeLogs } from '../../src/findings/diagnose.js';

const rules = { causes: [], logRules: [] };

const judge = (file: string, ...lines: readonly string[]): JudgedLogs => {
  const readings = [readLogText(lines.join('\n'), { file, words: [], isTraced: true })];
  return { readings, ...judgeLogs(rules, readings) };
};

const begin = ['(00.00) Version: 4.1.1 (gitid 0)', '(00.01) Dumping processes (pid: 7 comm: init)'];
const end = [
  '(02.00) Dumping pstree (pid: 7)',
  '(02.10) Unfreezing tasks into 2',
  '(02.20) Dumping finished successfully',
];
const good = judge(
  'good.log',
  ...begin.map((line) => line.replace('4.1.1', '4.2.1')),
  '(00.10) freezing cgroup /x: 100 x 100ms attempts, timeout: 10s',
  '(00.20) Seized task 7, state 1',
  '(00.30) Dumping task (pid: 7 comm: init)',
  '(00.40) Warn  (criu/a.c:1): only in the good one',
  ...end,
);
const bad = judge(
  'bad.log',
  ...begin,
  '(00.10) freezing cgroup /y: 100 x 100ms attempts, timeout: 10s',
  '(04.20) Seized task 17, state 1',
  '(04.20) Seized task 18, state 1',
  '(04.30) Dumping task (pid: 17 comm: sh)',
  '(04.35) odd things are seen',
  '(04.36) and more of them',
  '(04.40) Error (criu/b.c:1): broken 1',
  '(04.41) Error (criu/b.c:1): broken 2',
  '(04.50) Unfreezing tasks into 1',
  '(04.60) Error (criu/cr-dump.c:1): Dumping FAILED.',
);

describe('compareLogs', () => {
  test('tells what differs, alike being what differs by numbers and paths alone', () => {
    expect(compareLogs(bad, good)).toEqual({
      comparison: {
        phase: 'dump',
        bad: { file: 'bad.log', criu: '4.1.1', endS: 4.6, frozenS: expect.closeTo(0.3) as number },
        good: { file: 'good.log', criu: '4.2.1', endS: 2.2, frozenS: expect.closeTo(1.9) as number },
        stoppedIn: 'tasks',
        notReached: ['process tree'],
        firstDifference: { file: 'bad.log', line: 7, text: '(04.35) odd things are seen' },
        lastDifference: { file: 'bad.log', line: 8, text: '(04.36) and more of them' },
        onlyBad: [
          { file: 'bad.log', line: 9, text: '(04.40) Error (criu/b.c:1): broken 1', count: 2 },
          { file: 'bad.log', line: 12, text: '(04.60) Error (criu/cr-dump.c:1): Dumping FAILED.', count: 1 },
        ],
        onlyGood: [{ file: 'good.log', line: 6, text: '(00.40) Warn  (criu/a.c:1): only in the good one', count: 1 }],
        counts: [{ what: 'tasks', bad: 2, good: 1 }],
        durations: [{ step: 'freeze', badS: expect.closeTo(4.1) as number, goodS: expect.closeTo(0.1) as number }],
        isPartial: false,
      },
    });
  });

  test('refuses a run that failed itself', () => {
    expect(compareLogs(bad, bad)).toEqual({ of: 'good', problem: 'nothing in it says that this run went well' });
  });

  test('refuses a run of another kind, and says which', () => {
    const restore = judge(
      'restore.log',
      '(00.00) Version: 4.1.1 (gitid 0)',
      '(00.01) Reading image tree',
      '(00.02) Restore finished successfully. Tasks resumed.',
    );
    expect(compareLogs(bad, restore)).toEqual({
      of: 'good',
      problem: 'this is a restore, and what failed is a dump',
    });
  });

  test('needs a run of CRIU on both sides', () => {
    expect(compareLogs(judge('t.txt', 'Error: no such container'), good)).toMatchObject({ of: 'bad' });
  });
});
