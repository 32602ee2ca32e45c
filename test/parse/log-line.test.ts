import { describe, expect, test } from 'vitest';

import { parseLogLine } from '../../src/parse/log-line.js';

const quoted =
  'time="2026-11-20T12:23:42Z" level=warning msg="457:(00.009609) Error (criu/files-ext.c:94): Can\'t dump file 9 of that type [20666] (chr 10:229)"';

describe('parseLogLine', () => {
  test('finds the line of CRIU that podman and runc quote', () => {
    expect(parseLogLine(quoted)).toEqual([
      {
        kind: 'criu',
        isFromDaemon: false,
        timeS: 0.009609,
        level: 'error',
        location: 'criu/files-ext.c:94',
        message: "Can't dump file 9 of that type [20666] (chr 10:229)",
      },
    ]);
  });

  test('finds every line of CRIU in an error of several lines', () => {
    const line =
      't=2019-05-06T07:08:09+0000 lvl=eror msg="Failed migrating" err="migration dump failed\\n(00.1) Error (criu/net.c:1): net: no\\n(00.2) Error (criu/cr-dump.c:1): Dumping FAILED."';
    expect(parseLogLine(line).map(({ kind, level, message }) => [kind, level, message])).toEqual([
      ['text', 'error', 'Failed migrating: migration dump failed'],
      ['criu', 'error', 'net: no'],
      ['criu', 'error', 'Dumping FAILED.'],
    ]);
  });

  test('finds them as well where line breaks are written out', () => {
    const line = 'Error: rpc error: "criu failed\\n(00.1) Error (criu/net.c:1): net: no\\nlog file: /x/dump.log"';
    expect(parseLogLine(line).map(({ kind, message }) => [kind, message])).toEqual([
      ['text', 'Error: rpc error: "criu failed'],
      ['criu', 'net: no'],
      ['text', 'log file: /x/dump.log"'],
    ]);
  });

  test('reads the words of a daemon', () => {
    expect(parseLogLine('time="…" level=error msg="criu failed: type DUMP errno 56"')).toEqual([
      { kind: 'text', isFromDaemon: true, level: 'error', message: 'criu failed: type DUMP errno 56' },
    ]);
  });

  test('reads liblxc, in its log and on the terminal', () => {
    expect(
      parseLogLine(
        'lxc j2 20261120122846.899 ERROR    criu - ../src/lxc/criu.c:exec_criu:467 - Invalid argument - lxc.console.path configured on source host but not target',
      ),
    ).toEqual([
      {
        kind: 'lxc',
        isFromDaemon: false,
        level: 'error',
        location: 'criu.c',
        message: 'Invalid argument - lxc.console.path configured on source host but not target',
      },
    ]);
    expect(parseLogLine('lxc-checkpoint: p1: ../src/lxc/criu.c: do_dump: 1311 criu output:')[0]).toMatchObject({
      kind: 'lxc',
      message: 'criu output:',
    });
  });

  test('takes the journal off and keeps whose words they are', () => {
    expect(
      parseLogLine(
        'Sep 14 09:52:40 node-a kubelet[20447]: E0914 09:52:40.718821   20447 run.go:72] "command failed" err="unrecognized feature gate: CheckpointContainer"',
      )[0],
    ).toMatchObject({ kind: 'kubelet', level: 'error' });
    expect(parseLogLine('Nov 20 14:00:01 a kernel: [12.345678] audit: type=1400 apparmor="DENIED"')[0]).toMatchObject({
      kind: 'kernel',
      message: 'audit: type=1400 apparmor="DENIED"',
    });
  });

  test('knows what programs print when they give up', () => {
    expect(parseLogLine('Error response from daemon: No such container: c9')[0]).toMatchObject({
      kind: 'text',
      level: 'error',
    });
    expect(parseLogLine('lxc stop c1 --stateful')[0]).toMatchObject({ kind: 'text', level: 'info' });
  });

  test('takes off what pasting put around a line', () => {
    const message = 'Restoring FAILED.';
    for (const line of [
      '  > (00.078493) Error (criu/cr-restore.c:2484): Restoring FAILED.',
      "b'(00.078493) Error (criu/cr-restore.c:2484): Restoring FAILED.'",
      '\u001B[31m(00.078493) Error (criu/cr-restore.c:2484): Restoring FAILED.\u001B[0m',
      '(00.078493) Error (criu/cr-restore.c:2484): Restoring FAILED.\r',
    ]) {
      expect(parseLogLine(line)[0]).toMatchObject({ kind: 'criu', message });
    }
  });

  test('takes off what loggers and tools put in front', () => {
    for (const line of [
      '{"log":"(00.1) Error (criu/a.c:1): \\"x\\" FAILED.\\n","stream":"stderr"}',
      '2026-01-02T03:04:05.123456789Z stderr F (00.1) Error (criu/a.c:1): "x" FAILED.',
      '2026-01-02 03:04:05.123 Error (criu/a.c:1): "x" FAILED.',
      '/tmp/a/dump.log:12:(00.1) Error (criu/a.c:1): "x" FAILED.',
      '    12\t(00.1) Error (criu/a.c:1): "x" FAILED.',
      '>> (00.1) Error (criu/a.c:1): "x" FAILED.',
      '- `(00.1) Error (criu/a.c:1): "x" FAILED.`',
      `'(00.1) Error (criu/a.c:1): "x" FAILED.',`,
      '(00.1) Error (criu/a.c:1): &quot;x&quot; FAILED.',
    ]) {
      expect(parseLogLine(line), line).toMatchObject([{ kind: 'criu', message: '"x" FAILED.' }]);
    }
  });

  test('keeps words in front that say something themselves', () => {
    const line = 'Error: migration dump failed (00.1) Error (criu/a.c:1): net: no';
    expect(parseLogLine(line).map(({ kind, message }) => [kind, message])).toEqual([
      ['text', 'Error: migration dump failed'],
      ['criu', 'net: no'],
    ]);
  });

  test('has nothing to say about nothing', () => {
    expect(parseLogLine('   ')).toEqual([]);
    expect(parseLogLine('time="…" level=info msg=""')).toEqual([]);
  });
});
