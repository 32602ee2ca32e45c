/** What a user sees: the built program, run as a child, fed with nonsense. */

import { execFile, spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import packageFile from '../package.json' with { type: 'json' };
import { treacherous } from './render/samples.js';
import { failedReport } from './source/failed-report.js';
import { packReport } from './source/sample-report.js';

const root = join(import.meta.dirname, '..');
const program = join(root, 'dist/cli.js');
const scratch = mkdtempSync(join(tmpdir(), 'crdoctor-cli-'));

function crdoctor(...argv: string[]): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [program, ...argv], { encoding: 'utf8', timeout: 15_000, cwd: scratch });
}

/** Through a shell, for arguments that are no text and for pipes. `$CRDOCTOR` runs the program. */
function shell(script: string): SpawnSyncReturns<string> {
  const env = { ...process.env, CRDOCTOR: `${process.execPath} ${program}` };
  return spawnSync('bash', ['-c', script], { encoding: 'utf8', timeout: 15_000, cwd: scratch, env });
}

function file(name: string, content: string | Buffer): string {
  const path = join(scratch, name);
  writeFileSync(path, content);
  return path;
}

/** One line and at most one hint on stderr, nothing on stdout, no stack. */
function expectUsageError({ status, stdout, stderr }: SpawnSyncReturns<string>, message: RegExp): void {
  expect(stderr).toMatch(message);
  expect(stderr).toMatch(/^crdoctor: .+\n( {2}.+\n)?$/);
  expect(stderr).not.toMatch(treacherous);
  expect(stdout).toBe('');
  expect(status).toBe(2);
}

beforeAll(async () => {
  await promisify(execFile)(process.execPath, [join(root, '.build.mjs')]);
}, 60_000);

afterAll(() => {
  rmSync(scratch, { recursive: true });
});

