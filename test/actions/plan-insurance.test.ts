import { describe, expect, it } from 'vitest';

import type { Observation } from '../../src/actions/guard-record.js';
import { planInsurance, type InsurancePlans } from '../../src/actions/plan-insurance.js';
import type { Action } from '../../src/engines/action.js';
import { action, look, running, saved } from './samples.js';

const plan = (
  act: Action,
  observation: Observation,
  more: { driver?: string; daemonMs?: number } = {},
): InsurancePlans =>
  planInsurance({
    action: act,
    look: look(observation, more.driver),
    daemonStartedMs: more.daemonMs,
    keepsReferences: true,
  });

const { state: _, ...withoutState } = saved;

const idsOf = ({ objections }: InsurancePlans): readonly string[] => objections.map(({ id }) => id);

describe('a start', () => {
  it('from a state copies it first', () => {
    expect(plan(action('start'), saved).plans).toEqual([
      { kind: 'state-copy', from: saved.stateDirectory, why: 'the start deletes it' },
    ]);
  });

  it('that would throw the state away is refused, and copies it when it is forced', () => {
    const plans = plan(action('start', { wantsState: false }), saved);
    expect(idsOf(plans)).toEqual(['discarded-state']);
    expect(plans.plans).toHaveLength(1);
  });

  it('that would delete a state which the engine forgot is refused', () => {
    const plans = plan(action('start'), { ...saved, isStateful: false });
    expect(idsOf(plans)).toEqual(['forgotten-state']);
    expect(plans.plans).toHaveLength(1);
  });

  it('is not insured when the state is not where it should be', () => {
    expect(plan(action('start'), { ...saved, state: 'partial' }).uninsured).toHaveLength(1);
    expect(plan(action('start'), withoutState).uninsured).toHaveLength(1);
  });

  it('of what was stopped without a state needs nothing', () => {
    const nothing = { plans: [], uninsured: [], objections: [], warnings: [] };
    expect(plan(action('start'), { ...saved, isStateful: false, state: 'none' })).toEqual(nothing);
    expect(plan(action('start'), { ...saved, isStateful: false, state: 'partial' })).toEqual(nothing);
  });
});

describe('a dump', () => {
  it.each(['stop', 'snapshot'] as const)('by %s deletes a state that is there', (kind) => {
    expect(plan(action(kind), running).plans).toEqual([]);
    expect(plan(action(kind), { ...running, state: 'whole', inventory: 'x' }).plans).toHaveLength(1);
    expect(plan(action(kind), { ...running, state: 'partial' }).plans).toEqual([]);
  });

  it('names what came in from outside', () => {
    const sessions = [{ pid: 99, innerPid: undefined, name: 'bash' }];
    expect(plan(action('stop'), { ...running, sessions }).warnings.join()).toContain('bash (pid 99)');
  });

  it('that replaces a snapshot cannot be insured', () => {
    expect(plan(action('snapshot', { replaces: true }), running).uninsured).toHaveLength(1);
  });
});

describe('a restore', () => {
  const observation: Observation = { ...running, snapshots: { s1: true, files: false } };
  const restore = (snapshot: string, wantsState = true): Action => action('restore', { snapshot, wantsState });

  it('keeps the present files', () => {
    expect(plan(restore('s1'), observation)).toMatchObject({ plans: [{ kind: 'rootfs-snapshot' }], objections: [] });
  });

  it('cannot keep them that way on zfs', () => {
    const plans = plan(restore('s1'), observation, { driver: 'zfs' });
    expect(plans.plans).toEqual([]);
    expect(plans.uninsured.join()).toContain('zfs');
  });

  it.each([
    ['s1', false, 'disk-only-restore'],
    ['files', true, 'no-state-to-restore'],
    ['nosuch', true, 'missing-snapshot'],
  ])('of %s, with its state %s: %s', (snapshot, wantsState, id) => {
    expect(idsOf(plan(restore(snapshot, wantsState), observation))).toEqual([id]);
  });

  it('after the daemon brought back a state is refused', () => {
    const logs = { 'snapshot_restore_2026-11-20T17:17:57Z.log': 2000 };
    expect(idsOf(plan(restore('s1'), { ...observation, logs }, { daemonMs: 1000 }))).toEqual(['mount-reference']);
    expect(idsOf(plan(restore('s1'), { ...observation, logs }, { daemonMs: 3000 }))).toEqual([]);
  });
});

describe('outside of the default project', () => {
  it.each(['stop', 'snapshot', 'move', 'restore'] as const)(
    'a %s of a state is refused, as none can come back',
    (kind) => {
      const plans = plan(action(kind, { project: 'lab', snapshot: 's1' }), { ...running, snapshots: { s1: true } });
      expect(idsOf(plans)).toEqual(['restore-in-project']);
    },
  );

  it('a start from a state is refused, and one without is not', () => {
    expect(idsOf(plan(action('start', { project: 'lab' }), saved))).toEqual(['restore-in-project']);
    expect(idsOf(plan(action('start', { project: 'lab' }), { ...saved, isStateful: false, state: 'none' }))).toEqual(
      [],
    );
  });
});
