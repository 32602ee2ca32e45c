/**
 * Two machines that really differ, as recorded: host a of the lab (Linux 6.18, AMD EPYC with AVX-512, hybrid control
 * groups, criu 4.2.1) and a Debian 13 guest (Linux 6.12, Nehalem, v2, criu 4.1.1), asked as the target of the
 * container bad-engine-fails-after-restore.
 */

import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import type { Collected } from '../../src/evidence/collect.js';
import { deriveFacts } from '../../src/facts/derive.js';
import { assess } from '../../src/findings/assess.js';
import type { Assessment, Finding } from '../../src/findings/finding.js';
import { loadRules } from '../../src/rules/load.js';
import type { Evidence } from '../../src/source/source.js';

interface RecordedHost extends Collected {
  readonly pair?: readonly Evidence[];
}

const rules = await loadRules();
const read = (name: string): RecordedHost =>
  JSON.parse(readFileSync(new URL(`../../fixtures/hosts/${name}.json`, import.meta.url), 'utf8')) as RecordedHost;
const evidenceOf = ({ host, pair = [] }: RecordedHost): readonly Evidence[] => [...host, ...pair];
const a = evidenceOf(read('host'));
const guest = evidenceOf(read('debian13-guest'));

function move(source: readonly Evidence[], target: readonly Evidence[], instance?: string): Assessment {
  const factSet = deriveFacts({
    engine: 'lxd',
    source,
    target,
    instance: instance === undefined ? undefined : { name: instance, evidence: read(instance).ofInstance },
  });
  return assess(rules.causes, factSet, {
    operation: 'move',
    subject: { operation: 'move', source: { where: 'recorded' }, target: { where: 'recorded' } },
  });
}

const firing = ({ findings }: Assessment, severity: Finding['severity']): readonly string[] =>
  findings
    .filter((finding) => finding.outcome === 'fires' && finding.severity === severity)
    .map(({ cause, phase }) => `${cause} (${phase})`)
    .toSorted();

const without = (evidence: readonly Evidence[], id: string): readonly Evidence[] =>
  evidence.map((each) =>
    each.id === id ? ({ ...each, status: 'denied', text: undefined, reason: 'EACCES' } as unknown as Evidence) : each,
  );

const findingOf = ({ findings }: Assessment, cause: string, phase: Finding['phase'] = 'restore'): Finding | undefined =>
  findings.find((finding) => finding.cause === cause && finding.phase === phase);

describe('a move from host a to the guest', () => {
  const there = move(a, guest, 'bad-engine-fails-after-restore');

  it('is blocked by what the guest lacks, and by nothing else', () => {
    expect(there.verdict).toBe('blocked');
    expect(firing(there, 'blocker')).toEqual([
      'cgroup-layout-differs (restore)',
      'cpu-feature-missing (after)',
      'cpu-feature-missing (restore)',
      'mount-source-missing-on-restore (restore)',
    ]);
    expect(firing(there, 'risk')).toEqual([
      'criu-older-on-target (restore)',
      'disk-full (restore)',
      'kernel-poorer-on-target (after)',
      'limit-smaller-on-target (restore)',
    ]);
  });

  it('names registers, instructions, levels and system calls', () => {
    const messages = there.findings.flatMap(({ occurrences }) => occurrences.map(({ message }) => message)).join('\n');
    expect(messages).toContain('does not have the registers AVX, AVX-512 that the source saves');
    expect(messages).toContain('x86-64-v4, that of the target an x86-64-v2');
    expect(messages).toMatch(/lacks avx, avx2, bmi1, bmi2, f16c, fma, .* and \d+ more;/);
    expect(messages).toContain(
      '(6.12.107+deb13-cloud-amd64) lacks system calls of that of the source (6.18.44-fc-v669): file_getattr, file_setattr',
    );
    expect(messages).toContain('/srv/data of the source, which the target does not have');
  });

  it('tells what each side has', () => {
    expect(findingOf(there, 'cgroup-layout-differs')?.occurrences[0]?.values).toEqual([
      { side: 'source', text: 'cgroup hybrid' },
      { side: 'target', text: 'cgroup v2' },
    ]);
  });

  it('leaves nothing unknown but the clocks, which a recording does not tell', () => {
    const unknown = there.findings.filter(({ outcome }) => outcome === 'unknown');
    expect(unknown.map(({ cause }) => cause)).toEqual(['clocks-differ']);
  });

  it('takes the security modules of the guest for the restore', () => {
    // Host a has no AppArmor and the guest has.
    expect(findingOf(move(a, guest, 'default'), 'lsm-profile-restore')?.outcome).toBe('quiet');
    expect(findingOf(move(a, a, 'default'), 'lsm-profile-restore')?.outcome).toBe('fires');
  });
});

describe('a move from the guest to host a', () => {
  const back = move(guest, a);

  it('goes to a CPU and a kernel that can do all that the guest can', () => {
    expect(firing(back, 'blocker')).toEqual(['cgroup-layout-differs (restore)']);
    expect(findingOf(back, 'kernel-poorer-on-target', 'after')?.outcome).toBe('fires');
    expect(findingOf(back, 'kernel-poorer-on-target', 'after')?.message).toContain('map_shadow_stack');
    expect(findingOf(back, 'criu-older-on-target')?.severity).toBe('notice');
  });
});

describe('what could not be read', () => {
  it.each([
    ['kernel.syscalls', 'kernel-poorer-on-target', 'after'],
    ['cgroup.controllers', 'cgroup-layout-differs', 'restore'],
    ['host.pagesize', 'page-size-differs', 'restore'],
    ['proc.limits', 'limit-smaller-on-target', 'restore'],
  ] as const)('%s names the host that it is missing of', (id, cause, phase) => {
    const ofTarget = findingOf(move(a, without(a, id)), cause, phase);
    expect(ofTarget).toMatchObject({ outcome: 'unknown', missing: [id], message: `could not tell: target:${id}` });
    const ofSource = findingOf(move(without(a, id), a), cause, phase);
    expect(ofSource).toMatchObject({ outcome: 'unknown', missing: [id], message: `could not tell: ${id}` });
  });

  it('is taken from the flags where CRIU does not tell of the registers', () => {
    const registers = findingOf(move(without(a, 'criu.cpu'), without(guest, 'criu.cpu')), 'cpu-feature-missing');
    expect(registers?.outcome).toBe('fires');
    expect(registers?.message).toContain('the registers AVX, AVX-512');
  });
});

it('compares nothing without a target', () => {
  const { findings } = assess(rules.causes, deriveFacts({ engine: 'lxd', source: a }), {
    operation: 'move',
    subject: { operation: 'move', source: { where: 'recorded' } },
  });
  const compared = rules.causes.filter(({ scope }) => scope === 'pair').map(({ id }) => id);
  const outcomes = findings.filter(({ cause }) => compared.includes(cause)).map(({ outcome }) => outcome);
  expect(new Set(outcomes)).toEqual(new Set(['not-applicable']));
});
