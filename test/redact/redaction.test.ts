import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { createRedaction } from '../../src/redact/redaction.js';
import { createTextStream } from '../../src/redact/text-stream.js';
import { createValueSearch } from '../../src/redact/value-search.js';
import { createWordSearch } from '../../src/redact/word-search.js';
import { redactEvidence } from '../../src/redact/redact-evidence.js';
import { fakeEvidence } from '../evidence/fake-source.js';
import { formsOf, plantAll, secretKinds, secretOf } from './secret-kinds.js';

const open = (anonymize = false) => createRedaction({ anonymize, hostname: 'tollana' });
const textOf = (redaction: ReturnType<typeof open>, id: string, text: string): string =>
  redaction.redact(fakeEvidence(id, text)).evidence.text ?? '';

describe('hundreds of secrets', () => {
  const planted = plantAll(5);

  it('are of at least forty kinds', () => {
    expect(new Set(secretKinds.map(({ kind }) => kind)).size).toBeGreaterThanOrEqual(40);
    expect(planted.length).toBeGreaterThanOrEqual(300);
  });

  it.each(planted.map((each) => [each.kind, each] as const))('are gone where they stand: %s', (_, each) => {
    const { evidence, entries } = open().redact(each.evidence);
    const left = formsOf(each.secret).filter((form) => JSON.stringify([evidence, entries]).includes(form));
    expect(left, evidence.text).toEqual([]);
    expect(evidence.text?.split('\n').length).toBe(each.evidence.text?.split('\n').length);
    // As it is, once more.
    expect(open().redact(evidence).evidence).toEqual(evidence);
  });

  it('are gone from logs that repeat those of the configuration in whatever form', () => {
    const redaction = open();
    const structured = planted.filter(({ evidence }) => !evidence.id.startsWith('instance.log'));
    redaction.learn(structured.map(({ evidence }) => evidence));
    const log = structured.map(({ secret }) => {
      const inside = Buffer.from(`{"a":"${secret}"}`).toString('base64');
      return [
        `x ${secret} y`,
        `a=${Buffer.from(secret).toString('base64')};`,
        `payload ${inside}`,
        `q=${encodeURIComponent(`${secret}&`)}`,
        `hex ${Buffer.from(secret).toString('hex')}`,
      ];
    });
    const text = textOf(redaction, 'instance.log.dump.log', log.flat().join('\n'));
    const left = structured.filter(({ secret }) => formsOf(secret).some((form) => text.includes(form)));
    expect(left.map(({ kind, secret }) => [kind, secret])).toEqual([]);
    expect(text.split('\n').length).toBe(log.flat().length);
  });
});

describe('a secret that is known', () => {
  const secret = 'p4ss w&rd/"x';
  const config = fakeEvidence('engine.instance', JSON.stringify({ config: { 'environment.DB_PASSWORD': secret } }));
  const log = (line: string): string => {
    const redaction = open();
    redaction.learn([config]);
    return textOf(redaction, 'instance.log.x', line);
  };

  it.each([
    secret,
    JSON.stringify(secret).slice(1, -1),
    JSON.stringify(JSON.stringify(secret)).slice(3, -3),
    encodeURIComponent(secret),
    encodeURIComponent(secret).replaceAll('%20', '+'),
    secret.replaceAll('&', '&amp;').replaceAll('"', '&quot;'),
    secret.replaceAll(' ', String.raw`\040`),
  ])('is found as %s', (form) => {
    expect(log(`a ${form} b`)).toBe('a [redacted:known-value] b');
  });

  it('is counted as what it is', () => {
    const redaction = open();
    redaction.learn([config]);
    expect(redaction.redact(fakeEvidence('instance.log.x', `fine\n${secret}\n`)).entries).toEqual([
      { rule: 'known-value', artifact: 'instance.log.x', line: 2, count: 1 },
    ]);
  });

  it.each([
    ['a plain word', { 'environment.DB_PASSWORD': 'debian' }, 'runs debian 12'],
    ['a number', { 'environment.DB_PASSWORD': '12345678' }, 'pid 12345678'],
    ['a path', { 'environment.DATA_DIR': '/srv/data-2024/x1' }, 'open /srv/data-2024/x1'],
    ['a name with a number', { 'environment.HOST': 'web-frontend-01' }, 'start web-frontend-01'],
    ['a checksum', { 'environment.IMAGE': '8e8268fdc9ab289d531f9fe2ac33d26f' }, 'id 8e8268fdc9ab289d531f9fe2ac33d26f'],
    ['what is told in the open', { 'environment.ME': 'Xq7Zt9LmN2', 'image.name': 'Xq7Zt9LmN2' }, 'is Xq7Zt9LmN2'],
  ])('is not looked for when it is %s', (_, values, line) => {
    const redaction = open();
    redaction.learn([fakeEvidence('engine.instance', JSON.stringify({ config: values }))]);
    expect(textOf(redaction, 'instance.log.x', line)).toBe(line);
  });

  it('does not break documents', () => {
    const redaction = open();
    redaction.learn([fakeEvidence('engine.instance', '{"config": {"user.key": "Xq7Zt9LmN2"}}')]);
    expect(textOf(redaction, 'engine.profiles', 'devices:\n  d:\n    path: Xq7Zt9LmN2\n')).toBe(
      'devices:\n  d:\n    path: "[redacted:known-value]"\n',
    );
  });
});

