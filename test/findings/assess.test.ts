import { describe, expect, it } from 'vitest';

import type { Facts, FactSet } from '../../src/facts/schema.js';
import { assess } from '../../src/findings/assess.js';
import type { Finding } from '../../src/findings/finding.js';
import { verdictOf } from '../../src/findings/summarize.js';
import type { Cause, Prediction } from '../../src/rules/cause.js';

const prediction = (fields: Partial<Prediction>): Prediction => ({
  phase: 'dump',
  severity: 'blocker',
  when: 'true',
  message: 'seen',
  ...fields,
});

const cause = (fields: Partial<Cause>): Cause => ({
  id: 'a-cause',
  area: 'mounts',
  file: 'a-cause.yaml',
  title: 'A cause',
  why: 'Because.',
  scope: 'instance',
  predict: [],
  diagnose: [],
  fix: { default: 'Do something.', lxd: 'Do it the LXD way.' },
  blame: 'workload',
  refs: [],
  tests: [],
  ...fields,
});

const known = (facts: Facts, rest: Partial<FactSet> = {}): FactSet => ({
  facts,
  gaps: new Map(),
  incomplete: new Set(),
  ...rest,
});

const judge = (one: Cause, factSet: FactSet, operation: 'stop' | 'restore' | 'move' = 'stop'): readonly Finding[] =>
  assess([one], factSet, { operation, subject: { operation, source: { where: 'local' } } }).findings;

const mountsOf = (...types: (string | undefined)[]): Facts => ({
  engine: { name: 'lxd' },
  instance: { mounts: types.map((type, index) => ({ type, path: `/m${String(index)}` })) },
});

const badMount = cause({
  predict: [prediction({ each: 'instance.mounts', when: "each.type == 'ramfs'", message: '{each.path} is ramfs' })],
});

it('judges by the operation', () => {
  const one = cause({
    predict: [prediction({ phase: 'restore', when: "operation == 'stop'", message: '{operation}' })],
  });
  expect(judge(one, known({ instance: {} })).map(({ outcome, message }) => [outcome, message])).toEqual([
    ['fires', 'stop'],
  ]);
  expect(judge(one, known({ instance: {} }), 'move').map(({ outcome }) => outcome)).toEqual(['quiet']);
});

describe('each', () => {
  it('gives one finding with an occurrence per element that fires', () => {
    expect(judge(badMount, known(mountsOf('ramfs', 'proc', 'ramfs')))).toMatchObject([
      {
        outcome: 'fires',
        message: '/m0 is ramfs',
        fix: 'Do it the LXD way.',
        occurrences: [
          { side: 'instance', path: '/m0', message: '/m0 is ramfs' },
          { side: 'instance', path: '/m2', message: '/m2 is ramfs' },
        ],
      },
    ]);
  });

  it('is not silenced by an element that could not be read', () => {
    expect(judge(badMount, known(mountsOf(undefined, 'ramfs')))[0]).toMatchObject({ outcome: 'fires' });
    expect(judge(badMount, known(mountsOf(undefined, 'proc')))[0]).toMatchObject({
      outcome: 'unknown',
      missing: ['instance.mountinfo', 'instance.tasks'],
    });
  });

  it('on a list that was not read to its end finds no peace', () => {
    const cut = known(mountsOf('proc'), { incomplete: new Set(['instance.mounts']) });
    expect(judge(badMount, cut)[0]).toMatchObject({
      outcome: 'unknown',
      missing: ['instance.mountinfo', 'instance.tasks'],
    });
  });

  it('on an empty list is quiet, on no list unknown', () => {
    expect(judge(badMount, known(mountsOf()))[0]).toMatchObject({ outcome: 'quiet' });
    expect(judge(badMount, known({ engine: { name: 'lxd' }, instance: {} }))[0]).toMatchObject({ outcome: 'unknown' });
  });
});

describe('what is unknown names the evidence that could not be read', () => {
  const old = cause({ scope: 'host', predict: [prediction({ when: "host.criu.version.before('2.0')" })] });

  it('and only that', () => {
    const factSet = known({ source: {} }, { gaps: new Map([['source:criu.version', 'no permission']]) });
    expect(judge(old, factSet)[0]).toMatchObject({ outcome: 'unknown', missing: ['criu.version'] });
  });
});

describe('scopes', () => {
  it('a pair rule without a target is not applicable', () => {
    const pair = cause({ scope: 'pair', predict: [prediction({ when: "target.machine != 'x'" })] });
    expect(judge(pair, known({ source: {} }))[0]).toMatchObject({ outcome: 'not-applicable' });
  });

  it('a rule of another engine is not applicable', () => {
    const other = cause({ predict: [prediction({ engines: ['podman'] })] });
    expect(judge(other, known(mountsOf()))[0]).toMatchObject({ outcome: 'not-applicable' });
  });

  it('a host that dumps for a move is not asked whether it could restore', () => {
    const both = cause({ scope: 'host', predict: [prediction({}), prediction({ phase: 'restore' })] });
    expect(judge(both, known({ source: {} }), 'move').map(({ phase, outcome }) => [phase, outcome])).toEqual([
      ['dump', 'fires'],
      ['restore', 'not-applicable'],
    ]);
  });
});

