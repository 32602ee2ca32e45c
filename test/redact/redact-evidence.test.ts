import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';

import type { Collected } from '../../src/evidence/collect.js';
import { deriveFacts } from '../../src/facts/derive.js';
import { redactionRules } from '../../src/redact/ledger.js';
import { redactEvidence } from '../../src/redact/redact-evidence.js';
import { parseInstance, parseServer } from '../../src/parse/server-json.js';
import type { Evidence } from '../../src/source/source.js';
import { fakeEvidence } from '../evidence/fake-source.js';
import { canary, forms, instance, lines, planted, server } from './canaries.js';

const fixtures = fileURLToPath(new URL('../../fixtures', import.meta.url));

const redacted = (id: string, text: string): string => redactEvidence(fakeEvidence(id, text)).evidence.text ?? '';
const countLines = (text: string): number => text.split('\n').length;

describe('canaries', () => {
  it.each(planted.map((each, index) => [each.id, index, each] as const))('are gone from %s (%i)', (_, __, evidence) => {
    const { evidence: after, entries } = redactEvidence(evidence);
    expect(forms.filter((form) => JSON.stringify(evidence).includes(form))).not.toEqual([]);
    expect(forms.filter((form) => JSON.stringify([after, entries]).includes(form))).toEqual([]);
    expect(entries.every(({ rule, count }) => rule in redactionRules && count > 0)).toBe(true);
    expect(entries.length).toBeGreaterThan(0);
  });

  it.each(lines)('are gone from the line %s', (line) => {
    const text = redacted('engine.log', `before\n${line}\nafter\n`);
    expect(forms.filter((form) => text.includes(form))).toEqual([]);
    expect(text).toMatch(/^before\n.*\[redacted:[a-z-]+\].*\nafter\n$/);
  });

  it('are gone from YAML, whatever its style', () => {
    for (const options of [
      {},
      { lineWidth: 0 },
      { defaultStringType: 'QUOTE_DOUBLE' },
      { indentSeq: false },
    ] as const) {
      for (const [id, document] of [
        ['engine.config.expanded', instance],
        ['engine.info', server],
        ['engine.profiles', [instance]],
      ] as const) {
        const before = stringify(document, options);
        const after = redacted(id, before);
        expect(forms.filter((form) => after.includes(form))).toEqual([]);
        expect(countLines(after)).toBe(countLines(before));
        expect(parse(after)).toEqual(expect.anything());
      }
    }
  });
});

