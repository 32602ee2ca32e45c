/** Another host answers as this one would: the far shell is a local one here, and its answers are compared. */

import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { ProgressEvent } from '../../src/progress/progress.js';
import { openLocal } from '../../src/source/local.js';
import type { Evidence, EvidenceRequest } from '../../src/source/source.js';
import { createBusyboxPath, createFakeSsh } from './fake-ssh.js';
import { holdScript, type HeldProcess } from './held-process.js';

const directory = mkdtempSync(join(tmpdir(), 'crdoctor-far-'));
afterAll(() => rmSync(directory, { recursive: true }));
const at = (name: string): string => join(directory, name);
const nasty = `a'b "c" $d \`e\` \\f\n== ok x`;

beforeAll(() => {
  writeFileSync(at('text'), 'one\ntwo\nthree\n');
  writeFileSync(at('packed'), gzipSync('CONFIG_X=y\n'));
  writeFileSync(at('bomb'), gzipSync(Buffer.alloc(20_000_000)));
  writeFileSync(at('broken'), gzipSync('CONFIG_X=y\n').subarray(0, 15));
  writeFileSync(at('bytes'), Buffer.from([0, 0x61, 0xff, 0x62, 0x0a, 0x0a]));
  writeFileSync(at('empty'), '');
  writeFileSync(at(nasty), 'nasty\n');
  execFileSync('mkfifo', [at('fifo')]);
  symlinkSync('text', at('link'));
  mkdirSync(at('deep/er'), { recursive: true });
  writeFileSync(at('deep/er/file'), 'deep\n');
  symlinkSync('/etc', at('deep/out'));
});

const file = (path: string, more: object = {}): EvidenceRequest => ({ id: 'x', kind: 'file', paths: [path], ...more });
const inner = (name: string, more: object = {}): EvidenceRequest => ({
  id: 'x',
  kind: 'inner-file',
  directory,
  name,
  ...more,
});
const command = (...argv: [string, ...string[]]): EvidenceRequest => ({ id: 'x', kind: 'command', argv });

const requests: readonly (readonly [string, () => EvidenceRequest])[] = [
  ['a file', () => file(at('text'))],
  ['the first file that exists', () => ({ id: 'x', kind: 'file', paths: [at('none'), at('text')] })],
  ['a file that is not there', () => file(at('none'))],
  ['a file below a file', () => file(at('text/none'))],
  ['an empty file', () => file(at('empty'))],
  ['a packed file', () => file(at('packed'))],
  ['a packed file that is more than wanted', () => file(at('bomb'), { maxBytes: 1000 })],
  ['bytes', () => file(at('bytes'))],
  ['a file with a nasty name', () => file(at(nasty))],
  ['the head of a file', () => file(at('text'), { maxBytes: 4 })],
  ['the tail of a file', () => file(at('text'), { maxBytes: 4, keep: 'tail' })],
  ['a fifo', () => file(at('fifo'))],
  ['a device', () => file('/dev/zero')],
  ['a directory as a file', () => file(directory)],
  ['a file of this kernel', () => file('/proc/sys/kernel/{release}', { paths: ['/lib/{release}', '/proc/version'] })],
  ['small files together', () => ({ id: 'x', kind: 'files', paths: [at('text'), at('none'), directory, at('bytes')] })],
  ['a listing', () => ({ id: 'x', kind: 'listing', path: directory })],
  ['a deep listing', () => ({ id: 'x', kind: 'listing', path: directory, maxDepth: 3 })],
  ['a part of a listing', () => ({ id: 'x', kind: 'listing', path: directory, maxDepth: 2, beginnings: ['de', 'te'] })],
  ['a listing of nothing', () => ({ id: 'x', kind: 'listing', path: at('none') })],
  ['a listing of a file', () => ({ id: 'x', kind: 'listing', path: at('text') })],
  ['an inner file', () => inner('deep/er/file')],
  ['an inner file in base64', () => inner('bytes', { encoding: 'base64' })],
  ['the tail of an inner file', () => inner('text', { maxBytes: 3, keep: 'tail' })],
  ['a packed inner file', () => inner('packed')],
  ['a link as an inner file', () => inner('link')],
  ['an inner file behind a link', () => inner('deep/out/passwd')],
  ['an inner file outside', () => inner('../etc/passwd')],
  ['a fifo as an inner file', () => inner('fifo')],
  ['an inner file that is not there', () => inner('deep/none')],
  ['an inner file with a nasty name', () => inner(`a'b "c" $d \`e\` \\x5cf\\x0a== ok x`)],
  ['programs', () => ({ id: 'x', kind: 'programs', names: ['sh', 'no-such-program', '/bin/sh', '/etc/passwd'] })],
  ['a command', () => command('printf', String.raw`%s\n`, nasty)],
  ['a command that fails', () => command('sh', '-c', 'echo out; echo err >&2; exit 4')],
  ['a command that is not there', () => command('crdoctor-no-such-program')],
  ['a command that may not be run', () => command('/etc/passwd')],
  ['a command that is killed', () => command('sh', '-c', 'kill -9 $$')],
  ['a command that prints bytes', () => command('cat', at('bytes'))],
  ['the head of what is printed', () => ({ ...command('seq', '100000'), maxBytes: 10 })],
  ['the tail of what is printed', () => ({ ...command('seq', '100000'), maxBytes: 10, keep: 'tail' })],
  ['much that is printed', () => command('seq', '100000')],
  ['a command that does not end', () => ({ ...command('sh', '-c', 'echo begun; sleep 100'), timeoutMs: 300 })],
];

