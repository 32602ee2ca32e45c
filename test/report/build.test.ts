import { createHash } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import type { Evidence, EvidenceRequest, Source } from '../../src/source/source.js';
import type { Manifest } from '../../src/source/manifest.js';
import { diagnose, watchedWords } from '../../src/findings/diagnose.js';
import { loadRules } from '../../src/rules/load.js';
import { redactEvidence } from '../../src/redact/redact-evidence.js';
import { buildReport, type BuildOptions } from '../../src/report/build.js';
import type { RedactionsFile } from '../../src/report/summary.js';
import { debianWithLxd, fakeSource, lxdInstance, type FakeAnswer } from '../evidence/fake-source.js';

const log = [
  '(00.000012) Version: 4.2.1 (gitid 0)',
  '(00.035818) Error (criu/nobody-knows.c:200): nobody: has ever seen this CANARY',
  '(00.036371) Error (criu/cr-dump.c:1975): Dumping FAILED.',
].join('\n');
const name = 'snapshot_dump_2026-11-20T12:56:28Z.log';

const answers: Readonly<Record<string, FakeAnswer>> = {
  ...debianWithLxd,
  'engine.instance': lxdInstance(),
  'instance.logs': `f 10 9 ${name}\nl 1 1 evil.log\n`,
  [`instance.log.${name}`]: { text: log, origin: `/var/log/lxd/c1/${name}` },
  'instance.state': 'f 3 9 stats-dump\n',
  'instance.state.stats-dump': 'AP8B',
  'criu.check.all': { text: 'Looks good.\n', stderr: 'Warn  (criu/kerndat.c:1): odd CANARY\n' },
};

/** A redactor that knows one word. */
const redact: BuildOptions['redact'] = (evidence) => {
  const clean = (text: string | undefined): string | undefined => text?.replaceAll('CANARY', '[redacted:test]');
  const count = `${evidence.text ?? ''}${evidence.stderr ?? ''}`.split('CANARY').length - 1;
  const { text, stderr, ...rest } = evidence;
  const [newText, newError] = [clean(text), clean(stderr)];
  return {
    evidence: {
      ...rest,
      ...(newText !== undefined && { text: newText }),
      ...(newError !== undefined && { stderr: newError }),
    },
    entries: count === 0 ? [] : [{ rule: 'test', artifact: evidence.id, line: 2, count }],
  };
};

async function build(changes: Partial<BuildOptions> = {}) {
  const files = new Map<string, Buffer>();
  const rules = await loadRules({ directories: [] });
  const summary = await buildReport({
    source: fakeSource(answers),
    request: { instance: 'c1', wants: () => true },
    action: {
      words: ['lxc', 'snapshot', 'c1', "it's", '--stateful'],
      output: { origin: '-', text: 'Error: x\n', cut: undefined },
    },
    writer: {
      add: (path, content) => {
        expect(files.has(path), path).toBe(false);
        files.set(path, Buffer.from(content));
        return Promise.resolve();
      },
    },
    redact,
    judge: undefined,
    logs: {
      words: () => Promise.resolve(watchedWords(rules)),
      diagnose: (logs) => Promise.resolve(diagnose(rules, logs)),
    },
    version: '0.0.0',
    hostname: 'a',
    now: () => new Date('2026-11-20T12:00:00Z'),
    signal: new AbortController().signal,
    ...changes,
  });
  return { files, summary, manifest: JSON.parse(files.get('manifest.json')?.toString() ?? '') as Manifest };
}