describe('what stays', () => {
  it('is every line in its place', () => {
    for (const evidence of planted.filter(({ id }) => !id.includes('console'))) {
      expect(countLines(redactEvidence(evidence).evidence.text ?? ''), evidence.id).toBe(
        countLines(evidence.text ?? ''),
      );
    }
  });

  it.each([
    'docker run -p 80:80 x && mkdir -p /srv/x',
    'mysql -u root -p < dump.sql; mkdir -p /srv/x',
    'mysqldump -p --all-databases',
    'curl -u me https://x/',
    'GET https://images.example.org:8443/1.0/images@v1',
    'GET https://[fe80::1]:8443/1.0/images@v1',
    'criu dump --tree 12 --images-dir /var/lib/x -o dump.log --tcp-established -vv',
    'lxc config set c1 limits.memory=1GB security.nesting true',
    'lxc move c1 b:c1 --stateful --instance-only --target-project=default',
    'sudo -E lxc snapshot c1 s1 --stateful',
  ])('is the command %s', (line) => {
    expect(redacted('engine.log', `${line}\n`)).toBe(`${line}\n`);
    expect(redacted('action.command', `${line}\n`)).toBe(`${line}\n`);
    expect(redactEvidence({ ...fakeEvidence('x', ''), origin: line }).evidence.origin).toBe(line);
  });

  it('is the same when redacted again', () => {
    for (const evidence of planted) {
      const once = redactEvidence(evidence).evidence;
      expect(redactEvidence(once).evidence, evidence.id).toEqual(once);
    }
  });

  it('is JSON with what rules need', () => {
    expect(parseInstance(redacted('engine.instance', JSON.stringify(instance, null, '\t')))).toMatchObject({
      name: 'c1',
      pid: 812,
      config: {
        'environment.DB': '[redacted:engine-config]',
        'security.nesting': 'true',
        'volatile.eth0.hwaddr': '00:16:3e:01:02:03',
        'raw.lxc':
          'lxc.pty.max = 1\nlxc.environment = [redacted:lxc-option]\nlxc.hook.pre-start = /bin/x [redacted:lxc-option]\n# [redacted:lxc-comment]\n',
      },
      devices: {
        share: {
          source: '//[redacted:url-credentials]@server/share',
          'raw.mount.options': 'vers=3,password=[redacted:mount-option],ro',
        },
      },
    });
    expect(parseServer(redacted('engine.server', JSON.stringify(server)))).toMatchObject({
      version: '5.0.2',
      liblxc: '5.0.2',
      pid: 82,
    });
  });

  it('is YAML that names every key', () => {
    const text =
      'api_version: "1.0"\nconfig:\n  core.https_address: x\nenvironment:\n  addresses:\n  - x:8443\n  driver: lxc\n';
    expect(redacted('engine.info', text)).toBe(
      `api_version: "1.0"\nconfig:\n  core.https_address: '[redacted:server-info]'\nenvironment:\n  addresses:\n  - '[redacted:server-info]'\n  driver: lxc\n`,
    );
    const config =
      'config:\n  raw.lxc: |-\n    lxc.pty.max = 1\n    lxc.environment = A=b\n  user.x: |\n    a\n    b\nname: c1\n';
    expect(redacted('engine.config.expanded', config)).toBe(
      "config:\n  raw.lxc: |-\n    lxc.pty.max = 1\n    lxc.environment = [redacted:lxc-option]\n  user.x: '[redacted:engine-config]'\n    #\n    #\nname: c1\n",
    );
  });

  it.each([
    'systemd[1]: user.slice: Consumed 3.1s CPU time',
    'user.max_user_namespaces = 96365',
    '(00.166592) net/ipv6/conf/lo/stable_secret nr 200',
    'Error (criu/sk-inet.c:12): key: 0x1234',
    'core.trust_password=true',
    'ssh://git@example.org/x',
    'ii  passwd  1:4.13',
    'keyring: session key 12',
    `inode 4026532201, run 8e8268fdc9ab289d531f9fe2ac33d26fd7a0a9530220b65424e71915242f19dc`,
  ])('is harmless: %s', (line) => {
    expect(redacted('engine.log', line)).toBe(line);
  });

  it('is what its engine wrote itself', () => {
    const text =
      'lxc.hook.pre-start = /proc/82/exe callhook /var/lib/lxd "default" "c1" start\nlxc.hook.mount = /usr/share/lxcfs/lxc.mount.hook\nlxc.apparmor.profile =\n';
    expect(redacted('instance.lxc.conf', text)).toBe(text);
  });

  it('are facts: those of recorded hosts do not change', () => {
    for (const file of readdirSync(`${fixtures}/hosts`)) {
      const collected = JSON.parse(readFileSync(`${fixtures}/hosts/${file}`, 'utf8')) as Collected;
      const derive = (change: (evidence: Evidence) => Evidence) =>
        deriveFacts({
          engine: collected.engine,
          source: collected.host.map(change),
          instance: collected.instance && { name: collected.instance.name, evidence: collected.ofInstance.map(change) },
        });
      expect(
        derive((evidence) => redactEvidence(evidence).evidence),
        file,
      ).toEqual(derive((evidence) => evidence));
    }
  });

  it('are logs: those recorded do not change', () => {
    for (const name of readdirSync(`${fixtures}/logs`, { recursive: true, encoding: 'utf8' })) {
      if (!name.endsWith('.gz')) continue;
      const text = gunzipSync(readFileSync(`${fixtures}/logs/${name}`)).toString();
      expect(redacted(`instance.log.${name}`, text), name).toBe(text);
    }
  });
});

