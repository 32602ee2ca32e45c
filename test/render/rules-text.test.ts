import { describe, expect, it } from 'vitest';

import { renderCause, renderProof, renderRuleList, renderRuleProblems } from '../../src/render/rules-text.js';
import type { Cause } from '../../src/rules/cause.js';
import { nasty, plain, treacherous } from './samples.js';

const cause: Cause = {
  id: 'ghost-file-too-big',
  area: 'files',
  file: 'rules/files/ghost-file-too-big.yaml',
  title: 'A deleted file that is still open is larger than the limit',
  why: 'CRIU copies deleted files into the images, up to a limit.',
  scope: 'instance',
  predict: [],
  diagnose: [
    {
      in: ['criu'],
      role: 'root',
      line: "Can't dump ghost file (?<path>.*) of",
      confidence: 0.9,
      message: '{path} is too large',
    },
  ],
  fix: { default: 'Raise --ghost-limit.', lxd: 'Write it into /etc/criu/default.conf.' },
  blame: 'workload',
  fixedIn: { criu: '3.16' },
  refs: ['https://criu.org/CLI/opt/--ghost-limit'],
  tests: [],
};

describe('renderRuleList', () => {
  it('lists by area, with the ways in which a cause is told', () => {
    expect(renderRuleList([cause], plain)).toBe(`files
  ghost-file-too-big    T    A deleted file that is still open is larger than the limit

1 causes. C: check sees it before the freeze. T: triage knows it from logs.
`);
  });
});

describe('renderCause', () => {
  it('tells everything', () => {
    expect(renderCause(cause, plain)).toBe(`A deleted file that is still open is larger than the limit
ghost-file-too-big: a cause in files, of a container; lies with: workload

CRIU copies deleted files into the images, up to a limit.

How triage knows it
  - in criu: Can't dump ghost file (?<path>.*) of
      says: {path} is too large

What to do
  Raise --ghost-limit.
  lxd: Write it into /etc/criu/default.conf.

Fixed in
  criu 3.16

See
  https://criu.org/CLI/opt/--ghost-limit
`);
  });

  it('trusts no rule of a user', () => {
    const evil = { ...cause, title: nasty, why: nasty, fix: { default: nasty }, refs: [nasty] };
    expect(renderCause(evil, plain)).not.toMatch(treacherous);
    expect(renderRuleList([evil], plain)).not.toMatch(treacherous);
  });
});

describe('results of checks', () => {
  it('says where rules are wrong, or that they are sound', () => {
    expect(renderRuleProblems([{ file: 'a.yaml', line: 3, column: 8, message: 'no such fact' }])).toBe(
      'a.yaml:3:8: no such fact\n',
    );
    expect(renderRuleProblems([])).toBe('The rules are sound.\n');
  });

  it('counts what was proved', () => {
    const failures = [{ cause: 'x', kind: 'mutant' as const, name: 'when without a', message: 'no test notices' }];
    expect(renderProof({ causes: 1, tests: 2, mutants: 3, failures })).toBe(
      'x: undetected damage: when without a: no test notices\n1 causes, 2 tests, 3 damages tried: 1 failed.\n',
    );
  });
});
