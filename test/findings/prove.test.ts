import { describe, expect, it } from 'vitest';

import { proveRules } from '../../src/findings/prove.js';
import { parseCause } from '../../src/rules/parse-cause.js';

const provable = (
  tests: string,
  when = "host.kernel.release.before('4.4') && host.machine == 'x86_64'",
): readonly string[] => {
  const text = `
title: A kernel that is too old
why: It lacks things.
scope: host
predict:
  - phase: dump
    severity: blocker
    when: ${when}
    message: kernel {host.kernel.release}
fix: {default: Take a newer one.}
blame: kernel
tests:
${tests}`;
  const { value, problems } = parseCause(text, { file: 'old.yaml', id: 'old', area: 'kernel' });
  expect(problems).toEqual([]);
  return proveRules({ causes: value ? [value] : [], logRules: [], residues: [] }).failures.map(
    ({ kind, name }) => `${kind}: ${name}`,
  );
};

const test = (name: string, release: string, machine: string, expected: string): string =>
  `  - {name: ${name}, facts: {host: {kernel: {release: '${release}'}, machine: ${machine}}}, expect: ${expected}}\n`;

describe('proveRules', () => {
  const all =
    test('just below', '4.3', 'x86_64', 'fires') +
    test('at the bound', '4.4', 'x86_64', 'quiet') +
    test('other machine', '4.3', 'arm', 'quiet');

  it('is content with tests at the bound and for each operand', () => {
    expect(provable(all)).toEqual([]);
  });

  it('reports a test that does not come out as written', () => {
    expect(provable(test('wrong', '5.0', 'x86_64', 'fires'))).toEqual(['test: wrong']);
  });

  it('notices that an operand could be dropped', () => {
    const tests = test('just below', '4.3', 'x86_64', 'fires') + test('at the bound', '4.4', 'x86_64', 'quiet');
    expect(provable(tests)).toEqual([expect.stringContaining("without host.machine == 'x86_64'")]);
  });

  it('notices that a bound could be shifted', () => {
    const tests = all.replace("'4.4'", "'5.0'");
    expect(provable(tests)).toEqual([expect.stringContaining('4.4 shifted to 4.4.0.1')]);
  });
});
