import { describe, expect, it } from 'vitest';

import { parseCriuCheck } from '../../src/parse/criu-check.js';
import { parseCriuConfig } from '../../src/parse/criu-config.js';
import { parseCriuVersion } from '../../src/parse/criu-version.js';

it('reads the version', () => {
  expect(parseCriuVersion('Version: 4.1.1\nGitID: v4.1.1\n')).toBe('4.1.1');
  expect(parseCriuVersion('bash: criu: not found')).toBeUndefined();
});

describe('parseCriuCheck', () => {
  it('knows a good one', () => {
    expect(parseCriuCheck('Looks good.\n')).toEqual({ verdict: 'good', messages: [] });
  });

  it('strips the prefixes of what is optional and missing', () => {
    const text = `Looks good but some kernel features are missing
which, depending on your process tree, may cause
dump or restore failure.
(00.004711) Warn  (criu/cr-check.c:824): Dirty tracking is OFF. Memory snapshot will not work.
Error (criu/cr-check.c:1007): failed to mount autofs: Invalid argument
`;
    expect(parseCriuCheck(text)).toEqual({
      verdict: 'partial',
      messages: ['Dirty tracking is OFF. Memory snapshot will not work.', 'failed to mount autofs: Invalid argument'],
    });
  });

  it('knows a bad one, whose verdict is a warning', () => {
    const text =
      "Error (criu/cr-check.c:152): Kernel doesn't support sock_diag\nWarn  (criu/cr-check.c:1673): Does not look good.\n";
    expect(parseCriuCheck(text)).toEqual({ verdict: 'bad', messages: ["Kernel doesn't support sock_diag"] });
  });

  it('cuts what is no message of CRIU', () => {
    const { messages } = parseCriuCheck(
      `${'x'.repeat(5000)}\n${Array.from({ length: 500 }, (_, index) => `line ${index}`).join('\n')}\n`,
    );
    expect(messages[0]).toBe(`${'x'.repeat(200)}…`);
    expect(messages).toHaveLength(40);
  });

  it('has no verdict when it gave up before', () => {
    const text =
      'Error (criu/vdso.c:683): vdso: Unexpected rt vDSO area bounds\nError (criu/crtools.c:253): Could not initialize kernel features detection.\n';
    expect(parseCriuCheck(text)).toEqual({
      verdict: undefined,
      messages: ['vdso: Unexpected rt vDSO area bounds', 'Could not initialize kernel features detection.'],
    });
  });
});

it('reads a configuration file of CRIU', () => {
  const text =
    '# comment\n\n  tcp-established\nghost-limit 10M # why\nlsm-profile "apparmor:some \\"thing\\""\nlog-file ""\nexternal\tmnt[/x]:y\n';
  expect(parseCriuConfig(text)).toEqual([
    'tcp-established',
    'ghost-limit 10M',
    'lsm-profile apparmor:some "thing"',
    'log-file',
    'external mnt[/x]:y',
  ]);
});
