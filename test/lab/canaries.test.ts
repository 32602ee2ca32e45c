/** Hundreds of secrets in a real container: in its settings, environment, arguments, mounts and logs; none is in the report. */

import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { formsOf, secretKinds, secretOf } from '../redact/secret-kinds.js';
import { isLabUp, must, onHost } from './lab.js';

/** Of this checkout, which the host sees at its own path. */
const built = ['node', fileURLToPath(new URL('../../dist/cli.js', import.meta.url))];
const container = 'redact-canaries';
const folder = `/tmp/redact-${randomUUID()}`;
const seed = Date.now() % 1_000_000;

/** Everything that is planted, by where. */
const secrets: { readonly where: string; readonly secret: string }[] = [];
let count = 0;
function plant(where: string): string {
  count += 1;
  const secret = secretOf(seed + count * 1000, 24);
  secrets.push({ where, secret });
  return secret;
}

/** Lines of logs, five of each kind, and of settings that logs repeat in other forms. */
function logLines(repeated: readonly string[]): readonly string[] {
  const ofKinds = secretKinds.flatMap(({ kind, make, id }, index) =>
    // The others are documents, which no log is.
    id !== undefined
      ? []
      : Array.from({ length: 5 }, (_, round) => {
          const { secret, text } = make(seed + index * 10 + round);
          secrets.push({ where: `log: ${kind}`, secret });
          return text;
        }),
  );
  const again = repeated.flatMap((secret) => [
    `using ${secret}`,
    `packed ${Buffer.from(`x${secret}`).toString('base64')}`,
    `asked for /?q=${encodeURIComponent(secret)}&x=1`,
  ]);
  return [...ofKinds, ...again];
}

/** Settings of the container; gives those that are repeated in logs. */
function plantSettings(): readonly string[] {
  const keys = ['user.note', 'user.cloud-init', 'environment.API_KEY', 'environment.DB', 'cloud-init.user-data'];
  return keys.flatMap((key) =>
    Array.from({ length: 4 }, (_, index) => {
      const secret = plant(key);
      const name = key.startsWith('cloud-init') ? key : `${key}${index}`;
      must('lxc', 'config', 'set', container, `${name}=${secret}`);
      // Of a key that is set again the last value counts; the others stand in no report anyway.
      return secret;
    }),
  );
}

describe.skipIf(!isLabUp)('a report of a container full of secrets', () => {
  beforeAll(() => {
    must('mkdir', '-p', folder);
    must('lxc', 'init', '-q', 'mini', container);
    const repeated = plantSettings().slice(0, 16);
    must('lxc', 'config', 'set', container, `raw.lxc=lxc.environment = TOKEN=${plant('raw.lxc')}\n`);
    must('lxc', 'start', container);
    const inside = [
      `mkdir -p /run/share /run/ceph`,
      `mount -t tmpfs "//bob:${plant('mount')}@server/share" /run/share`,
      `mount -t tmpfs "${plant('mount')}${plant('mount')}@server:/x" /run/ceph`,
      `APP_KEY=${plant('environ')} setsid sh -c 'sleep 600' --password ${plant('arguments')} </dev/null >/dev/null 2>&1 &`,
      `echo "login ${plant('console')}" > /dev/console`,
    ].join('\n');
    must('lxc', 'exec', container, '--', 'sh', '-c', inside);
    const text = `${logLines(repeated).join('\n')}\n`;
    const written = onHost('a', ['sh', '-c', `cat > /var/log/lxd/${container}/app.log`], text);
    if (written.status !== 0) throw new Error(written.shown);
    const displayed = onHost('a', ['sh', '-c', `cat > ${folder}/failed.txt`], `Error: x\n${text}`);
    if (displayed.status !== 0) throw new Error(displayed.shown);
  }, 120_000);
  afterAll(() => {
    onHost('a', ['lxc', 'delete', '-f', container]);
    onHost('a', ['rm', '-rf', folder]);
  });

  it('holds none of them, in no form', () => {
    const command = ['mysql', `-p${plant('command')}`];
    const archive = `${folder}/r.tar.gz`;
    const argv = [...built, 'report', container, '-o', archive, '--error', `${folder}/failed.txt`, '--', ...command];
    const ran = onHost('a', argv);
    expect(ran.status, ran.shown).toBe(0);
    must('tar', 'xzf', archive, '-C', folder);
    const [top] = must('tar', 'tzf', archive).split('/');
    const place = `${folder}/${top ?? ''}`;
    expect(must('ls', `${place}/source/instance.log`)).toContain('app.log');
    expect(secrets.length).toBeGreaterThanOrEqual(200);
    const everyForm = secrets.flatMap(({ secret }) => formsOf(secret));
    const patterns = onHost('a', ['sh', '-c', `cat > ${folder}/forms`], `${everyForm.join('\n')}\n`);
    expect(patterns.status).toBe(0);
    const found = onHost('a', ['grep', '-rnaF', '-f', `${folder}/forms`, place]).stdout;
    expect(found.slice(0, 3000)).toBe('');
    // They were there to be found.
    expect(must('grep', '-caF', '-f', `${folder}/forms`, `/var/log/lxd/${container}/app.log`).trim()).not.toBe('0');
  });

  it('is told by --show, without one of them, and nothing is written', () => {
    const before = must('ls', '-A', folder);
    const { status, stdout } = onHost('a', [...built, 'report', container, '--show']);
    expect(status).toBe(0);
    expect(stdout).toContain('## What was taken out');
    expect(stdout).toContain('[redacted:');
    const shown = secrets.filter(({ secret }) => formsOf(secret).some((form) => stdout.includes(form)));
    expect(shown).toEqual([]);
    expect(must('ls', '-A', folder)).toBe(before);
  });
});
