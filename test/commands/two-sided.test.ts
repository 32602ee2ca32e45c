/** A move is judged by both of its ends, wherever these can be looked at. */

import { describe, expect, it } from 'vitest';

import type { Evidence } from '../../src/source/source.js';
import { crdoctor } from './run-in-process.js';
import { packReport, recordedHost, reportOf, reportOfHost } from '../source/sample-report.js';
import { createScratch } from '../source/scratch.js';

const file = createScratch('two-sided');
const good = recordedHost('good');

interface CheckDocument {
  readonly verdict: string;
  readonly subject: {
    readonly operation: string;
    readonly source: { readonly where: string };
    readonly target?: { readonly where: string; readonly criu?: string; readonly kernel?: string };
  };
  readonly findings: readonly {
    readonly cause: string;
    readonly outcome: string;
    readonly phase: string;
    readonly message: string;
    readonly missing: readonly string[];
    readonly occurrences: readonly { readonly side: string }[];
  }[];
}

/** The host of `good`, alone, with some of its evidence changed. */
function hostReport(changes: Readonly<Record<string, Partial<Evidence>>> = {}): string {
  const evidence = good.host.map((each) => ({ ...each, ...changes[each.id] }));
  return file(packReport(reportOf(evidence, { engine: 'lxd' })));
}

const source = file(packReport(reportOfHost(good)));
const withoutCriu = {
  'criu.version': { status: 'absent', text: undefined, reason: 'there is no program criu' },
  'criu.check': { status: 'absent', text: undefined, stderr: undefined, reason: 'there is no program criu' },
  'criu.check.all': { status: 'absent', text: undefined, stderr: undefined, reason: 'there is no program criu' },
  'host.programs': { text: 'lxc /usr/bin/lxc\nip /usr/sbin/ip\ntar /usr/bin/tar\n' },
} as unknown as Readonly<Record<string, Partial<Evidence>>>;

async function check(...argv: readonly string[]): Promise<CheckDocument> {
  const { stdout, stderr } = await crdoctor('check', ...argv, '--format', 'json');
  expect(stdout, stderr).toMatch(/^\{/);
  return JSON.parse(stdout) as CheckDocument;
}

describe('check --on REPORT --to REPORT', () => {
  it('judges the move and names both hosts', async () => {
    const target = hostReport();
    const { subject } = await check('--on', source, '--to', target);
    expect(subject.operation).toBe('move');
    expect(subject.source.where).toBe(source);
    expect(subject.target).toMatchObject({ where: target, criu: '4.2.1' });
  });

  it('finds on the target what is wrong there alone', async () => {
    const { verdict, findings } = await check('--on', source, '--to', hostReport(withoutCriu));
    expect(verdict).toBe('blocked');
    const found = findings.filter(
      ({ cause, outcome }) => cause === 'criu-not-available-to-engine' && outcome === 'fires',
    );
    expect(found.map(({ phase, occurrences }) => [phase, occurrences.map(({ side }) => side)])).toEqual([
      ['restore', ['target']],
    ]);
  });

  it('says on which host, and of which host something is missing', async () => {
    const blocked = await crdoctor('check', '--on', source, '--to', hostReport(withoutCriu));
    expect(blocked.stdout).toMatch(/BLOCKER \(restore, on the target \S+\)/);
    const unread = hostReport({ 'criu.version': { status: 'denied', reason: 'EACCES' } });
    const { findings } = await check('--on', source, '--to', unread);
    const unsure = findings.find(({ cause, outcome }) => cause === 'criu-too-old' && outcome === 'unknown');
    expect(unsure).toMatchObject({
      phase: 'restore',
      message: 'could not tell: target:criu.version',
      missing: ['criu.version'],
    });
    const { stdout } = await crdoctor('check', '--on', source, '--to', unread);
    expect(stdout).toContain('criu.version of the target: ');
  });

  it('says that a report of one host cannot hold what depends on the other', async () => {
    const { stdout } = await crdoctor('check', '--on', source, '--to', hostReport());
    const [, afterClock = ''] = stdout.split('host.clock of the target: ');
    expect(afterClock.split('\n\n')[0]).toMatch(/for a new report: make one report about both hosts/);
  });

  it('takes the target of a report about two hosts', async () => {
    const target = good.host.map((each): Evidence => ({ ...each, ...withoutCriu[each.id] }));
    const { manifest, files } = reportOfHost(good);
    const other = reportOf(target);
    const moved = other.manifest.artifacts.map((artifact) => ({
      ...artifact,
      side: 'target' as const,
      ...(artifact.path !== undefined && { path: artifact.path.replace('source/', 'target/') }),
      ...(artifact.stderr !== undefined && {
        stderr: { ...artifact.stderr, path: artifact.stderr.path.replace('source/', 'target/') },
      }),
    }));
    const both = {
      manifest: { ...manifest, target: { where: 'b:' }, artifacts: [...manifest.artifacts, ...moved] },
      files: new Map([
        ...files,
        ...[...other.files].map(([path, text]) => [path.replace('source/', 'target/'), text] as const),
      ]),
    };
    const path = file(packReport(both));
    const { verdict, findings } = await check('--on', path, '--to', path);
    expect(verdict).toBe('blocked');
    const fires = findings.filter(({ outcome, phase }) => outcome === 'fires' && phase === 'restore');
    expect(fires.map(({ cause }) => cause)).toContain('criu-not-available-to-engine');
    expect((await check('--on', path)).verdict).not.toBe('blocked');
  });

  it.each([
    [['--on', source, '--to', '/nonexistent.tar.gz'], /no such file or directory/],
    [['--on', source, '--to', ''], /--to names no place/],
    [['--on', source, '--to', source, '--for', 'stop'], /--to goes with --for move/],
    [['--on', source, '--to', 'nosuch:'], /--to nosuch: is no remote that lxc or incus knows/],
    [['--on', source, '--to', 'nosuch'], /no such file[^\n]*\n[^\n]*--to nosuch:[^\n]*--to ssh:nosuch/],
    [['--on', 'nosuch:'], /--on nosuch: is no remote/],
  ])('refuses %j', async (argv, message) => {
    const { status, stdout, stderr } = await crdoctor('check', ...argv);
    expect(stderr).toMatch(message);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  });
});
