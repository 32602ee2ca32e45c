import { describe, expect, it } from 'vitest';

import { parseCriuOptions, readGhostLimit } from '../../src/parse/criu-options.js';

describe('parseCriuOptions', () => {
  it.each([
    ['--tcp-established --external unix[12]', ['--tcp-established', '--external unix[12]']],
    ['--external=unix[12] --ghost-limit=4M', ['--external unix[12]', '--ghost-limit 4M']],
    ['-jl -v4 -t 812 -D/tmp/i', ['--shell-job', '--file-locks', '--verbosity 4', '--tree 812', '--images-dir /tmp/i']],
    ['--external "mnt[/a b]:x"', ['--external mnt[/a b]:x']],
    ['--enable-fs ramfs,tracefs', ['--enable-fs ramfs', '--enable-fs tracefs']],
    ['--manage-cgroups=ignore', ['--manage-cgroups ignore']],
    ['--manage-cgroups --shell-job', ['--manage-cgroups', '--shell-job']],
    ['tcp-established\nghost-limit 4M', ['--tcp-established', '--ghost-limit 4M']],
    ['criu dump -j', ['--shell-job']],
    ['--shell-job --no-shell-job', []],
    ['', []],
  ])('reads %s', (text, options) => {
    expect(parseCriuOptions(text)).toEqual(options);
  });

  it('tells an automatic external mount by its older names as well', () => {
    expect(parseCriuOptions('--external mnt[]:ms')).toEqual([
      '--external mnt[]:ms',
      '--ext-mount-map auto',
      '--enable-external-sharing',
      '--enable-external-masters',
    ]);
  });

  it('tells of words that are no options', () => {
    const refused: string[] = [];
    parseCriuOptions('--shell-job sometimes -Z', (word) => refused.push(word));
    expect(refused).toEqual(['sometimes', '-Z']);
  });
});

it.each([
  [[], 1_048_576],
  [['--ghost-limit 268435456'], 268_435_456],
  [['--ghost-limit 1M', '--ghost-limit 3k'], 3072],
  [['--ghost-limit much'], undefined],
])('reads the limit of deleted files from %j', (options, bytes) => {
  expect(readGhostLimit(options)).toBe(bytes);
});
