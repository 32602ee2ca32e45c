/** docs/accuracy.md is about the cases that there are, and what counts as a miss. */

import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { allCases, fastCases } from './lab/accuracy/cases.js';
import { containerCases } from './lab/accuracy/cases/containers.js';
import { reasons } from './lab/accuracy/reasons.js';
import { matrixOf, renderDocument } from './lab/accuracy/document.js';
import { aboutDump } from './lab/accuracy/judgement.js';
import { type Measured, missOf, ratesOf } from './lab/accuracy/result.js';

const document = readFileSync(new URL('../docs/accuracy.md', import.meta.url), 'utf8');

function measured(
  outcome: 'dumps' | 'fails',
  verdict: 'blocked' | 'at-risk' | 'ready' | 'unknown',
  cause = '',
): Measured {
  return {
    status: 'measured',
    name: `${verdict} ${outcome}`,
    criu: 'current',
    judgement: {
      verdict,
      causes: verdict === 'ready' ? [] : ['disk-full'],
      dumpCauses: [],
      namesProcess: true,
      messages: [],
      undecided: [],
    },
    outcome,
    decisive: outcome === 'fails' ? 'Error (criu/x.c:1): too bad' : '',
    logCauses: cause === '' ? [] : [cause],
  };
}

describe('docs/accuracy.md', () => {
  const names = document.slice(document.indexOf('## All cases')).matchAll(/^\| (?!case \||--- \|)(.*?) \|/gm);

  it('lists all cases, in their order; else run `npm run accuracy`', () => {
    expect([...names].map(([, name]) => name)).toEqual([...allCases, ...containerCases].map(({ name }) => name));
  });

  it('reaches the goals', () => {
    expect(document).toMatch(/\n- 0 of \d+ trees that dump were called blocked/);
    const [, foreseen] = /called blocked or at risk: ([\d.]+) %/.exec(document) ?? [];
    expect(Number(foreseen)).toBeGreaterThanOrEqual(95);
    const [, needless] = /trees that dump were called at risk: ([\d.]+) %/.exec(document) ?? [];
    expect(Number(needless)).toBeLessThanOrEqual(5);
  });
});

describe('reasons for misses', () => {
  it('are about cases that there are', () => {
    const names = [...allCases, ...containerCases].map(({ name }) => name);
    expect(Object.keys(reasons).filter((name) => !names.includes(name))).toEqual([]);
  });
});

describe('cases', () => {
  it('have names of their own', () => {
    expect(new Set(allCases.map(({ name }) => name)).size).toBe(allCases.length);
  });

  it('are some forty in the tests of the lab', () => {
    expect(fastCases.length).toBeGreaterThan(38);
  });
});

describe('a verdict', () => {
  it.each([
    ['dumps', 'ready', '', undefined],
    ['dumps', 'blocked', '', 'false-alarm'],
    ['dumps', 'at-risk', '', 'needless-risk'],
    ['dumps', 'unknown', '', 'undecided'],
    ['fails', 'ready', 'disk-full', 'missed'],
    ['fails', 'unknown', 'disk-full', 'undecided'],
    ['fails', 'blocked', 'disk-full', undefined],
    ['fails', 'at-risk', 'disk-full', undefined],
    ['fails', 'blocked', 'mount-unsupported-fs', 'other-cause'],
    ['fails', 'blocked', '', 'log-unknown'],
  ] as const)('of a tree that %s, %s, with %j in the log: %s', (outcome, verdict, cause, miss) => {
    expect(missOf(measured(outcome, verdict, cause))).toBe(miss);
  });

  it('may name any of the causes that a log fits equally well', () => {
    const result = { ...measured('fails', 'blocked'), logCauses: ['zombie-leader', 'disk-full'] };
    expect(missOf(result)).toBeUndefined();
    expect(missOf({ ...result, logCauses: ['zombie-leader', 'ptrace-not-permitted'] })).toBe('other-cause');
  });

  it('of a risk must name a process', () => {
    const result = measured('fails', 'at-risk', 'disk-full');
    expect(missOf({ ...result, judgement: { ...result.judgement, namesProcess: false } })).toBe('no-process');
  });

  it('leaves the restore aside where none is tried', () => {
    const { judgement } = measured('dumps', 'at-risk');
    expect(aboutDump(judgement)).toMatchObject({ verdict: 'ready', causes: [] });
    expect(aboutDump({ ...judgement, dumpCauses: ['disk-full'] })).toMatchObject({ verdict: 'at-risk' });
    expect(aboutDump({ ...judgement, verdict: 'blocked' })).toMatchObject({ verdict: 'blocked' });
  });

  it('is counted', () => {
    const all = [
      measured('dumps', 'ready'),
      measured('fails', 'blocked', 'disk-full'),
      measured('fails', 'at-risk', 'no-such'),
      measured('fails', 'ready', 'disk-full'),
    ];
    expect(matrixOf(all)).toEqual([
      ['blocked', '0', '1', '1'],
      ['at-risk', '0', '1', '0'],
      ['ready', '1', '1', '0'],
      ['unknown', '0', '0', '0'],
    ]);
    expect(ratesOf(all)).toEqual({
      dumps: 1,
      fails: 3,
      falseAlarms: 0,
      needlessRisks: 0,
      foreseen: 2,
      foreseenAsBlocked: 1,
      sameCause: 1,
    });
  });

  it('shows in the document, without what changes from run to run', () => {
    const result = {
      ...measured('fails', 'ready', 'disk-full'),
      decisive: 'Error (criu/x.c:7): mnt: Mount 605 ./a is bad',
    };
    const text = renderDocument({
      versions: { kernel: '6.1', criu: { current: '4.2.1' } },
      results: [result],
      seconds: 5,
    });
    expect(text).toContain(
      '| ready fails | called ready, and fails | ready | disk-full | mnt: Mount N ./a is bad | not known |',
    );
    expect(text).not.toMatch(/\d{4}-\d\d-\d\d|\b5 s\b/);
  });
});