const busybox = createBusyboxPath();
if (busybox === undefined) console.log('no busybox here: its shell is not tried');
/** Each with the programs that it finds; busybox has only its own. */
const shells: (readonly [string, string])[] = [
  ['sh', 'sh'],
  ['bash', 'bash'],
  ...(busybox === undefined ? [] : [['busybox', `env PATH=${busybox} CRDOCTOR_ONLY=1 sh`] as const]),
];

/** Hides what is not on every machine. */
const poor = `for each in base64 gzip setsid perl getfattr; do
place=$(command -v $each) && mount --bind /dev/null "$(readlink -f "$place")"
done
exec sh`;
if (canHide()) shells.push(['poor shell', `unshare -m sh ${writePoor()}`]);

function canHide(): boolean {
  try {
    execFileSync('unshare', ['-m', 'mount', '--bind', '/dev/null', '/etc/hostname'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function writePoor(): string {
  // The script is read from a file, so that its standard input is left to the shell.
  const path = join(mkdtempSync(join(tmpdir(), 'crdoctor-poor-')), 'poor.sh');
  afterAll(() => rmSync(join(path, '..'), { recursive: true }));
  writeFileSync(path, poor);
  return path;
}

describe.each(shells)('a far %s', (name, shell) => {
  const fake = createFakeSsh(undefined, shell);
  const compared = ({ id, origin, status, text, exitStatus, bytes }: Evidence): object => ({
    id,
    // Where programs are looked for is another thing there.
    origin: origin.replace(/^PATH=.*/s, 'PATH'),
    status,
    text: name === 'busybox' ? text?.replaceAll(/^(\S+ \d+ \d+)\.\d+ /gm, '$1 ').replaceAll(/^sh .*/gm, 'sh') : text,
    exitStatus,
    bytes: name === 'busybox' ? undefined : bytes,
  });
  const shown = (evidence: Evidence): object =>
    name === 'busybox'
      ? { ...compared(evidence), text: (compared(evidence) as { text?: string }).text }
      : compared(evidence);

  it('answers every request as this host does, over one connection', { timeout: 120_000 }, async () => {
    const { source, close } = await fake.open();
    const here = openLocal({ env: process.env });
    try {
      for (const [what, request] of requests) {
        // What a program has started cannot be ended there, and keeps its output open.
        if (name === 'poor shell' && what === 'a command that does not end') continue;
        const [far] = await source.gather([request()]);
        const [near] = await here.gather([request()]);
        expect(shown(far!), what).toEqual(shown(near!));
      }
      const all = await source.gather(requests.map(([, request]) => request()));
      expect(all).toHaveLength(requests.length);
    } finally {
      await close();
    }
    expect(fake.calls()).toHaveLength(1);
  });

  it('reads processes as this host does', { timeout: 60_000 }, async () => {
    const held: HeldProcess = await holdScript(
      `const fs = require('fs'); fs.openSync('text'); fs.writeFileSync('gone', 'x'); fs.openSync('gone'); fs.unlinkSync('gone');
       require('net').createServer().listen('\\0held' + process.pid); require('net').createServer().listen(0); require('dgram').createSocket('udp4').bind(0);
       require('child_process').spawn('cat'); console.log('ready')`,
      directory,
    );
    const { source, close } = await fake.open();
    try {
      const request: EvidenceRequest = { id: 'x', kind: 'tasks', rootPid: held.pid };
      const [far] = await source.gather([request]);
      const [near] = await openLocal({ env: process.env }).gather([request]);
      expect(far?.status).toBe('ok');
      // The poor one is in a mount namespace of its own, and has no perl.
      const isCommon = (line: string): boolean =>
        name !== 'poor shell' || !/^(?:ns:mnt|cut sockets|socket|option) /.test(`${line} `);
      const told = steady(far?.text).filter(isCommon);
      const known = steady(near?.text).filter(isCommon);
      expect(told).toEqual(known);
      const [none] = await source.gather([{ id: 'x', kind: 'tasks', rootPid: 4_194_304 }]);
      expect(none?.status).toBe('absent');
    } finally {
      await close();
      await held.end();
    }
  });
});

/** Without what changes from one moment to the next: times, counters, signals, processes outside. */
function steady(text: string | undefined): readonly string[] {
  const lines = (text ?? '').split(/\n(?=== attached)/)[0]?.split('\n') ?? [];
  return lines
    .filter((line) => !/^(?:Vm|Rss|SigQ|voluntary|nonvoluntary|rollup|State|Cpus)/.test(line))
    .map((line) => (line.startsWith('stat ') ? line.split(' ').slice(0, 8).join(' ') : line))
    .map((line) => line.replace(/^(net netlink \S+ +\d+ +\d+).*/, '$1'));
}

describe('the connection', () => {
  it('is made by the ssh of the system, asks nothing and takes a host for a host', async () => {
    const fake = createFakeSsh();
    const { close } = await fake.open();
    await close();
    expect(fake.calls()[0]).toMatch(/^-T -o BatchMode=yes -o ConnectTimeout=10 .*-- far exec sh$/);
  });

  it('tells what the host is', async () => {
    const { far, close } = await createFakeSsh().open();
    await close();
    expect(far.isRoot).toBe(process.geteuid?.() === 0);
    expect(far.hostname).toMatch(/^[\w.-]+$/);
  });

  it('takes what a profile prints for what it is', async () => {
    const { source, close } = await createFakeSsh(
      String.raw`printf 'Welcome!\n\033[2J\000hello ready\n== ok\n'; echo rubbish >&2; exec $SHELL_THERE`,
    ).open();
    const [answer] = await source.gather([command('echo', 'well')]);
    await close();
    expect(answer).toMatchObject({ status: 'ok', text: 'well\n' });
  });

  it('tells progress like a local command', async () => {
    const events: ProgressEvent[] = [];
    const { source, close } = await createFakeSsh().open({ onProgress: (event) => events.push(event) });
    await source.gather([command('true')]);
    await close();
    expect(events.map(({ type, step }) => `${type} ${step}`)).toEqual([
      'started ssh:far',
      'ended ssh:far',
      'started x',
      'ended x',
    ]);
  });

  it('leaves nothing running there when it is lost, and says so for the rest', async () => {
    const controller = new AbortController();
    const marker = `10${process.pid}`;
    const { source, close } = await createFakeSsh().open({ signal: controller.signal });
    const answering = source.gather([command('sh', '-c', `sleep ${marker} & sleep ${marker}`)]);
    await until(() => countOf(marker) >= 2);
    controller.abort();
    const [answer] = await answering;
    await close();
    expect(answer).toMatchObject({ status: 'timed-out', reason: 'interrupted' });
    await until(() => countOf(marker) === 0);
  });

  it('ends with its programs when it is closed while they run', async () => {
    const marker = `20${process.pid}`;
    const { source, close } = await createFakeSsh().open();
    const answering = source.gather([command('sleep', marker)]);
    await until(() => countOf(marker) >= 1);
    await close();
    expect((await answering)[0]?.status).toBe('failed');
    await until(() => countOf(marker) === 0);
  });

  it('that breaks half-way leaves the answers that came, and the reason for the others', async () => {
    const { source, far, close } = await createFakeSsh(`echo $$ >${at('pid')}; exec $SHELL_THERE`).open();
    const [first] = await source.gather([command('echo', 'one')]);
    const breaking = source.gather([command('sleep', '2'), file('/proc/version')]);
    process.kill(Number(readFileSync(at('pid'), 'utf8')), 'SIGKILL');
    await Promise.all([breaking, close()]);
    expect(first?.text).toBe('one\n');
    expect(far.lost()).toBeDefined();
    expect((await breaking)[0]).toMatchObject({ status: 'failed', reason: far.lost() });
    const [later] = await source.gather([file('/proc/version')]);
    expect(later).toMatchObject({ status: 'failed', reason: far.lost() });
  });
});

function countOf(marker: string): number {
  try {
    return execFileSync('pgrep', ['-f', '-x', `sleep ${marker}`], { encoding: 'utf8' }).split('\n').length - 1;
  } catch {
    return 0;
  }
}

async function until(isSo: () => boolean): Promise<void> {
  for (let tries = 0; tries < 100 && !isSo(); tries += 1) await new Promise((resolve) => setTimeout(resolve, 50));
  expect(isSo()).toBe(true);
}

describe('no connection', () => {
  it.each([
    ['ssh: Could not resolve hostname far: Name or service not known', /no host of this name/],
    ['ssh: connect to host far port 22: Connection refused', /cannot be reached/],
    ['ssh: connect to host far port 22: Connection timed out', /cannot be reached/],
    ['me@far: Permission denied (publickey).', /does not let us in/],
    ['No ED25519 host key is known for far and you have requested strict checking.', /key of the host is not known/],
    ['WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!\nHost key verification failed.', /another one than before/],
    ['sudo: a password is required', /sudo does not make us root/],
    ['bash: line 1: exec: sh: not found', /no shell there/],
    ['something new \u001B[2J', /no shell answers there: something new/],
  ])('because of %j is one clear line', async (said, message) => {
    const script = `cat >/dev/null <<'X'\nX\nprintf '%s\\n' '${said}' >&2; exit 255`;
    const error: unknown = await createFakeSsh(script)
      .open()
      .catch((reason: unknown) => reason);
    expect(String(error)).toMatch(message);
    expect(error).toMatchObject({ name: 'UserError', exitStatus: 5 });
    expect(String(error)).toMatch(/^UserError: ssh:far: /);
  });

  it('is said when there is no ssh', async () => {
    const { open } = createFakeSsh();
    await expect(open({ env: { PATH: '/nonexistent' } })).rejects.toThrow(/no program ssh/);
  });

  it('when the user gives up while it is made, ends ssh', async () => {
    const controller = new AbortController();
    const opening = createFakeSsh('exec sleep 1000').open({ signal: controller.signal });
    controller.abort(new Error('stopped'));
    await expect(opening).rejects.toThrow('stopped');
  });

  it.each([
    ['sends back what it is told', 'exec cat', /no shell answers|something else/],
    ['talks without end', 'yes', /something else than answers/],
    ['talks without end in one line', String.raw`yes | tr '\n' ' '`, /something else than answers/],
  ])('to a host that %s', { timeout: 60_000 }, async (_, script, message) => {
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(new Error('no shell answers in time')), 3000);
    await expect(createFakeSsh(script).open({ signal: controller.signal })).rejects.toThrow(message);
    clearTimeout(timer);
  });
});

describe('a hostile host', () => {
  /** Reads the prelude for the word of the connection, says hello, and answers the first question with `answer`. */
  const hostile = (answer: string): string => String.raw`
read -r first
word=$(printf %s "$first" | tr -d "'" | sed 's/crd_w=//')
printf '%s hello encoding base64\n%s hello ready\n' "$word" "$word"
while read -r line; do case $line in 'crd_run 1 '*) break ;; esac; done
${answer}
exec cat >/dev/null`;

  it.each([
    ['announces gigantic answers', `printf '%s r 1 999999999\\n' "$word"`, /more than was asked for/],
    ['answers what was not asked', `printf '%s r 77 10\\n' "$word"`, /not asked/],
    ['sends damaged frames', `printf '%s r x y\\n' "$word"`, /damaged/],
    ['never comes to an end', 'yes', /something else than answers/],
    ['sends an answer that is none', `printf '%s r 1 11\\n0\\n!!!!\\n.\\n\\n\\n\\n' "$word"`, /damaged/],
    ['sends an answer without a status', `printf '%s r 1 5\\nhello\\n' "$word"`, /damaged/],
  ])('that %s is found out', { timeout: 60_000 }, async (_, answer, reason) => {
    const { source, close } = await createFakeSsh(hostile(answer)).open();
    const [evidence] = await source.gather([command('true')]);
    await close();
    expect(evidence?.status).toBe('failed');
    expect(evidence?.reason).toMatch(reason);
  });

  it('that packs a bomb gets no further than the limit', { timeout: 60_000 }, async () => {
    const answer = String.raw`
body="0
$(head -c 60000000 /dev/zero | gzip -1 | base64)
."
printf '%s r 1 %s\n%s\n' "$word" "${'${#body}'}" "$body"`;
    const script = hostile(answer)
      .replace('hello ready', String.raw`hello packing gzip\n%s hello ready`)
      .replace('"$word" "$word"', '"$word" "$word" "$word"');
    const { source, close } = await createFakeSsh(script).open();
    const [evidence] = await source.gather([{ ...command('true'), maxBytes: 1_000_000 }]);
    await close();
    expect(evidence?.status).toBe('failed');
  });
});

describe.runIf(process.geteuid?.() === 0)('a user without rights there', () => {
  it('gets what is denied as denied', async () => {
    writeFileSync(at('secret'), 'x');
    chmodSync(at('secret'), 0o600);
    chmodSync(directory, 0o755);
    const { source, far, close } = await createFakeSsh(
      'exec setpriv --reuid 65534 --regid 65534 --clear-groups $SHELL_THERE',
    ).open();
    const [secret, inside, tasks, listing] = await source.gather([
      file(at('secret')),
      inner('secret'),
      { id: 'x', kind: 'tasks', rootPid: process.pid },
      { id: 'x', kind: 'listing', path: '/root' },
    ]);
    await close();
    expect(far.isRoot).toBe(false);
    expect(secret?.status).toBe('denied');
    expect(inside?.status).toBe('denied');
    expect(listing?.status).toBe('denied');
    expect(tasks?.text).toMatch(/^denied fd$/m);
  });
});
