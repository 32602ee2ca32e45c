/** A report of both ends of a move: each item from both, and why one of them lacks it. */

import { describe, expect, it } from 'vitest';

import type { Manifest } from '../../src/source/manifest.js';
import { buildReport } from '../../src/report/build.js';
import type { ReportedTarget } from '../../src/report/reported-target.js';
import { missingLines } from '../../src/report/missing.js';
import { renderReportReadme } from '../../src/render/report-readme.js';
import { createUnreachable } from '../../src/source/unreachable.js';
import { debianWithLxd, failed, fakeEvidence, fakeSource, lxdInstance } from '../evidence/fake-source.js';
import { complaintsBy } from '../render/schema-complaints.js';

const now = (): Date => new Date('2026-11-20T12:00:00Z');
const here = fakeSource({
  ...debianWithLxd,
  'engine.instance': lxdInstance(),
  'host.uname': 'Linux a 6.18.44 #1 SMP x86_64 GNU/Linux\n',
  'criu.version': 'Version: 4.2.1\n',
});
const log = 'migration_restore_2026-11-20T12:00:00Z.log';
const there = fakeSource({
  ...debianWithLxd,
  'engine.instance': failed('Error: Instance not found'),
  'host.uname': 'Linux b 6.12.48 #1 SMP x86_64 GNU/Linux\n',
  'criu.version': 'Version: 4.1.1\n',
  'instance.logs': `f 10 9 ${log}\n`,
  [`instance.log.${log}`]: { text: '(00.1) Error (criu/x.c:1): odd\n', origin: `/var/log/lxd/c1/${log}` },
});

async function report(target: ReportedTarget) {
  const files = new Map<string, string>();
  const summary = await buildReport({
    source: here,
    request: { instance: 'c1', wants: () => true },
    target,
    action: { words: ['lxc', 'move', 'c1', 'b:'], output: undefined },
    writer: { add: (path, content) => Promise.resolve(void files.set(path, Buffer.from(content).toString())) },
    redact: (evidence) => ({ evidence, entries: [] }),
    judge: undefined,
    logs: undefined,
    version: '0.0.0',
    hostname: 'a',
    now,
    signal: new AbortController().signal,
  });
  return { files, summary, manifest: JSON.parse(files.get('manifest.json') ?? '') as Manifest };
}

const idsOf = ({ artifacts }: Manifest, side: string): readonly string[] =>
  artifacts.filter((artifact) => artifact.side === side).map(({ id }) => id);

describe('a report of two hosts', () => {
  it('keeps them apart, and names the second one', async () => {
    const told = [fakeEvidence('target.api', '{}')];
    const { files, manifest } = await report({ source: { ...there, where: 'b:' }, instance: 'c1', told });
    expect(manifest).toMatchObject({ hostname: 'a', target: { where: 'b:', hostname: 'b' } });
    expect(files.get('source/criu.version.txt')).toBe('Version: 4.2.1\n');
    expect(files.get('target/criu.version.txt')).toBe('Version: 4.1.1\n');
    expect(idsOf(manifest, 'target')).toContain('target.api');
    expect(complaintsBy('manifest-1', manifest)).toEqual([]);
    const readme = files.get('README.md') ?? '';
    expect(readme).toContain('container c1 (lxd, host a, target b)');
    expect(readme).toMatch(/CRIU of the target b \| `4\.1\.1`/);
    expect(files.get('launchpad.txt')).toContain('[target] ');
  });

  it('packs what a failed receive has left on the target', async () => {
    const { files } = await report({ source: there, instance: 'c1', told: [] });
    const path = [...files.keys()].find((name) => name.startsWith('target/instance.log/migration_restore'));
    expect(files.get(path ?? '')).toContain('odd');
  });

  it('has every item of the source for the target too', async () => {
    const { manifest } = await report({ source: there, instance: 'c1', told: [] });
    const ofTarget = new Set(idsOf(manifest, 'target'));
    const lacking = idsOf(manifest, 'source').filter((id) => !ofTarget.has(id));
    expect(lacking.filter((id) => !/^instance\.(?:space|log\.)/.test(id))).toEqual([]);
  });

  it('is made of the source when the target cannot be reached', async () => {
    const problem = 'ssh:b: no route to host';
    const unreachable = createUnreachable('ssh:b', `that host could not be reached: ${problem}`, now);
    const { manifest, summary } = await report({ source: unreachable, instance: 'c1', problem, told: [] });
    const ofTarget = manifest.artifacts.filter(({ side }) => side === 'target');
    expect(ofTarget.length).toBeGreaterThan(30);
    expect(ofTarget.filter(({ status, reason }) => status === 'ok' || reason === undefined)).toEqual([]);
    expect(renderReportReadme(summary)).toContain('The target could not be looked at, or not all of it');
    const lines = missingLines(manifest, true);
    expect(lines.filter((line) => line.includes('of the target ssh:b'))).toHaveLength(1);
    expect(lines.join('\n')).not.toContain('could not be reached');
  });
});