describe('crdoctor', () => {
  it.each(['--version', '-V'])('tells its version with %s', (option) => {
    expect(crdoctor(option)).toMatchObject({ status: 0, stdout: `${packageFile.version}\n`, stderr: '' });
  });

  it.each([['--help'], ['check', '--help'], ['triage', '-h'], ['rules', 'explain', '--help']])(
    'helps with %s',
    (...argv) => {
      const { status, stdout, stderr } = crdoctor(...argv);
      expect(stdout).toContain('crdoctor');
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    },
  );

  it('prints a completion script', () => {
    expect(crdoctor('completion').stdout).toContain('crdoctor --get-yargs-completions');
    expect(crdoctor('--get-yargs-completions', 'crdoctor', '').stdout).toContain('triage');
  });

  it.each([
    [[], /no command was given/],
    [['frobnicate'], /unknown option or argument: frobnicate/],
    [['chekc', 'c1'], /did you mean check\?/],
    [['check', '--enginee', 'lxd'], /unknown option or argument: enginee/],
    [['check', 'a', 'b'], /unknown option or argument: b/],
    [['check', '--', 'a', 'b'], /one container at a time; given were a, b/],
    [['check', ''], /the name of the container is empty/],
    [['check', '--engine'], /not enough arguments following: engine/],
    [['check', '--engine', 'lxd', '--engine', 'incus', 'c1'], /--engine can be given once only/],
    [['check', '--format', 'xml', 'c1'], /--format cannot be "xml"/],
    [['check', '--for', 'fun', 'c1'], /--for cannot be "fun"/],
    [['check', '--on', 'ssh:-oProxyCommand=x', 'c1'], /--on ssh:-oProxyCommand=x: this is no name of a host/],
    [['check', '--to', 'remote:', 'c1'], /--to remote: is no remote that lxc or incus knows/],
    [['check', '--to', 'local', '--for', 'stop', 'c1'], /--to goes with --for move/],
    [['check', '--pid', '-1'], /.+/],
    [['check', '--pid', 'init'], /--pid init is no process id/],
    [['check', '--pid', '1', 'c1'], /--pid and a container cannot be judged at once/],
    [['check', '--criu-options', '--shell-job', 'c1'], /--criu-options goes with --pid only/],
    [['check', '--timeout', 'soon', 'c1'], /--timeout soon is no number of seconds/],
    [['check', '--timeout', '0', 'c1'], /--timeout 0 is no number of seconds/],
    [['check', '--rules', '/nonexistent', 'c1'], /cannot read the rules in \/nonexistent/],
    [['triage'], /no log was named/],
    [['rules', 'explain'], /something is missing/],
    [['triage', ''], /the name of a log is empty/],
    [['triage', '-', '-'], /standard input can be read once only/],
    [['triage', '/nonexistent/dump.log'], /\/nonexistent\/dump.log: no such file or directory/],
    [['rules'], /needs list, explain, check or test/],
    [['rules', 'explain', 'no-such-thing-at-all'], /there is no cause no-such-thing-at-all/],
    [['rules', 'check', '/etc/ssl'], /there are no rules in \/etc\/ssl/],
  ])('refuses %j', (argv, message) => {
    expectUsageError(crdoctor(...argv), message);
  });

  it('prints hostile arguments without harm', () => {
    const name = 'x\u001b[2J\u009b31m\r\n# evil\u202e';
    expectUsageError(crdoctor('triage', name), /x\\x1b\[2J/);
    expectUsageError(crdoctor('check', `--${name}`), /unknown option/);
    expectUsageError(crdoctor(name), /x\\x1b\[2J/);
    expectUsageError(crdoctor('rules', 'explain', name), /x\\x1b\[2J/);
    expectUsageError(crdoctor('check', '--rules', name), /x\\x1b\[2J/);
  });

  it('prints arguments that are no UTF-8 without harm', () => {
    expectUsageError(shell(`$CRDOCTOR triage "$(printf 'a\\377b')"`), /a\ufffdb: no such file/);
    expectUsageError(shell(`$CRDOCTOR "$(printf '\\377')"`), /unknown option or argument/);
  });
});

describe('crdoctor check', () => {
  const statuses: Readonly<Record<string, number>> = { ready: 0, 'at-risk': 0, blocked: 3, unknown: 5 };
  const schema = join(root, 'dist/schemas/check-1.schema.json');

  function reportOf({ stdout, stderr }: SpawnSyncReturns<string>): { verdict: string; subject: { operation: string } } {
    expect(stdout, stderr).toMatch(/^\{/);
    const document = JSON.parse(stdout) as { verdict: string; subject: { operation: string } };
    const validate = new Ajv2020().compile(JSON.parse(readFileSync(schema, 'utf8')) as object);
    expect(validate(document) ? [] : validate.errors).toEqual([]);
    return document;
  }

  it('judges this host, whatever it is, and ends with the status of its verdict', () => {
    const ran = crdoctor('check', '--format', 'json');
    const { verdict, subject } = reportOf(ran);
    expect(subject.operation).toBe('host');
    expect(ran.status).toBe(statuses[verdict]);
  });

  it('judges a process for its dump alone', () => {
    const { stdout } = crdoctor(
      'check',
      '--pid',
      String(process.pid),
      '--criu-options',
      '--shell-job --tcp-established',
      '--format',
      'json',
    );
    expect((JSON.parse(stdout) as { subject: unknown }).subject).toMatchObject({ operation: 'dump', engine: 'criu' });
    expect(stdout).not.toMatch(/"phase": "(restore|after)"/);
  });

  it.each(['text', 'html', 'markdown', 'junit'])('prints harmless %s', (format) => {
    expect(crdoctor('check', '--verbose', '--explain', '--format', format).stdout).not.toMatch(treacherous);
  });

  it('gives what it could tell when the time is over', () => {
    expect(reportOf(crdoctor('check', '--timeout', '0.001', '--format', 'json')).verdict).not.toBe('ready');
  });

  it('keeps results and progress apart', () => {
    const { stdout, stderr } = crdoctor('check', '--progress', 'json', '--format', 'json');
    expect(stdout).toMatch(/^\{\n {2}"schema"/);
    const events = stderr
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { type: string }).type);
    expect(new Set(events)).toEqual(new Set(['started', 'ended']));
    expect(crdoctor('check', '--progress', 'off').stderr).toBe('');
  });

  it.each(['two\nlines', '../../etc', '.', 'a/b', '\u001b[2J', 'x'.repeat(5000)])(
    'refuses the impossible name %j',
    (name) => {
      expectUsageError(crdoctor('check', '--progress', 'off', '--', name), /cannot be the name of an instance/);
    },
  );

  it.each(['-dash', 'a?b', 'a&project=b', 'ü', 'no-such-container-anywhere'])('knows no container %j', (name) => {
    const { status, stdout, stderr } = crdoctor('check', '--progress', 'off', '--', name);
    expect(stderr).toMatch(/^crdoctor: .+\n( {2}.+\n)?$/);
    expect(stdout).toBe('');
    expect([2, 5]).toContain(status);
  });

  it('refuses a name that is no UTF-8, and a process that is not there', () => {
    expectUsageError(shell(`$CRDOCTOR check "$(printf 'a\\377b')"`), /cannot be the name of an instance/);
    expectUsageError(crdoctor('check', '--pid', '4194304'), /there is no process 4194304/);
    expectUsageError(crdoctor('check', '--engine', 'xen', 'c1'), /there is no engine "xen"/);
  });
});

describe('crdoctor triage', () => {
  const failed = [
    '(00.000012) Version: 4.2.1 (gitid 0)',
    '(00.000913) Running on a Linux 6.12.48 #1 SMP x86_64',
    '(00.035818) Error (criu/nobody-knows.c:200): nobody: has ever seen this',
    '(00.036371) Error (criu/cr-dump.c:1975): Dumping FAILED.',
  ].join('\n');

  it('refuses what is no log', () => {
    const garbage = file(
      'garbage.log',
      Buffer.from(Array.from({ length: 65_536 }, (_, index) => (index * 7919) % 256)),
    );
    expectUsageError(crdoctor('triage', garbage), /garbage\.log: is no text/);
    expectUsageError(crdoctor('triage', '/dev/null'), /is a device, not a log/);
  });

  it('refuses a directory without logs', () => {
    mkdirSync(join(scratch, 'empty'), { recursive: true });
    expectUsageError(crdoctor('triage', 'empty'), /empty: no log in this directory/);
  });

  it('cannot tell anything from an empty log', () => {
    const { status, stdout, stderr } = crdoctor('triage', file('empty.log', ''));
    expect(stdout).toContain('The log says neither that something failed nor that it went well.');
    expect({ status, stderr }).toEqual({ status: 5, stderr: '' });
  });

  it.each(['hello', 'lxc stop c1 --stateful\nOperation not permitted', 'segfault core dumped', '<html>404</html>'])(
    'does not call %j a success',
    (text) => {
      const { status, stdout } = crdoctor('triage', file('text.txt', text));
      expect(stdout).toContain('UNEXPLAINED  The log says neither that something failed nor that it went well.');
      expect(stdout).toContain('Give it what the failed command printed');
      expect(status).toBe(5);
    },
  );

  it('says of a good run what it does not speak of', () => {
    const { status, stdout } = crdoctor('triage', join(root, 'fixtures/logs/good-stop'));
    expect(stdout).toMatch(/^NO-FAILURE {2}The log shows no failure: CRIU succeeded\.\n/);
    expect(stdout).toContain('An error of the engine afterwards would stand on the terminal');
    expect(status).toBe(0);
  });

  it('takes a packed log that is cut off for no end of a run', () => {
    const whole = readFileSync(join(root, 'fixtures/logs/good-snapshot/snapshot_dump.log.gz'));
    file('cut.log.gz', whole.subarray(0, 3000));
    const { status, stdout, stderr } = crdoctor('triage', 'cut.log.gz');
    expect(stdout).toContain('UNEXPLAINED');
    expect({ status, stderr }).toEqual({ status: 5, stderr: 'crdoctor: cut.log.gz: unexpected end of file\n' });
  });

  it('is not sure that a log which just ends is whole', () => {
    const script = `zcat ${root}/fixtures/logs/good-snapshot/snapshot_dump.log.gz | head -300 | $CRDOCTOR triage -`;
    expect(shell(script).stdout).toMatch(/, 45 % sure\][^]+the end of the\s+log was lost/);
  });

  it('does not wait for what is no log', () => {
    expectUsageError(shell('mkfifo fifo.log && $CRDOCTOR triage fifo.log'), /fifo\.log: is a fifo, not a log/);
  });

  it('reads what can be read of an odd directory, and closes all of it', () => {
    mkdirSync(join(scratch, 'odd/x.log'), { recursive: true });
    file('odd/dump.log', failed);
    file('odd/random.log', Buffer.alloc(300_000, 1));
    shell('mkfifo odd/fifo.log; ln -s /etc/passwd odd/link.log; echo x >"odd/$(printf \'b\\377.log\')"');
    const { status, stdout, stderr } = crdoctor('triage', 'odd');
    expect(stdout).toContain('odd/dump.log:3: ');
    expect(stderr).toBe('crdoctor: odd/random.log: is no text, so it is no log\n');
    expect(status).toBe(5);
  });

  it('shows the lines of a failure that nothing explains, and ends with 5', () => {
    const { status, stdout } = crdoctor('triage', file('odd.log', failed));
    expect(stdout).toContain('UNEXPLAINED  The dump failed for a reason that no known cause explains.');
    expect(stdout).toContain('odd.log:3: (00.035818) Error (criu/nobody-knows.c:200): nobody: has ever seen this');
    expect(status).toBe(5);
  });

  it.each(['json', 'html', 'markdown', 'junit'])('gives the same as %s', (format) => {
    const { status, stdout } = crdoctor('triage', '--format', format, file('odd.log', failed));
    expect(stdout).toContain('has ever seen this');
    expect(status).toBe(5);
  });

  const logs = join(root, 'fixtures/logs');
  const formats = ['text', 'json', 'html', 'markdown', 'junit'] as const;

  it.each(formats)('tells the story of a run as %s', (format) => {
    const { stdout } = crdoctor('triage', '--format', format, join(logs, 'bad-disk-full'));
    expect(stdout).toMatch(/stopped in: memory at 0\.44 s|"stoppedIn": "memory"/);
    expect(stdout).toMatch(/frozen for 0\.39 s|"frozenS": 0\.39/);
    expect(stdout).toContain('disk-full: Unable to spice data: No space left on device');
    expect(stdout).toContain('Make room in the pool');
    expect(stdout).toMatch(/lies with: configuration|"blame": "configuration"/);
  });

  it.each(formats)('sets a failure beside a run that worked as %s', (format) => {
    const good = join(logs, 'good-stop/snapshot_dump.log.gz');
    const { status, stdout, stderr } = crdoctor(
      'triage',
      '--format',
      format,
      join(logs, 'bad-disk-full/snapshot_dump.log.gz'),
      '--against',
      good,
    );
    expect(stdout).toContain('mounts');
    expect(stdout).toMatch(/not reached: |"notReached": \[/);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout.split('\n').length).toBeLessThan(format === 'text' ? 60 : Number.POSITIVE_INFINITY);
  });

  it('compares with a run of the same kind that worked, and with nothing else', () => {
    const bad = join(logs, 'bad-disk-full');
    expectUsageError(
      crdoctor('triage', bad, '--against', join(logs, 'good-restore')),
      /good-restore: this is a restore, and what failed is a dump/,
    );
    expectUsageError(
      crdoctor('triage', bad, '--against', join(logs, 'bad-netdev-unsupported')),
      /bad-netdev-unsupported: this run failed itself: /,
    );
    expectUsageError(crdoctor('triage', bad, '--against', 'nowhere'), /^crdoctor: nowhere: no such file/);
    expectUsageError(crdoctor('triage', bad, '--against', ''), /name of a log is empty/);
    expectUsageError(crdoctor('triage', '-', '--against', '-'), /standard input can be read once only/);
  });

  const several = ['bad-disk-full', 'good-stop', 'bad-netdev-unsupported', 'bad-disk-full'];

  it.each(formats)('groups several failures by their signatures as %s', (format) => {
    const paths = several.map((name) => join(logs, name));
    const { status, stdout, stderr } = crdoctor('triage', '--format', format, ...paths);
    for (const name of several) expect(stdout).toContain(name);
    expect(stdout).toContain('disk-full: Unable to spice data: No space left on device');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  it('counts the failures of a kind', () => {
    const { stdout } = crdoctor('triage', ...several.map((name) => join(logs, name)));
    expect(stdout).toMatch(/^3 failures of 2 kinds, 1 without failure\n\n2 x There is too little room/);
  });

  it('gives a document of several failures that its schema describes', () => {
    const schema = (name: string): object =>
      JSON.parse(readFileSync(join(root, 'dist/schemas', `${name}.schema.json`), 'utf8')) as object;
    const ajv = new Ajv2020({ strict: true, schemas: [schema('triage-1')] });
    const { stdout } = crdoctor('triage', '--format', 'json', ...several.map((name) => join(logs, name)));
    const validate = ajv.compile(schema('triage-groups-1'));
    validate(JSON.parse(stdout));
    expect(validate.errors).toBeNull();
  });

  it('is not stopped by one input that cannot be read', () => {
    const { status, stdout, stderr } = crdoctor('triage', join(logs, 'bad-disk-full'), 'nowhere', '--each');
    expect(stdout).toContain('1 failure of 1 kind, 1 not read');
    expect(stdout).toContain('NOT READ\n  nowhere: no such file or directory\n');
    expect({ status, stderr }).toEqual({ status: 2, stderr: '' });
    expectUsageError(crdoctor('triage', '--each', 'nowhere', 'neither'), /^crdoctor: nowhere: no such file/);
  });

  it('takes several logs for those of one failure, unless told otherwise', () => {
    const paths = ['dump.log', 'restore.log'].map((name) => file(name, failed));
    expect(crdoctor('triage', ...paths).stdout).toMatch(/^UNEXPLAINED/);
    const elsewhere = file('elsewhere.log', failed.replace('6.12.48', '6.1.0'));
    expect(crdoctor('triage', paths[0] ?? '', elsewhere).stdout).toMatch(/--each judges each by\s+itself/);
    expect(crdoctor('triage', '--each', ...paths).stdout).toMatch(/^2 failures of 1 kind\n/);
    expectUsageError(crdoctor('triage', '--each', '--together', ...paths), /--each and --together contradict/);
  });

  it('tells what CRIU counted where its statistics lie beside the log', () => {
    mkdirSync(join(scratch, 'counted'), { recursive: true });
    for (const name of ['stats-dump', 'stats-restore']) {
      file(`counted/${name}`, readFileSync(join(root, 'fixtures/stats', name)));
    }
    file('counted/dump.log.gz', readFileSync(join(logs, 'good-stop/snapshot_dump.log.gz')));
    const told = /counted\/stats-dump: frozen 0\.\d\d s after freezing for 0\.10 s, \d+ pages \(\S+ MiB\) written/;
    expect(crdoctor('triage', 'counted').stdout).toMatch(told);
    expect(crdoctor('triage', 'counted/dump.log.gz').stdout).toMatch(told);
    shell('rm counted/stats-*; mkfifo counted/stats-dump; ln -s /etc/passwd counted/stats-restore');
    expect(crdoctor('triage', 'counted')).toMatchObject({ status: 0, stderr: '' });
  });

  it('reads standard input, and ends quietly when nobody reads on', () => {
    file('odd.log', failed);
    expect(shell('$CRDOCTOR triage - <odd.log').stdout).toContain('-:3: (00.035818)');
    expect(shell('$CRDOCTOR triage --format json odd.log | head -c 1; exit ${PIPESTATUS[0]}')).toMatchObject({
      status: 5,
      stdout: '{',
      stderr: '',
    });
  });

  it.each(['tar czf', 'tar cJf', 'tar --zstd -cf', 'tar cjf', 'zip -qr'])('reads what was packed by %s', (pack) => {
    const log = join(root, 'fixtures/logs/bad-mount-unsupported-fs/snapshot_dump.log.gz');
    const packer =
      { J: 'xz', z: 'gzip', j: 'bzip2' }[/c([zJj])f/.exec(pack)?.[1] ?? ''] ?? /z(?:std|ip)/.exec(pack)?.[0] ?? '';
    const script = `command -v ${packer} >/dev/null || exit 77; mkdir -p packed && cp ${log} packed && rm -f x.zip && ${pack} x.zip packed`;
    if (shell(script).status === 77) return;
    expect(shell('$CRDOCTOR triage x.zip && $CRDOCTOR triage - <x.zip')).toMatchObject({
      status: 0,
      stderr: '',
      stdout: expect.stringMatching(/mount-unsupported-fs[^]+mount-unsupported-fs/) as string,
    });
  });

  it('gives up reading when the time is over', () => {
    const { status, stderr } = shell('sleep 5 | $CRDOCTOR triage --timeout 0.3 -');
    expect(stderr).toContain('-: reading it took longer than allowed');
    expect(status).toBe(2);
  });

  it('ends with the status of the signal', () => {
    expect(shell('sleep 5 | (timeout --preserve-status -s INT 0.7 $CRDOCTOR triage -)').status).toBe(130);
    expect(shell('sleep 5 | (timeout --preserve-status -s TERM 0.7 $CRDOCTOR triage -)').status).toBe(143);
  });

  it('lets no control character of a log through', () => {
    const log = file('evil.log', failed.replace('nobody:', 'no\u001b[2J\u202ebody:'));
    for (const format of ['text', 'json', 'html', 'markdown', 'junit']) {
      expect(crdoctor('triage', '--verbose', '--explain', '--format', format, log).stdout).not.toMatch(treacherous);
    }
  });
});

describe('crdoctor report', () => {
  /** A report that would wait for the kernel log for ever, and what is sent to it while it does. */
  function interrupted(name: string, signals: string): { ran: SpawnSyncReturns<string>; left: readonly string[] } {
    mkdirSync(join(scratch, name));
    file(`${name}/dmesg`, '#!/bin/sh\nexec sleep 20\n');
    const ran = shell(
      `cd ${name}; chmod 755 dmesg; PATH=$PWD:$PATH $CRDOCTOR report --only host.dmesg,host.uname -o r.tar.gz & ` +
        `pid=$!; until ls .r.tar.gz.part-* >/dev/null 2>&1; do sleep 0.05; done; sleep 0.3; ` +
        `for signal in ${signals}; do kill -s $signal $pid; done; wait $pid`,
    );
    return { ran, left: readdirSync(join(scratch, name)).filter((each) => each !== 'dmesg') };
  }

  it.each([
    ['INT', 130],
    ['TERM', 143],
  ])('is written with what there is at %s', (signal, status) => {
    const { ran, left } = interrupted(`once-${signal}`, signal);
    expect({ status: ran.status, stdout: ran.stdout, left }).toEqual({
      status,
      stdout: 'r.tar.gz\n',
      left: ['r.tar.gz'],
    });
    expect(ran.stderr).toMatch(/cut short/);
  });

  it('leaves nothing at a second signal', () => {
    const { ran, left } = interrupted('twice', 'INT TERM');
    expect([130, 143]).toContain(ran.status);
    // Done in time, or not there at all.
    expect(left.filter((name) => name !== 'r.tar.gz')).toEqual([]);
  });

  it('reads what a shell hands over as a pipe', () => {
    const script = '$CRDOCTOR report --only action -o piped.tar.gz --error <(echo one; sleep 0.2; echo two) -- x';
    expect(shell(script)).toMatchObject({ status: 0, stdout: 'piped.tar.gz\n', stderr: '' });
    expect(shell("tar xzOf piped.tar.gz --wildcards '*/action/output.txt'").stdout).toBe('one\ntwo\n');
    expect(shell("tar xzOf piped.tar.gz --wildcards '*/index.html'").stdout).toMatch(/^<!DOCTYPE html>[^]*<\/html>\n$/);
    expectUsageError(shell('$CRDOCTOR report --error /dev/fd/99'), /sudo closes what <\(COMMAND\) opens/);
  });

  it('leaves nothing under its name when it is killed, and the next one is not disturbed', () => {
    const { left } = interrupted('killed', 'KILL');
    expect(left).toEqual([expect.stringMatching(/^\.r\.tar\.gz\.part-\d+$/)]);
    const again = shell('cd killed; $CRDOCTOR report --only host.uname -o r.tar.gz');
    expect(again).toMatchObject({ status: 0, stdout: 'r.tar.gz\n' });
    expect(again.stderr).toContain(left[0]);
  });
});

describe('crdoctor file', () => {
  const report = () => file('report.tar.gz', packReport(failedReport('bad-disk-full')));

  it('writes what a tracker asks for, and says what is left to the user', () => {
    const { status, stdout, stderr } = crdoctor('file', report(), '--to', 'lxd', '-o', 'for-lxd');
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^For LXD .*\. Nothing was sent\.\nTitle {2}lxc /);
    expect(readFileSync(join(scratch, 'for-lxd/issue.md'), 'utf8')).toMatch(/^### Please confirm\n/);
    expectUsageError(crdoctor('file', report(), '--to', 'lxd', '-o', 'for-lxd'), /for-lxd exists already/);
  });

  // `script` makes a terminal to answer at.
  it.skipIf(spawnSync('script', ['--version']).status !== 0)('asks at a terminal before it sends anything', () => {
    const ask = '"$CRDOCTOR file report.tar.gz --to launchpad --upload -o for-launchpad"';
    // Nobody listens at that port, and nothing is to be sent there.
    const { stdout } = shell(`CRDOCTOR_LAUNCHPAD=http://127.0.0.1:9/ script -qec ${ask} /dev/null <<< no`);
    expect(stdout).toContain('To be sent to http://127.0.0.1:9/+storeblob');
    expect(stdout).toContain('crdoctor: nothing was sent');
    expect(stdout).not.toContain('did not take');
  });

  it.each([
    [['file'], /something is missing|Missing required|is missing/i],
    [['file', 'nowhere.tar.gz', '--to', 'criu'], /nowhere\.tar\.gz/],
    [['file', '/dev/null', '--to', 'criu'], /is no report/],
    [['file', '-', '--to', 'criu'], /reads a report that lies on the disk/],
    [['file', 'report.tar.gz', '--to', 'launchpad', '--upload'], /there is no terminal to ask at/],
    [['file', 'report.tar.gz', '--to', 'lxd', '--to', 'criu'], /--to can be given once only/],
  ])('refuses %j in one line', (argv, message) => {
    report();
    expectUsageError(crdoctor(...argv), message);
  });
});

describe('crdoctor rules', () => {
  it('finds its own rules sound', () => {
    expect(crdoctor('rules', 'check')).toMatchObject({ status: 0, stdout: 'The rules are sound.\n', stderr: '' });
  });

  it('lists and explains', () => {
    const [first] = (
      JSON.parse(crdoctor('rules', 'list', '--format', 'json').stdout) as { causes: { id: string; title: string }[] }
    ).causes;
    expect(crdoctor('rules', 'list').stdout).toContain(`  ${first?.id} `);
    expect(crdoctor('rules', 'explain', first?.id ?? '').stdout).toContain(first?.title);
  });

  it('says where a rule is wrong, before it is used', () => {
    mkdirSync(join(scratch, 'mine/files'), { recursive: true });
    file('mine/files/odd-file.yaml', 'title: Odd\nwhy: Because\nscope: planet\n');
    const check = crdoctor('rules', 'check', 'mine');
    expect(check.stdout).toMatch(/mine\/files\/odd-file\.yaml:3:8: scope: /);
    expect(check.status).toBe(2);
    expectUsageError(crdoctor('triage', '--rules', 'mine', '/etc/hostname'), /odd-file\.yaml:\d+:\d+: /);
  });
});

describe('guard', () => {
  it.each([
    [['guard', '--', 'docker', 'checkpoint', 'create', 'c1'], /nothing was run: docker is no client/],
    [['guard', '--', 'lxc', 'list'], /nothing was run: it is none of lxc snapshot/],
    [['guard', '--bogus', '--', 'lxc', 'stop', 'c1', '--stateful'], /unknown option or argument: bogus/],
    [['guard', '--force', 'x', '--', 'lxc', 'start', 'c1'], /--force needs --reason/],
    [['guard', '--recover', 'all', '--', 'lxc', 'start', 'c1'], /--recover cannot be "all"/],
    [['guard', '--list', '--', 'lxc', 'start', 'c1'], /one at a time/],
    [['guard', '--timeout', 'never', '--', 'lxc', 'start', 'c1'], /no number of seconds/],
    [['guard', '--', 'lxc\n\u001b[2J', 'x'], /is no client/],
  ])('%j runs nothing and ends with 125', (argv, message) => {
    const { status, stdout, stderr } = crdoctor(...argv);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(treacherous);
    expect(stdout).toBe('');
    expect(status).toBe(125);
  });

  it('without a command says how to write one', () => {
    expectUsageError(crdoctor('guard'), /there is no command to guard/);
    expectUsageError(crdoctor('guard', 'lxc', 'start', 'c1'), /unknown option or argument/);
  });

  it('keeps nothing where it would not be safe', () => {
    const ran = shell('CRDOCTOR_STATE=/tmp/x $CRDOCTOR guard --list');
    expectUsageError(ran, /what is in \/tmp is not safe/);
  });
});

describe('the supervisor of guarded commands', () => {
  const supervise = (name: string, argv: readonly string[]): string => {
    const directory = join(scratch, name);
    mkdirSync(directory);
    writeFileSync(join(directory, 'command.json'), JSON.stringify({ argv, cwd: scratch }));
    const ran = spawnSync(process.execPath, [join(root, 'dist/supervisor.js')], { cwd: directory, encoding: 'utf8' });
    expect(ran).toMatchObject({ status: 0, stdout: '', stderr: '' });
    return directory;
  };
  const read = (directory: string, name: string): string => readFileSync(join(directory, name), 'utf8');

  it('records what a command printed and how it ended, without any shell', () => {
    const directory = supervise('prints', ['sh', '-c', 'echo "$0"; pwd; echo no >&2; exit 7', 'a b; $HOME']);
    expect(read(directory, 'stdout.log')).toBe(`a b; $HOME\n${scratch}\n`);
    expect(read(directory, 'stderr.log')).toBe('no\n');
    expect(JSON.parse(read(directory, 'ended.json'))).toMatchObject({ exitStatus: 7 });
    expect(JSON.parse(read(directory, 'started.json'))).toHaveProperty('command.pid');
  });

  it('tells of a signal and of a program that is not there', () => {
    expect(JSON.parse(read(supervise('dies', ['sh', '-c', 'kill -9 $$']), 'ended.json'))).toMatchObject({
      signal: 'SIGKILL',
    });
    const directory = supervise('absent', ['/nonexistent/program']);
    expect(JSON.parse(read(directory, 'ended.json'))).toHaveProperty('startError');
  });

  it('gives the command a session of its own', () => {
    const directory = supervise('session', ['sh', '-c', 'cut -d" " -f1,6 /proc/$$/stat']);
    const [pid, session] = read(directory, 'stdout.log').trim().split(' ');
    expect(session).toBe(pid);
  });
});