describe('a report', () => {
  it('holds what was asked for, as the manifest says', async () => {
    const { files, manifest } = await build();
    for (const { path, bytes, sha256, stderr } of manifest.artifacts) {
      const stored = [path === undefined ? undefined : { path, bytes, sha256 }, stderr].filter(
        (file) => file !== undefined,
      );
      for (const file of stored) {
        const content = files.get(file.path);
        expect(content?.length, file.path).toBe(file.bytes);
        expect(
          createHash('sha256')
            .update(content ?? '')
            .digest('hex'),
        ).toBe(file.sha256);
      }
    }
    expect(files.get('action/command.txt')?.toString()).toBe("lxc snapshot c1 'it'\\''s' --stateful\n");
    expect(files.get('source/instance.state/stats-dump')).toEqual(Buffer.from([0, 255, 1]));
    expect([...files.keys()]).toEqual(
      expect.arrayContaining(['README.md', 'findings.json', 'redactions.json', 'launchpad.txt', 'action/output.txt']),
    );
    expect(manifest.artifacts.find(({ id }) => id === 'instance.log.evil.log')).toMatchObject({
      status: 'failed',
      reason: 'a link, which is not opened',
    });
    expect(manifest).toMatchObject({ engine: 'lxd', instance: 'c1', complete: true });
  });

  it('lets nothing through that was redacted, and keeps the ledger', async () => {
    const { files, manifest } = await build();
    for (const [path, content] of files) expect(content.includes('CANARY'), path).toBe(false);
    const ledger = JSON.parse(files.get('redactions.json')?.toString() ?? '') as RedactionsFile;
    expect(ledger.schema).toBe('crdoctor.redactions/1');
    expect(ledger.entries).toContainEqual({ rule: 'test', artifact: `instance.log.${name}`, line: 2, count: 1 });
    expect(manifest.artifacts.find(({ id }) => id === 'criu.check.all')?.redactions).toBe(1);
  });

  it('names no file by a secret that its name holds', async () => {
    const secret = 'hunter2-dump.log';
    const directory = '/var/log/lxd/c1';
    const { files, manifest } = await build({
      redact: redactEvidence,
      source: fakeSource({
        ...answers,
        'instance.logs': { text: `f 9 9 password=${secret}\nl 1 1 token=${secret}\n`, origin: directory },
        [`instance.log.password_${secret}`]: { text: log, origin: `${directory}/password=${secret}` },
        'instance.state': { text: 'd 1 1 token=hunter2\nf 3 9 token=hunter2/stats-dump\n', origin: '/state' },
        'instance.state.token_hunter2.stats-dump': { text: 'AP8B', origin: '/state/token=hunter2/stats-dump' },
      }),
    });
    for (const [path, content] of files) expect(`${path}${content.toString('latin1')}`).not.toContain('hunter2');
    const named = manifest.artifacts.filter(({ id }) => id.includes('redacted'));
    expect(named.map(({ id, path, origin }) => ({ id, path, origin }))).toEqual([
      {
        id: 'instance.log.redacted-1.log',
        path: 'source/instance.log/redacted-1.log',
        origin: `${directory}/password=[redacted:secret-assignment]`,
      },
      {
        id: 'instance.state.redacted-2.stats-dump',
        path: 'source/instance.state/redacted-2/stats-dump',
        origin: '/state/token=[redacted:secret-assignment]',
      },
      {
        id: 'instance.log.redacted-3.log',
        path: undefined,
        origin: `${directory}/token=[redacted:secret-assignment]`,
      },
    ]);
    const ledger = JSON.parse(files.get('redactions.json')?.toString() ?? '') as RedactionsFile;
    expect(ledger.entries.map(({ artifact }) => artifact)).toContain('instance.log.redacted-1.log');
  });

  it('triages the log it has packed', async () => {
    const { files } = await build();
    const findings = JSON.parse(files.get('findings.json')?.toString() ?? '') as {
      check: null;
      triage: { unexplained: object[] };
    };
    expect(findings.check).toBeNull();
    expect(findings.triage.unexplained[0]).toMatchObject({
      file: 'source/instance.log/snapshot_dump_2026-11-20T12-56-28Z.log',
      line: 2,
    });
  });

  it('holds what there is when it is stopped, and says that it is not complete', async () => {
    const stop = new AbortController();
    const source = fakeSource(answers);
    const stopping: Source = {
      where: 'local',
      gather: async (requests: readonly EvidenceRequest[]): Promise<readonly Evidence[]> => {
        const given = await source.gather(requests);
        if (requests.some(({ id }) => id === 'instance.logs')) stop.abort();
        return given;
      },
    };
    const { manifest, files } = await build({ source: stopping, signal: stop.signal });
    expect(manifest.complete).toBe(false);
    expect(manifest.artifacts.find(({ id }) => id === `instance.log.${name}`)).toMatchObject({ status: 'timed-out' });
    expect(files.has('README.md')).toBe(true);
  });

  it('has one holder of a path even when names collide', async () => {
    const { manifest } = await build({
      source: fakeSource({
        ...answers,
        'instance.logs': 'f 1 1 a b.log\nf 1 2 a_b.log\nf 1 3 A_B.log\n',
        'instance.log.a_b.log': 'x',
        'instance.log.A_B.log': 'y',
      }),
    });
    const paths = manifest.artifacts.flatMap(({ path }) => (path?.includes('/instance.log/') ? [path] : []));
    expect(new Set(paths.map((path) => path.toLowerCase())).size).toBe(3);
  });
});
