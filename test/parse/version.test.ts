import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { compareVersions, isAtLeast, isBefore } from '../../src/parse/version.js';

describe('compareVersions', () => {
  it.each([
    ['6.18.44-fc-custom', '=', '6.18.44'],
    ['6.12.48+deb13-amd64', '=', '6.12.48'],
    ['6.1.0-13-amd64', '<', '6.16'],
    ['5.15.0-1051-aws', '>', '5.4'],
    ['6.19-rc5', '<', '6.19'],
    ['6.19.0-rc5-amd64', '<', '6.19'],
    ['6.19-rc5', '>', '6.19-rc4'],
    ['6.19-rc5', '>', '6.18.44'],
    ['4.1.1-1+deb13u1', '=', '4.1.1'],
    ['4.1.1-1+deb13u1', '<', '4.2'],
    ['4.3~rc1', '<', '4.3'],
    ['3.17.1', '>', '3.17'],
    ['3.9', '<', '3.10'],
    ['5.0.2+git20231211', '=', '5.0.2'],
    ['1:2.36-9', '=', '2.36'],
    ['2.6.32.71', '>', '2.6.32.9'],
    ['v4.2', '=', '4.2.0'],
  ])('%s %s %s', (left, sign, right) => {
    expect(compareVersions(left, right)).toBe({ '<': -1, '=': 0, '>': 1 }[sign]);
    expect(compareVersions(right, left)).toBe({ '<': 1, '=': 0, '>': -1 }[sign]);
  });

  it.each(['', 'unknown', '-1', 'x4.2'])('%j is no version', (text) => {
    expect(compareVersions(text, '4.2')).toBeUndefined();
    expect(isBefore('4.2', text)).toBeUndefined();
    expect(isAtLeast(text, text)).toBeUndefined();
  });

  it('is before or at least, never both', () => {
    const version = fc.tuple(fc.nat(9), fc.nat(9), fc.nat(9)).map((numbers) => numbers.join('.'));
    fc.assert(fc.property(version, version, (left, right) => isBefore(left, right) !== isAtLeast(left, right)));
  });
});
