import { gzipSync } from 'node:zlib';

import { describe, expect, it } from 'vitest';

import { renderApportFile } from '../../../src/render/filing/apport-file.js';
import { readApport } from './read-apport.js';

const render = (...entries: Parameters<typeof renderApportFile>[0]): string => renderApportFile(entries).toString();

describe('a report file for apport', () => {
  it('has the kind of problem first, texts by their keys, packed ones last', () => {
    const packed = { key: 'AFirst', value: { gzip: gzipSync('x') } };
    const text = render(
      packed,
      { key: 'Title', value: 't' },
      { key: 'Package', value: 'criu' },
      {
        key: 'ProblemType',
        value: 'Bug',
      },
    );
    expect(text.match(/^\S+(?=:)/gm)).toEqual(['ProblemType', 'Package', 'Title', 'AFirst']);
  });

  it('writes one line behind the key, and several below it', () => {
    expect(render({ key: 'A', value: 'one' }, { key: 'B', value: 'one\n\ntwo\n' })).toBe('A: one\nB:\n one\n \n two\n');
  });

  it('lets no text begin a key of its own', () => {
    const hostile = 'x\nCrashDB: evil\r\nExecutablePath: /bin/sh\rPackage: evil';
    const values = readApport(renderApportFile([{ key: 'Title', value: hostile }]));
    expect([...values.keys()]).toEqual(['Title']);
  });

  it('lets no text pass for something packed', () => {
    const values = readApport(renderApportFile([{ key: 'Title', value: ' base64' }]));
    // The reader takes a key followed by this word for packed, so it stands on a line of its own.
    expect(renderApportFile([{ key: 'Title', value: 'base64' }]).toString()).toBe('Title:\n base64\n');
    expect(values.get('Title')?.trim()).toBe('base64');
  });

  it.each(['', 'a b', 'a/b', 'a:b', '_Internal', 'ä', '../x'])('refuses the key %j', (key) => {
    expect(() => renderApportFile([{ key, value: 'x' }])).toThrow('is no key');
  });

  it('gives packed texts back as they were', () => {
    const text = 'line\n'.repeat(20_000);
    const file = renderApportFile([{ key: 'Log', value: { gzip: gzipSync(text) } }]);
    expect(readApport(file).get('Log')).toBe(text);
    expect(
      Math.max(
        ...file
          .toString()
          .split('\n')
          .map((line) => line.length),
      ),
    ).toBeLessThanOrEqual(77);
  });
});
