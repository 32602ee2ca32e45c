import { describe, expect, test } from 'vitest';

import { parseCriuLine } from '../../src/parse/criu-log.js';

describe('parseCriuLine', () => {
  test('takes an error of a restored task apart', () => {
    const line =
      '(00.099082)      6: Error (criu/files-reg.c:2175): File usr/local/bin/counter has bad size 146 (expect 139)';
    expect(parseCriuLine(line)).toEqual({
      timeS: 0.099082,
      pid: 6,
      level: 'error',
      location: 'criu/files-reg.c:2175',
      message: 'File usr/local/bin/counter has bad size 146 (expect 139)',
    });
  });

  test('reads warnings, whose level is followed by two blanks', () => {
    expect(parseCriuLine('(00.004004) Warn  (criu/kerndat.c:1290): Stale /run/criu.kdat file')).toMatchObject({
      level: 'warn',
      message: 'Stale /run/criu.kdat file',
    });
  });

  test('reads errors without a time stamp, as the parasite and -v2 write them', () => {
    expect(parseCriuLine('Error (criu/util.c:641): execvp("tar", ...) failed: Permission denied')).toMatchObject({
      level: 'error',
      message: 'execvp("tar", ...) failed: Permission denied',
    });
    expect(parseCriuLine('pie: 425: Error (criu/pie/parasite.c:581): send_fds failed (-22)')).toMatchObject({
      pid: 425,
      level: 'error',
      message: 'send_fds failed (-22)',
    });
  });

  test('keeps the subsystem in the message', () => {
    expect(parseCriuLine('(00.036227) net: Unlock network')).toEqual({
      timeS: 0.036227,
      level: 'info',
      message: 'net: Unlock network',
    });
  });

  test('does not take the microseconds for granted: they lose digits after 100 seconds', () => {
    expect(parseCriuLine('(123.45678) Writing stats')).toMatchObject({ timeS: 123.45678 });
  });

  test('knows source files of 2012 and of plugins', () => {
    expect(parseCriuLine('(00.5) Error (mount.c:625): 139:./dev/console is odd')).toMatchObject({ level: 'error' });
    expect(parseCriuLine('(00.5) Error (cuda_plugin.c:400): cuda_plugin: failed')).toMatchObject({
      location: 'cuda_plugin.c:400',
    });
  });

  test.each(['', 'Error: snapshot dump failed', '12: a list', 'RTNETLINK answers: File exists', '(not a time) x'])(
    'is no line of CRIU: %j',
    (line) => {
      expect(parseCriuLine(line)).toBeUndefined();
    },
  );
});
