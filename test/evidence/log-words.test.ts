import { expect, test } from 'vitest';

import { compileWords } from '../../src/evidence/log-words.js';

test('finds every word, and nothing else', () => {
  const words = ['Dumping FAILED.', 'Dumping task (pid', 'a+b', '\tRead ', '`- returned 0', 'x-y/z'];
  const pattern = compileWords(words);
  for (const word of words) expect(pattern.test(`before ${word} behind`)).toBe(true);
  for (const other of ['Dumping FAILEDx', 'aab', 'Dumping', '', 'Read ']) expect(pattern.test(other)).toBe(false);
});

test('a word that begins another one stands for both', () => {
  for (const words of [
    ['Error', 'Error ('],
    ['Error (', 'Error'],
  ]) {
    expect(compileWords(words).test('an Error')).toBe(true);
  }
});

test('no words match nothing', () => {
  expect(compileWords([]).test('')).toBe(false);
  expect(compileWords(['']).test('x')).toBe(false);
});
