import { describe, expect, test } from 'vitest';

import { wordsOf } from '../../src/rules/pattern-words.js';

describe('wordsOf', () => {
  test('takes the longest run of plain characters', () => {
    expect(wordsOf(String.raw`Can't dump file (?<fd>\d+) of that type \[(?<mode>\d+)\]`)).toEqual(["Can't dump file "]);
  });

  test('takes one word from each alternative', () => {
    expect(wordsOf('Restoring FAILED|Dumping .* FAILED')).toEqual(['Restoring FAILED', 'Dumping ']);
  });

  test('leaves out what a quantifier makes optional', () => {
    expect(wordsOf(String.raw`in-flights? connections+ (?:are|is) gone`)).toEqual([' connections']);
    expect(wordsOf('lost{0,3}')).toBeUndefined();
  });

  test('does not look into groups and classes, which may hold alternatives', () => {
    expect(wordsOf(String.raw`(?:Dump|Restore) [a|b)c]+ \(failed\)`)).toEqual([' (failed)']);
  });

  test('gives nothing where an alternative has no word', () => {
    expect(wordsOf('Dumping FAILED|.*')).toBeUndefined();
  });
});