describe('anonymised evidence', () => {
  it('has the same stand-ins everywhere', () => {
    const redaction = open(true);
    redaction.learn([fakeEvidence('host.uname', 'Linux abydos 6.12.1 #1 SMP x86_64 GNU/Linux\n')]);
    const journal = 'Nov 20 10:00:00 tollana sshd[1]: Accepted publickey for oneill from 10.1.2.3 port 22\n';
    expect(textOf(redaction, 'host.journal', journal)).toBe(
      'Nov 20 10:00:00 host-1 sshd[1]: Accepted publickey for user-1 from 192.0.2.1 port 22\n',
    );
    expect(textOf(redaction, 'instance.log.x', 'tollana -> abydos.sg1.example 10.1.2.3 /home/oneill/x oneill\n')).toBe(
      'host-1 -> host-2.sg1.example 192.0.2.1 /home/user-1/x user-1\n',
    );
    expect(redaction.nameOfHost('tollana')).toBe('host-1');
    expect(redaction.standIns()).toContainEqual({ kind: 'host-name', name: 'abydos', standIn: 'host-2' });
  });

  it.each([
    ['inet 10.0.0.1/24 via 192.168.7.9', 'inet 192.0.2.1/24 via 192.0.2.2'],
    ['[fd42:1:2::3]:8443', '[2001:db8::1]:8443'],
    ['fe80::216:3eff:fe01:203', 'fe80::db8:1'],
    ['hwaddr 00:16:3e:01:02:03', 'hwaddr 00:00:5e:00:53:00'],
  ])('has no address: %s', (before, after) => {
    const once = textOf(open(true), 'instance.log.x', before);
    expect(once).toBe(after);
    expect(textOf(open(true), 'instance.log.x', once)).toBe(after);
  });

  it('has none in tables of sockets either', () => {
    const redaction = open(true);
    textOf(redaction, 'instance.log.x', 'from 10.1.2.3 and fd42::1');
    const table =
      'tcp 0302010A:1F90 0100007F:0016\ntcp6 000042FD000000000000000001000000:1F90 00000000000000000000000000000000:0000\n';
    expect(textOf(redaction, 'instance.tasks', table)).toBe(
      'tcp 010200C0:1F90 0100007F:0016\ntcp6 B80D0120000000000000000001000000:1F90 00000000000000000000000000000000:0000\n',
    );
  });

  it.each([
    '(00.123456) Error (criu/cr-dump.c:1234): 127.0.0.1 ::1 0.0.0.0 255.255.255.0 224.0.0.1 ff02::1',
    'lxd 5.0.2.1-3 and version 6.8.0.45',
    'at 12:34:56, std::string, 00:00:00:00:00:00, 01:00:5e:00:00:01',
    'root nobody localhost',
  ])('keeps what tells of nobody: %s', (line) => {
    expect(textOf(open(true), 'instance.log.x', line)).toBe(line);
  });

  it('leaves short names of hosts alone where they may be words', () => {
    const redaction = createRedaction({ anonymize: true, hostname: 'a' });
    expect(textOf(redaction, 'host.uname', 'Linux a 6.12.1 a\n')).toBe('Linux host-1 6.12.1 a\n');
    expect(textOf(redaction, 'engine.server', '{"environment": {"server_name": "a"}}')).toContain('"host-1"');
    expect(textOf(redaction, 'instance.log.x', 'a dump failed')).toBe('a dump failed');
  });
});

