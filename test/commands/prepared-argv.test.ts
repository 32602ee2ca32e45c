import { describe, expect, it } from 'vitest';

import { asWritten, prepareArgv } from '../../src/commands/prepared-argv.js';

describe('prepareArgv', () => {
  it('keeps options that are a value together', () => {
    expect(prepareArgv(['check', '--criu-options', '--shell-job --ext-unix-sk', '--pid', '1'])).toEqual([
      'check',
      '--criu-options=--shell-job --ext-unix-sk',
      '--pid',
      '1',
    ]);
    expect(prepareArgv(['check', '--criu-options'])).toEqual(['check', '--criu-options']);
  });

  it('saves the dash that stands for standard input', () => {
    expect(prepareArgv(['triage', '-', 'a-b']).map(asWritten)).toEqual(['triage', '-', 'a-b']);
    expect(prepareArgv(['triage', '-'])).not.toContain('-');
  });

  it('leaves alone what follows --', () => {
    expect(prepareArgv(['triage', '--', '-', '--criu-options', 'x'])).toEqual([
      'triage',
      '--',
      '-',
      '--criu-options',
      'x',
    ]);
  });
});
