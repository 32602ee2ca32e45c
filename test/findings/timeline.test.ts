/** The story of runs: from lines of real logs, shortened. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

import { describe, expect, test } from 'vitest';

import { readLogText } from '../../src/evidence/logs.js';
import { diagnose } from '../../src/findings/diagnose.js';
import type { Triage } from '../../src/findings/finding.js';

const rules = { causes: [], logRules: [] };
const fixtures = join(import.meta.dirname, '../../fixtures');

const read = (lines: readonly string[], file = 'dump.log') => readLogText(lines.join('\n'), { file, words: [] });

const triage = (...lines: readonly string[]): Triage => diagnose(rules, [read(lines)]);

const steps = ({ timeline }: Triage): readonly string[] =>
  timeline.map(
    ({ text, durationS, rounds, isWhereItStopped }) =>
      `${text}${durationS === undefined ? '' : ` ${durationS.toFixed(2)}`}${rounds === undefined ? '' : ` x${rounds}`}${isWhereItStopped === true ? ' !' : ''}`,
  );

const dump = [
  '(00.00) Version: 4.1.1 (gitid 0)',
  '(00.10) Dumping processes (pid: 7 comm: init)',
  '(00.20) freezing cgroup /sys/fs/cgroup/x: 100 x 100ms attempts, timeout: 10s',
  '(00.50) freezing processes: 1 attempts done',
  '(00.51) Seized task 7, state 1',
  '(00.52) net: Lock network',
  '(00.60) Dumping task (pid: 7 comm: init)',
  '(00.62) Dumping pages (type: 59 pid: 7)',
  '(00.72) Dumping core (pid: 7)',
  '(00.73) Dumping task (pid: 8 comm: sh)',
  '(00.74) Dumping pages (type: 59 pid: 8)',
];
const broken = [
  '(00.94) Error (criu/mem.c:1): Something odd',
  '(01.00) net: Unlock network',
  '(01.10) Unfreezing tasks into 1',
  '(01.20) Error (criu/cr-dump.c:1): Dumping FAILED.',
];

describe('the steps of a run', () => {
  test('each takes until the next begins, all of its rounds together', () => {
    expect(steps(triage(...dump, ...broken))).toEqual([
      'start-up 0.10',
      'preparation 0.10',
      'freeze 0.31',
      'seizing tasks 0.01',
      'network lock 0.08',
      'tasks 0.03 x2',
      'memory 0.36 x2 !',
      'registers and cgroups 0.01',
      'network unlock 0.10',
      'release of the tasks 0.10',
      'dump failed',
    ]);
  });

  test('the failing line tells where it stopped, and tasks were frozen from the first one stopped until they were let go', () => {
    expect(triage(...dump, ...broken).runs).toEqual([
      {
        file: 'dump.log',
        run: 1,
        phase: 'dump',
        outcome: 'failed',
        criu: '4.1.1',
        endS: 1.2,
        stoppedIn: 'memory',
        stoppedAtS: 0.94,
        frozenFromS: 0.5,
        frozenS: 0.6,
        frozenUntil: 'running',
      },
    ]);
  });

  test('without a line that lets them go, nothing is said of how long tasks stood still', () => {
    const [run] = triage(...dump, '(00.94) Error (criu/mem.c:1): Something odd').runs ?? [];
    expect(run).toMatchObject({ outcome: 'not-told', frozenUntil: 'not-told' });
    expect(run).not.toHaveProperty('frozenS');
  });

  test('a log without times tells the steps, and no times', () => {
    const plain = [...dump, ...broken].map((line) => line.replace(/^\S+ /, ''));
    const { runs, timeline } = triage(...plain.map((line, at) => (at === 0 ? `(00.00) ${line}` : line)));
    expect(timeline.some(({ durationS }) => durationS !== undefined)).toBe(false);
    expect(runs?.[0]).not.toHaveProperty('frozenS');
  });

  test('a restored task stops where it is, wherever the others are', () => {
    const result = diagnose(rules, [
      read(
        [
          '(00.00) Version: 4.1.1 (gitid 0)',
          '(00.01) Reading image tree',
          '(00.02) Forking task with 1 pid (flags 0x0)',
          '(00.10)      1: Restoring resources',
          '(00.11)      1: Opening fdinfo-s',
          '(00.12)      2: Restoring resources',
          '(00.13)      2: Opening fdinfo-s',
          '(00.14)      2: Restore via sigreturn',
          "(00.15)      1: Error (criu/files-reg.c:1): Can't open file x on restore",
          '(00.16) Error (criu/cr-restore.c:1): Restoring FAILED.',
        ],
        'restore.log',
      ),
    ]);
    expect(result.runs?.[0]).toMatchObject({ phase: 'restore', stoppedIn: 'open files', stoppedAtS: 0.15 });
    expect(steps(result)).toContain('forking tasks 0.08');
  });

  test('runs in one log are told apart', () => {
    const good = [
      '(00.00) Version: 4.1.1 (gitid 0)',
      '(00.1) Dumping processes (pid: 7)',
      '(00.2) Dumping finished successfully',
    ];
    const { runs, timeline } = triage(...good, ...dump, ...broken);
    expect(runs?.map(({ run, outcome }) => [run, outcome])).toEqual([
      [1, 'succeeded'],
      [2, 'failed'],
    ]);
    expect(timeline.filter(({ run }) => run === 1)).toHaveLength(3);
  });

  test('what the terminal quotes of a run is no run of its own', () => {
    const quoted = readLogText(`lxc stop c1 --stateful\n${broken.join('\n')}`, { file: 'terminal.txt', words: [] });
    const { runs, command } = diagnose(rules, [read([...dump, ...broken]), quoted]);
    expect(runs?.map(({ file }) => file)).toEqual(['dump.log']);
    expect(command).toBe('lxc stop c1 --stateful');
  });

  test('the middle of a huge log, which is passed by, belongs to no step', () => {
    const filler = `(00.63) page-pipe: ${'x'.repeat(100)}\n`.repeat(60_000);
    const text = `${dump.slice(0, 8).join('\n')}\n${filler}${dump.slice(8).join('\n')}\n${broken.join('\n')}\n`;
    const { runs, timeline } = diagnose(rules, [readLogText(text, { file: 'dump.log', words: [] })]);
    expect(runs?.[0]).toMatchObject({ hasGap: true, stoppedIn: 'memory' });
    expect(timeline.find(({ text: step }) => step === 'memory')?.durationS).toBeCloseTo(0.26);
  });
});

describe('recorded runs', () => {
  const logs = readdirSync(join(fixtures, 'logs')).flatMap((name) =>
    readdirSync(join(fixtures, 'logs', name))
      .filter((file) => file.startsWith('snapshot_'))
      .map((file) => [name, file] as const),
  );

  test.each(logs)('%s/%s: steps come in order, and their durations add up to the run', (name, file) => {
    const text = gunzipSync(readFileSync(join(fixtures, 'logs', name, file))).toString();
    const { timeline, runs } = diagnose(rules, [readLogText(text, { file, words: [] })]);
    const times = timeline.map(({ timeS }) => timeS ?? Number.NaN);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    const begin = times[0] ?? 0;
    const sum = timeline.reduce((total, { durationS = 0 }) => total + durationS, 0);
    expect(sum).toBeCloseTo((times.at(-1) ?? 0) - begin, 4);
    expect(runs).toHaveLength(1);
    const [run] = runs ?? [];
    expect(run?.phase !== 'dump' || (run.frozenS ?? 0) > 0).toBe(true);
    expect(run?.outcome !== 'failed' || run.stoppedIn !== undefined).toBe(true);
  });
});
