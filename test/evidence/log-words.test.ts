import { expect, test } from 'vitest';

import { compileWords, indexWords } from '../../src/evidence/log-words.js';

test('finds every word, and nothing else', () => {
  const words = ['Dumping FAILED.', 'Dumping task (pid', 'a+b*', '\tRead ', '`- returned 0', 'x-y/z'];
  const pattern = compileWords(words);
  for (const word of words) expect(pattern.test(`before ${word} behind`)).toBe(true);
  for (const other of ['Dumping FAILEDx', 'aab*', 'Dumping', '', 'Read ']) expect(pattern.test(other)).toBe(false);
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

test('tells what belongs to the words that are there, overlapping ones too', () => {
  const index = indexWords([
    ["Can't open", 1],
    ["Can't open file", 2],
    ['open file x', 3],
    ["Can't close", 4],
  ]);
  expect(index.find("Error: Can't open file y")).toEqual(new Set([1, 2]));
  expect(index.find("Can't open file x")).toEqual(new Set([1, 2, 3]));
  expect(index.find('open')).toEqual(new Set());
});

test('agrees with a plain search, whatever the text', () => {
  const words = ['\u{1f600}abc', 'ÄÖÜß', 'aaaa', 'aaab', 'abab', 'Warn  ('];
  const index = indexWords(words.map((word) => [word, word] as const));
  for (const text of ['xaaab', 'aaaaab', '\u{1f600}abcd', 'ÄÖÜ', 'xÄÖÜßx', 'ababab', 'Warn  (']) {
    expect(index.find(text)).toEqual(new Set(words.filter((word) => text.includes(word))));
  }
});