describe('a long text', () => {
  const block = (text: string): string => redactEvidence({ ...fakeEvidence('engine.log', text) }).evidence.text ?? '';
  const key = `-----BEGIN PRIVATE KEY-----\n${secretOf(1, 64)}\n${secretOf(2, 64)}\n${secretOf(3, 30)}\n-----END PRIVATE KEY-----\n`;
  const pieces = [
    key,
    `${secretOf(4, 64)}\n`,
    'password=hunter2\n',
    'a line\n',
    'b',
    '\n',
    `${'long '.repeat(60)}\n`,
    key.slice(0, 90),
  ];
  const texts = fc.array(fc.constantFrom(...pieces), { maxLength: 40 }).map((parts) => parts.join(''));

  it('is redacted the same however it comes in', () => {
    fc.assert(
      fc.property(texts, fc.array(fc.integer({ min: 0, max: 3000 }), { maxLength: 20 }), (text, cuts) => {
        const stream = (parts: readonly string[]): string => {
          const { push, finish } = createTextStream(block, 200);
          return parts.map(push).join('') + finish();
        };
        const places = [0, ...cuts.filter((cut) => cut < text.length).toSorted((one, two) => one - two), text.length];
        const cut = places.slice(1).map((place, index) => text.slice(places[index], place));
        const result = stream(cut);
        expect(result).toBe(stream([text]));
        expect(result).not.toContain('hunter2');
        expect(result).not.toContain(secretOf(1, 64));
        expect(result.split('\n').length).toBe(text.split('\n').length);
      }),
      { numRuns: 300 },
    );
  });

  it('is looked through to its end', () => {
    const long = `${'(00.1) fine and dandy\n'.repeat(120_000)}password=hunter2\n`;
    const { evidence, entries } = redactEvidence(fakeEvidence('engine.log', long));
    expect(evidence.text?.endsWith('password=[redacted:secret-assignment]\n')).toBe(true);
    expect(entries).toEqual([{ rule: 'secret-assignment', artifact: 'engine.log', line: 120_001, count: 1 }]);
  });
});

describe('searching', () => {
  const word = fc.string({ unit: fc.constantFrom(...'abAB1_='.split('')), minLength: 4, maxLength: 8 });
  const around = fc.string({ unit: fc.constantFrom(...'abAB1_=\n\u00e9'.split('')), maxLength: 80 });

  it('finds one of the words wherever one is, capitals or not', () => {
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 5 }), around, (words, text) => {
        const lower = text.toLowerCase();
        const isThere = words.some((each) => lower.includes(each.toLowerCase()));
        expect(createWordSearch(words)(text).length > 0).toBe(isThere);
      }),
    );
  });

  it('finds every value, in texts of any length', () => {
    fc.assert(
      fc.property(
        fc.array(word, { minLength: 1, maxLength: 5 }),
        around,
        fc.integer({ min: 0, max: 3 }),
        (words, text, times) => {
          const long = `${text}${'.'.repeat(times * 131_070)}${words[0]}`;
          const found = createValueSearch(words)(long);
          expect(found.every(({ start, end }) => words.includes(long.slice(start, end)))).toBe(true);
          expect(found.length > 0).toBe(true);
          let rest = '';
          let done = 0;
          for (const { start, end } of found) {
            rest += `${long.slice(done, start)}\n`;
            done = end;
          }
          rest += long.slice(done);
          expect(words.some((each) => rest.includes(each))).toBe(false);
        },
      ),
      { numRuns: 50 },
    );
  });
});