describe('phases', () => {
  it('a restore asks for restore causes alone', () => {
    const both = cause({ predict: [prediction({}), prediction({ phase: 'restore' })] });
    expect(judge(both, known(mountsOf()), 'restore').map((finding) => finding.phase)).toEqual(['restore']);
    expect(judge(both, known(mountsOf()), 'stop').map((finding) => finding.phase)).toEqual(['dump', 'restore']);
  });
});

describe('affects, when and unless', () => {
  const ranged = cause({
    scope: 'host',
    predict: [prediction({ affects: { criu: '>=3.17 <4.2' }, unless: "host.machine == 's390x'" })],
  });
  it.each([
    ['3.16.1', 'x86_64', 'quiet'],
    ['3.17', 'x86_64', 'fires'],
    ['4.1.1', 's390x', 'quiet'],
    ['4.1.1', undefined, 'unknown'],
    ['4.2', undefined, 'quiet'],
    [undefined, 's390x', 'quiet'],
  ])('criu %s on %s is %s', (version, machine, outcome) => {
    expect(judge(ranged, known({ source: { machine, criu: { version } } }))[0]).toMatchObject({ outcome });
  });
});

describe('verdict', () => {
  const finding = (outcome: Finding['outcome'], severity: Finding['severity']): Finding =>
    ({ outcome, severity }) as Finding;
  it.each([
    [[finding('fires', 'blocker'), finding('unknown', 'blocker')], 'blocked'],
    [[finding('unknown', 'blocker'), finding('fires', 'risk')], 'unknown'],
    [[finding('fires', 'risk'), finding('unknown', 'risk')], 'at-risk'],
    [[finding('fires', 'notice'), finding('quiet', 'blocker'), finding('unknown', 'risk')], 'ready'],
  ] as const)('%#', (findings, verdict) => {
    expect(verdictOf(findings)).toBe(verdict);
  });

  it('an undecided blocker is not hidden by a certain risk of the same cause', () => {
    const two = cause({
      predict: [prediction({ severity: 'risk' }), prediction({ when: 'instance.privileged', message: 'privileged' })],
    });
    expect(judge(two, known(mountsOf()))[0]).toMatchObject({
      outcome: 'unknown',
      severity: 'blocker',
      message: 'could not tell: engine.instance, instance.uid_map',
      occurrences: [{ message: 'seen' }],
    });
  });
});

describe('remedies', () => {
  const remedy = (instance: string): string | undefined => {
    const told = cause({ predict: [prediction({})], fix: { default: 'lxc stop NAME; RENAME nothing' } });
    const subject = { operation: 'stop', instance, source: { where: 'local' } } as const;
    return assess([told], known(mountsOf()), { operation: 'stop', subject }).findings[0]?.fix;
  };

  it('name the container, so that they can be pasted', () => {
    expect(remedy('c1')).toBe('lxc stop c1; RENAME nothing');
  });

  it('but never put into a command what a shell could take for another one', () => {
    expect(remedy('c1; reboot')).toBe('lxc stop NAME; RENAME nothing');
  });
});

describe('what a condition asks besides each', () => {
  const only = (when: string, more: Partial<Prediction> = {}): Cause =>
    cause({ predict: [prediction({ each: 'instance.mounts', when, ...more })] });
  const passes: Facts = { engine: { name: 'criu', passes: ['--skip'] }, instance: {} };

  it('decides without the list', () => {
    const [finding] = judge(only("!('--skip' in engine.passes) && each.type == 'ramfs'"), known(passes));
    expect(finding?.outcome).toBe('quiet');
  });

  it('leaves the list in question otherwise', () => {
    const [finding] = judge(only("'--skip' in engine.passes && each.type == 'ramfs'"), known(passes));
    expect(finding?.outcome).toBe('unknown');
  });

  it('counts versions in', () => {
    const facts: Facts = { ...passes, source: { criu: { version: '4.2' } } };
    const [old] = judge(only("each.type == 'ramfs'", { affects: { criu: '<4.2' } }), known(facts));
    expect(old?.outcome).toBe('quiet');
    const [own] = judge(only("each.type == 'ramfs'", { affects: { criu: '<4.3' } }), known(facts));
    expect(own?.outcome).toBe('unknown');
  });

  it('settles what a list that was cut off leaves open', () => {
    const incomplete = new Set(['instance.mounts']);
    const facts: Facts = { ...mountsOf('tmpfs'), engine: { name: 'criu', passes: ['--skip'] } };
    const [finding] = judge(only("each.type == 'ramfs' && !('--skip' in engine.passes)"), known(facts, { incomplete }));
    expect(finding?.outcome).toBe('quiet');
  });
});
