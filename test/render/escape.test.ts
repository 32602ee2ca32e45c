import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  escapeJson,
  escapeLines,
  escapeMarkdown,
  escapeText,
  escapeXml,
  markdownBlock,
  markdownCode,
  escapeMarkdownProse,
  markdownLink,
  markdownName,
} from '../../src/render/escape.js';
import { nasty, treacherous } from './samples.js';

describe('escapeText', () => {
  it('leaves ordinary names alone', () => {
    expect(escapeText('/srv/データ/naïve file.txt')).toBe('/srv/データ/naïve file.txt');
  });

  it('shows what cannot be seen', () => {
    expect(escapeText('a\u001b[31m\n\u202eb\u009b\u007f')).toBe(String.raw`a\x1b[31m\n\u{202e}b\x9b\x7f`);
  });

  it('cuts what nobody would read, without breaking a character', () => {
    const shown = escapeText('😀'.repeat(1_000_000));
    expect(shown.length).toBeLessThan(2100);
    expect(shown).toMatch(/^(😀)+ … \(1998000 more characters\)$/u);
  });
});

describe('every escape', () => {
  const escapes = { escapeText, escapeMarkdown, escapeXml, markdownCode, markdownName };

  it.each(Object.entries(escapes))('%s gives one harmless line for hostile text', (_, escape) => {
    expect(escape(nasty)).not.toMatch(treacherous);
    expect(escape(nasty)).not.toContain('\n');
  });

  it.each(Object.entries(escapes))('%s does so for any text', (_, escape) => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const shown = escape(text);
        return !treacherous.test(shown) && !shown.includes('\n');
      }),
    );
  });
});

describe('escapeLines', () => {
  it('keeps line breaks that are ours, and nothing else', () => {
    expect(escapeLines('one\r\n\n  two\u001b\n\n')).toEqual(['one', '', String.raw`  two\x1b`]);
  });
});

describe('escapeMarkdown', () => {
  it('lets no markup through', () => {
    expect(escapeMarkdown('<b>|`x`|[a](http://b) @all $x$ *i* _i_ ~s~')).toBe(
      String.raw`&lt;b&gt;\|\`x\`\|\[a\](http&#58;//b) @<!-- -->all \$x\$ \*i\* \_i\_ \~s\~`,
    );
  });

  it('does not let a text begin a list or a heading', () => {
    expect(escapeMarkdown('- item')).toBe(String.raw`\- item`);
    expect(escapeMarkdown('# title')).toBe(String.raw`\# title`);
    expect(escapeMarkdown('1. item')).toBe(String.raw`1\. item`);
  });
});

describe('Markdown of rules', () => {
  it('keeps code that is marked as code', () => {
    expect(escapeMarkdownProse('run `lxc info a_b` (as root) <now>')).toBe('run `lxc info a_b` (as root) &lt;now&gt;');
    expect(escapeMarkdownProse('one ` alone')).toBe('one \\` alone');
  });

  it('links addresses and nothing else', () => {
    expect(markdownLink('https://criu.org/TCP_connection')).toBe('<https://criu.org/TCP_connection>');
    expect(markdownLink('man 5 proc_pid')).toBe('man 5 proc_pid');
    expect(markdownLink('https://a> <script>')).toBe('https&#58;//a&gt; &lt;script&gt;');
    expect(markdownLink('javascript:alert(1)')).toBe('javascript:alert(1)');
  });
});

describe('markdownCode and markdownBlock', () => {
  it('outdoes the backticks inside', () => {
    expect(markdownCode('a``b')).toBe('```a``b```');
    expect(markdownCode('`')).toBe('`` ` ``');
    expect(markdownBlock(['x', '````'])).toBe('`````text\nx\n````\n`````');
  });

  it('shows a plain name as code and anything else as prose', () => {
    expect(markdownName('6.18.44-custom')).toBe('`6.18.44-custom`');
    expect(markdownName('a|b')).toBe(String.raw`a\|b`);
  });
});

describe('escapeJson', () => {
  it('means the same and holds nothing treacherous', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const json = escapeJson(JSON.stringify({ text }, undefined, 2));
        expect(json).not.toMatch(treacherous);
        expect(JSON.parse(json)).toEqual({ text });
      }),
    );
  });
});
