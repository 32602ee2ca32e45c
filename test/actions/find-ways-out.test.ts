import { describe, expect, it } from 'vitest';

import { findWaysOut } from '../../src/actions/find-ways-out.js';
import type { GuardRecord, Insurance, Verification } from '../../src/actions/guard-record.js';
import { engines } from '../../src/engines/index.js';
import { action, record, running, saved } from './samples.js';

const copy: Insurance = {
  kind: 'state-copy',
  from: saved.stateDirectory ?? '',
  to: '/var/lib/crdoctor/guards/20261120T170000Z-c1/state',
  files: 40,
  bytes: 1000,
};

function ways(guard: GuardRecord, verification: Pick<Verification, 'outcome' | 'after'>): readonly string[] {
  const { guard: engine } = engines.lxd;
  if (engine === undefined) throw new Error('LXD can be guarded');
  const judged = { ...guard, verification: { checks: [], residues: [], ...verification } };
  return findWaysOut(judged, engine).flatMap(({ kind, commands }) => commands.map((command) => `${kind}: ${command}`));
}

describe('findWaysOut', () => {
  it('has nothing to say when all is well', () => {
    expect(ways(record(action('stop'), running), { outcome: 'done', after: saved })).toEqual([]);
  });

  it('a failed dump is tried again', () => {
    expect(ways(record(action('stop'), running), { outcome: 'unharmed', after: running })).toEqual([
      'retry: crdoctor guard -- lxc stop c1',
    ]);
  });

  it('a failed start is tried again while the engine has the state', () => {
    const guard = record(action('start'), saved, { insurances: [copy] });
    expect(ways(guard, { outcome: 'unharmed', after: saved })).toEqual([
      'retry: crdoctor guard -- lxc start local:c1',
      'fresh: crdoctor guard --resume 20261120T170000Z-c1 --recover fresh',
      'fresh: lxc start local:c1 --stateless',
    ]);
  });

  it('the copy is put back when the engine has lost the state', () => {
    const guard = record(action('start'), saved, { insurances: [copy] });
    const [first, second] = ways(guard, { outcome: 'harmed', after: { ...saved, isStateful: false, state: 'none' } });
    expect(first).toBe('retry: crdoctor guard --resume 20261120T170000Z-c1 --recover retry');
    expect(second).toBe(`retry: cp -a ${copy.to} ${copy.from}`);
  });

  it('a state that the engine does not know of is made known', () => {
    const after = { ...saved, isStateful: false };
    expect(ways(record(action('stop'), running), { outcome: 'harmed', after })[0]).toBe(
      'retry: crdoctor guard --resume 20261120T170000Z-c1 --recover retry',
    );
  });

  it('without a copy nothing is promised', () => {
    const after = { ...saved, isStateful: false, state: 'none' } as const;
    expect(ways(record(action('start'), saved), { outcome: 'harmed', after })).toEqual([
      'fresh: crdoctor guard --resume 20261120T170000Z-c1 --recover fresh',
      'fresh: lxc start local:c1',
    ]);
  });

  it('a failed restore can go back to the files of before', () => {
    const guard = record(action('restore', { snapshot: 's1' }), running, {
      insurances: [{ kind: 'rootfs-snapshot', snapshot: 'crdoctor-20261120t170000z' }],
    });
    const after = { ...saved, isStateful: false, state: 'none' } as const;
    expect(ways(guard, { outcome: 'harmed', after })).toEqual([
      'retry: lxc restore local:c1 s1 --stateful',
      'fresh: crdoctor guard --resume 20261120T170000Z-c1 --recover fresh',
      'fresh: lxc start local:c1',
      'fresh: lxc restore local:c1 crdoctor-20261120t170000z',
      'fresh: lxc start local:c1',
    ]);
  });
});