describe('the ledger', () => {
  it('says rule, line and count', () => {
    const { entries } = redactEvidence(fakeEvidence('engine.log', 'fine\npassword=a secret=b\n\ntoken=c\n'));
    expect(entries).toEqual([
      { rule: 'secret-assignment', artifact: 'engine.log', line: 2, count: 2 },
      { rule: 'secret-assignment', artifact: 'engine.log', line: 4, count: 1 },
    ]);
  });

  it('counts what is not in the text under line 0', () => {
    const { entries } = redactEvidence(fakeEvidence('x', { stderr: 'password=a\n', status: 'failed' }));
    expect(entries).toEqual([{ rule: 'secret-assignment', artifact: 'x', line: 0, count: 1 }]);
  });

  it('says what was not understood', () => {
    const { evidence, entries } = redactEvidence(
      fakeEvidence('engine.instance', '{"config": {"image.os": "x" oops "a": "b"'),
    );
    expect(evidence.text).toBe('{"config": {"image.os": "x" oops "a": "[redacted:unparsable]"');
    expect(entries).toEqual([{ rule: 'unparsable', artifact: 'engine.instance', line: 1, count: 1 }]);
    expect(redactEvidence(fakeEvidence('engine.instance', '{"name": "x"')).entries).toMatchObject([
      { rule: 'unparsable' },
    ]);
  });

  it('stays small for a hostile log', () => {
    const { entries } = redactEvidence(fakeEvidence('instance.log.x', 'password=a\n'.repeat(10_000)));
    expect(entries.length).toBeLessThanOrEqual(2_001);
    expect(entries.reduce((sum, { count }) => sum + count, 0)).toBe(10_000);
  });
});

const owners = fc.constantFrom('user.', 'environment.', 'cloud-init.', 'unknown.');
const text = fc.string({ unit: fc.constantFrom(...`aZ9 :#-'"\\\n\t{}[],|>&*!%@?=\u00e9`.split('')), maxLength: 40 });
const document = fc.record({ owner: owners, key: text, before: text, after: text, pad: text });

describe('whatever the key is called and whatever stands around it', () => {
  it('a value of the user never survives in JSON', () => {
    fc.assert(
      fc.property(document, fc.constantFrom(undefined, '\t'), ({ owner, key, before, after, pad }, indent) => {
        const config = { 'image.os': pad, [`${owner}${key}`]: `${before}${canary}${after}`, 'limits.cpu': '2' };
        const source = JSON.stringify({ config, name: 'c1', devices: { d: config } }, null, indent);
        const result = redacted('engine.instance', source);
        expect(result).not.toContain(canary);
        expect(countLines(result)).toBe(countLines(source));
        expect(JSON.parse(result)).toMatchObject({ name: 'c1', config: { 'limits.cpu': '2' } });
      }),
    );
  });

  it('a value of the user never survives in YAML', () => {
    const widths = fc.constantFrom(0, 40, 80);
    fc.assert(
      fc.property(document, widths, fc.boolean(), ({ owner, key, before, after, pad }, lineWidth, indentSeq) => {
        const config = { 'image.os': pad, [`${owner}${key}`]: `${before}${canary}${after}`, 'limits.cpu': '2' };
        const source = stringify({ config, name: 'c1', profiles: ['default'] }, { lineWidth, indentSeq });
        const result = redacted('engine.config.expanded', source);
        expect(result).not.toContain(canary);
        expect(countLines(result)).toBe(countLines(source));
        expect(parse(result)).toMatchObject({ name: 'c1', config: { 'limits.cpu': '2' } });
      }),
    );
  });

  it('a password in a log never survives, whichever word is before it', () => {
    const names = fc.constantFrom(
      'password',
      'Passwd',
      'DB_PASSWORD',
      'apiKey',
      'client-secret',
      'TOKEN',
      'pwd',
      'secret_key_base',
    );
    const separators = fc.constantFrom('=', ': ', ':', ' = ', '="', ": '", '\\": \\"');
    fc.assert(
      fc.property(names, separators, fc.string({ maxLength: 30 }), (name, separator, prefix) => {
        const line = `${prefix.replaceAll(/[\n"'\\]/g, '')} ${name}${separator}${canary}`;
        expect(redacted('engine.log', line)).not.toContain(canary);
      }),
    );
  });
});
