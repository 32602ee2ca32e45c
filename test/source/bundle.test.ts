/** Reports as sources: the same evidence, whether packed or not, and honest about what was changed. */

import { spawnSync } from 'node:child_process';
import { readdirSync, renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { collect, type Collected } from '../../src/evidence/collect.js';
import { deriveFacts } from '../../src/facts/derive.js';
import { openBundle, type Bundle } from '../../src/source/bundle.js';
import { tarGz } from '../archive/tar.js';
import { fakeEvidence } from '../evidence/fake-source.js';
import { packReport, recordedHost, reportOf, reportOfHost, top, type SampleReport } from './sample-report.js';
import { createScratch } from './scratch.js';

const file = createScratch('bundle');
const hosts = readdirSync(join(import.meta.dirname, '../../fixtures/hosts')).map((name) => name.replace('.json', ''));

function unpacked(report: SampleReport): string {
  const path = file(packReport(report));
  spawnSync('tar', ['xzf', path, '-C', join(path, '..')]);
  return join(path, '..', top);
}

const open = (content: Buffer): Promise<Bundle> => openBundle(file(content));

function factsOf({ engine, host, instance, ofInstance }: Collected): unknown {
  const { facts, gaps, incomplete } = deriveFacts({
    engine,
    source: host,
    instance: instance && { name: instance.name, evidence: ofInstance },
  });
  return { facts, gaps: Object.fromEntries(gaps), incomplete };
}

const smallEvidence = [
  fakeEvidence('host.uname', 'Linux a 6.12.48\n'),
  fakeEvidence('criu.check.all', {
    status: 'failed',
    exitStatus: 1,
    text: '',
    stderr: 'Error: no\n',
    reason: 'exit status 1',
  }),
  fakeEvidence('kernel.config', { status: 'absent' }),
  fakeEvidence('criu.config', ''),
];
const small = reportOf(smallEvidence, { engine: 'lxd', instance: 'c1' });

describe('openBundle', () => {
  it.each(hosts)('gives the facts of %s as on the live host', async (name) => {
    const recorded = recordedHost(name);
    const report = reportOfHost(recorded);
    const bundle = await open(packReport(report));
    const again = await collect(bundle, { engine: recorded.engine, instance: recorded.instance?.name });
    expect(factsOf(again)).toEqual(factsOf(recorded));
    expect(bundle.problems()).toEqual([]);
  });

  it.each([
    ['packed', () => file(packReport(small))],
    ['unpacked', () => unpacked(small)],
    ['unpacked, by the directory around it', () => join(unpacked(small), '..')],
    ['packed again inside of two folders', () => repacked(`mkdir -p x/y && mv ${top} x/y && tar czf r.tgz x`)],
    ['packed again without a folder', () => repacked(`tar czf r.tgz -C ${top} .`)],
    ['plain', () => repacked(`tar cf r.tgz ${top}`)],
  ])('gives back what was stored when it is %s', async (_, make) => {
    const bundle = await openBundle(make());
    expect(bundle.manifest).toEqual(small.manifest);
    expect(await bundle.readEvidence('source')).toEqual(smallEvidence);
    expect(await bundle.readEvidence('target')).toEqual([]);
  });

  function repacked(script: string): string {
    const directory = join(unpacked(small), '..');
    spawnSync('bash', ['-c', `rm report.tar.gz; ${script}; rm -rf ${top} x`], { cwd: directory });
    return join(directory, 'r.tgz');
  }

  it('answers by id, and says what is not in the report', async () => {
    const bundle = await open(packReport(small));
    const answers = await bundle.gather([
      { id: 'proc.meminfo', kind: 'file', paths: ['/proc/meminfo'] },
      { id: 'host.uname', kind: 'command', argv: ['false'] },
    ]);
    expect(answers).toMatchObject([
      { id: 'proc.meminfo', status: 'failed', reason: 'it is not in the report' },
      { id: 'host.uname', status: 'ok', text: 'Linux a 6.12.48\n' },
    ]);
  });

  it('gives the command and its error', async () => {
    const told = [
      fakeEvidence('action.command', 'lxc snapshot c1 s1 --stateful\n'),
      fakeEvidence('action.output', 'Error: no\n'),
    ];
    const { action } = await open(packReport(reportOf(told)));
    expect(action).toEqual({ command: 'lxc snapshot c1 s1 --stateful', output: 'Error: no' });
  });

  it('does not believe a file that was changed, is missing or has no checksum', async () => {
    const [uname, check] = small.manifest.artifacts;
    const files = new Map(small.files).set('source/host.uname.txt', 'Linux b 6.12.48\n');
    files.delete('source/criu.check.all.txt.stderr');
    const unchecked = { ...uname!, id: 'other', path: 'source/criu.config.txt', bytes: 0, sha256: undefined };
    const artifacts = [uname!, check!, JSON.parse(JSON.stringify(unchecked))];
    const bundle = await open(packReport({ manifest: { ...small.manifest, artifacts }, files }));
    const evidence = await bundle.readEvidence('source');
    expect(evidence.map(({ status, text, reason }) => ({ status, text, reason }))).toEqual([
      { status: 'failed', text: undefined, reason: 'source/host.uname.txt was changed after the report was made' },
      { status: 'failed', text: undefined, reason: 'source/criu.check.all.txt.stderr is missing from the report' },
      { status: 'failed', text: undefined, reason: 'source/criu.config.txt was changed after the report was made' },
    ]);
    expect(bundle.problems()).toEqual(evidence.map(({ reason }) => reason));
  });

  it('never reaches outside of itself, whatever the manifest names', async () => {
    const [uname] = small.manifest.artifacts;
    const paths = ['/etc/hostname', '../../../../../../../../etc/hostname', 'source/link'];
    const artifacts = paths.map((path, index) => ({ ...uname!, id: `x${index}`, path }));
    const directory = unpacked({ ...small, manifest: { ...small.manifest, artifacts } });
    symlinkSync('/etc/hostname', join(directory, 'source/link'));
    const bundle = await openBundle(directory);
    expect((await bundle.readEvidence('source')).map(({ reason }) => reason)).toEqual(
      paths.map((path) => `${path} is missing from the report`),
    );
    expect(bundle.problems()[0]).toBe('skipped source/link: it is no regular file');
  });

  it('names what it skipped, what lies outside and what is listed twice', async () => {
    const [uname] = small.manifest.artifacts;
    const manifest = { ...small.manifest, complete: false, artifacts: [uname!, uname!] };
    const bundle = await open(
      packReport(
        { ...small, manifest },
        { name: '/etc/cron.d/evil', content: 'x' },
        { name: 'other/file', content: 'x' },
      ),
    );
    expect(bundle.problems()).toEqual([
      'skipped /etc/cron.d/evil: the name is absolute',
      `not looked at: 1 files outside of ${top}/, such as other/file`,
      'collecting was cut short when this report was made',
      'the manifest lists host.uname twice, and the first one counts',
    ]);
  });
});

describe('what is no whole report', () => {
  const noManifest = tarGz({ name: `${top}/source/host.uname.txt`, content: 'Linux' });

  it.each([
    ['a report without a manifest', noManifest, 'r.tar.gz', /r\.tar\.gz is a half-written report/],
    ['a part file', tarGz({ name: `${top}/README.md` }), '.r.tar.gz.part-4711', /part-4711 is a half-written report/],
    [
      'another archive',
      tarGz({ name: 'a/b.log', content: 'x' }),
      'r.tar.gz',
      /is no report: there is no manifest\.json in it/,
    ],
    [
      'a manifest of something else',
      tarGz({ name: 'manifest.json', content: '{"name": "app"}' }),
      'r',
      /is none of crdoctor/,
    ],
    ['a manifest that is no JSON', tarGz({ name: 'manifest.json', content: '{' }), 'r', /is none of crdoctor/],
    [
      'a report of a later crdoctor',
      tarGz({ name: 'manifest.json', content: '{"schema": "crdoctor.manifest/2"}' }),
      'r',
      /written by a later crdoctor \(crdoctor\.manifest\/2\)/,
    ],
    [
      'a manifest with the wrong members',
      tarGz({ name: 'manifest.json', content: JSON.stringify({ ...small.manifest, artifacts: [{ id: 'x' }] }) }),
      'r',
      /its manifest\.json is wrong: artifacts\.0\.side: /,
    ],
    [
      'two reports',
      tarGz({ name: 'a/manifest.json', content: '{}' }, { name: 'b/manifest.json', content: '{}' }),
      'r',
      /holds more than one report: a\/ and b\//,
    ],
  ])('recognises %s', async (_, content, name, message) => {
    await expect(openBundle(file(content, name))).rejects.toThrow(message);
  });

  it('recognises one that was cut off before its manifest', async () => {
    const whole = packReport(reportOfHost(recordedHost('good')));
    await expect(open(whole.subarray(0, whole.length / 2))).rejects.toThrow(/half-written report: it stops before/);
  });

  it('reads one that was cut off behind its manifest', async () => {
    const whole = packReport(small, { name: `${top}/README.md`, content: 'x'.repeat(100_000) });
    const bundle = await open(whole.subarray(0, whole.length - 30));
    expect(bundle.manifest).toEqual(small.manifest);
    expect(bundle.problems()).toEqual([expect.stringMatching(/^the report is truncated/)]);
  });

  it.each([
    ['/nonexistent', /\/nonexistent: no such file or directory/],
    ['/dev/null', /\/dev\/null is no report: neither a tar archive nor a directory/],
    ['/etc/hostname', /\/etc\/hostname is no report/],
    ['/proc/self/fdinfo', /no report/],
  ])('refuses %s', async (path, message) => {
    await expect(openBundle(path)).rejects.toThrow(message);
  });

  it('refuses a directory with more files than a report has', async () => {
    await expect(openBundle('/usr')).rejects.toThrow(/more than 20000 files|no report|more than one report/);
  });

  it('keeps its hands off files that change their kind while it reads', async () => {
    const directory = unpacked(small);
    const bundle = await openBundle(directory);
    renameSync(join(directory, 'source/host.uname.txt'), join(directory, 'uname'));
    symlinkSync('../uname', join(directory, 'source/host.uname.txt'));
    const [uname] = await bundle.readEvidence('source');
    expect(uname?.status).toBe('failed');
    expect(uname?.reason).toMatch(/cannot be read/);
  });
});
