import { describe, expect, it } from 'vitest';

import { toBlocks } from '../../src/render/paragraphs.js';
import { wantsColor } from '../../src/render/style.js';
import { displayWidth, wrap } from '../../src/render/wrap.js';

describe('wrap', () => {
  it('breaks at spaces and hangs the other lines', () => {
    expect(wrap('one two three four', 13, '- ', '  ')).toEqual(['- one two', '  three four']);
  });

  it('leaves a long word whole', () => {
    expect(wrap('see /a/very/long/path now', 10)).toEqual(['see', '/a/very/long/path', 'now']);
  });

  it('counts columns, not characters', () => {
    expect(displayWidth('日本')).toBe(4);
    expect(displayWidth('e\u0301')).toBe(1);
  });
});

describe('toBlocks', () => {
  it('tells prose from commands and list items', () => {
    expect(toBlocks('Do this\nand that:\n\n    lxc stop c1\n    lxc start c1\n- one\n- two\n')).toEqual([
      { kind: 'prose', text: 'Do this and that:' },
      { kind: 'verbatim', lines: ['lxc stop c1', 'lxc start c1'] },
      { kind: 'prose', text: '- one' },
      { kind: 'prose', text: '- two' },
    ]);
  });
});

describe('wantsColor', () => {
  const terminal = { isTerminal: true, noColor: false, env: {} };
  it.each([
    ['a terminal', terminal, true],
    ['a pipe', { ...terminal, isTerminal: false }, false],
    ['--no-color', { ...terminal, noColor: true, env: { FORCE_COLOR: '1' } }, false],
    ['NO_COLOR', { ...terminal, env: { NO_COLOR: '1' } }, false],
    ['an empty NO_COLOR', { ...terminal, env: { NO_COLOR: '' } }, true],
    ['a dumb terminal', { ...terminal, env: { TERM: 'dumb' } }, false],
    ['FORCE_COLOR in a pipe', { ...terminal, isTerminal: false, env: { FORCE_COLOR: '1' } }, true],
    ['FORCE_COLOR=0', { ...terminal, env: { FORCE_COLOR: '0' } }, false],
  ] as const)('%s', (_, wish, expected) => {
    expect(wantsColor(wish)).toBe(expected);
  });
});
