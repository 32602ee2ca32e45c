import { describe, expect, it } from 'vitest';

import { patternRisk } from '../../src/rules/pattern-risk.js';

describe('patternRisk refuses what can take for ever', () => {
  it.each([
    ['(a+)+$', 'holds another one'],
    ['FOO (?<path>(a|aa)+)$', 'holds another one or a choice'],
    ['((?:a|b)c)*', 'holds another one or a choice'],
    ['.*a.*b', 'more than one stretch'],
    ['FOO .*.*=.*bad', 'two repetitions of the same'],
    [String.raw`\S+\S+x`, 'two repetitions of the same'],
    ['(?:.{0,5000}){2}', 'holds another one'],
  ])('%s', (pattern, reason) => {
    expect(patternRisk(pattern)).toContain(reason);
  });
});

describe('patternRisk leaves alone', () => {
  it.each([
    String.raw`FS mnt (?<path>\S+) dev \S+ root \S+ unsupported id \d+`,
    'iptables.{0,200}failed.{0,200}mark',
    '(?:migration|snapshot) (?:dump|restore) failed',
    '(?:ab){3}',
    '.*only once',
  ])('%s', (pattern) => {
    expect(patternRisk(pattern)).toBeUndefined();
  });
});
