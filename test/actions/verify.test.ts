import { describe, expect, it } from 'vitest';

import { cutKernelLog } from '../../src/actions/gather-aftermath.js';
import type { FoundResidue, GuardRecord, Observation } from '../../src/actions/guard-record.js';
import { verify, type Aftermath } from '../../src/actions/verify.js';
import { action, record, running, saved } from './samples.js';

const lock: FoundResidue = {
  residue: 'network-lock-nft',
  title: 'The network is locked',
  sign: 'table inet CRIU-1',
  clean: [],
  risk: 'none',
  effect: 'cut-off',
};

function judge(guard: GuardRecord, after: Observation, more: Partial<Aftermath> = {}): string {
  const { outcome, checks } = verify(guard, { after, residues: [], kernelLines: [], unseen: [], ...more });
  const faults = checks.filter(({ result }) => result !== 'ok').map(({ what, result }) => `${what} ${result}`);
  return [outcome, ...faults].join(', ');
}

const restored: Observation = {
  ...running,
  pid: 9000,
  tasks: [
    { pid: 9000, innerPid: 1, name: 'init' },
    { pid: 9001, innerPid: 22, name: 'counter' },
  ],
};

describe('a stop', () => {
  const guard = record(action('stop'), running);

  it.each([
    ['is done', saved, {}, 'done'],
    ['failed, and nothing happened', running, {}, 'unharmed, goal bad'],
    ['lost the state', { ...saved, state: 'none', isStateful: false }, {}, 'harmed, goal bad'],
    ['says that it saved it, and did not', { ...saved, state: 'partial' }, {}, 'harmed, goal bad'],
    ['failed and left it traced', { ...running, heldTasks: ['init'] }, {}, 'harmed, goal bad, tasks free bad'],
    ['failed and left it locked', running, { residues: [lock] }, 'harmed, goal bad, not cut off bad'],
    ['failed and restarted it', { ...restored, pid: 9000 }, {}, 'harmed, goal bad, same init bad'],
    ['failed, and a socket is gone', { ...running, listening: [] }, {}, 'harmed, goal bad, listening bad'],
    ['cannot be judged', { gaps: ['no answer'] }, {}, 'unknown, goal unknown'],
  ] as const)('%s', (_, after, more, expected) => {
    expect(judge(guard, after, more)).toBe(expected);
  });

  it('is not done by a state that was there before', () => {
    const before = { ...running, state: 'whole', inventory: 'abc' } as const;
    expect(judge(record(action('stop'), before), saved)).toBe('harmed, goal bad');
  });
});

describe('a start from a state', () => {
  const guard = record(action('start'), saved);

  it.each([
    ['is done', restored, {}, 'done'],
    ['failed, and the state is still there', saved, {}, 'unharmed, goal bad'],
    [
      'failed, and the engine deleted the state',
      { ...saved, isStateful: false, state: 'none' },
      {},
      'harmed, goal bad, saved state bad',
    ],
    [
      'booted fresh',
      { ...restored, tasks: [{ pid: 9000, innerPid: 1, name: 'init' }] },
      {},
      'harmed, tasks as before bad',
    ],
    [
      'came back, and the kernel killed a process',
      restored,
      { kernelLines: ['counter[9001]: segfault at 0 ip 0 sp 0 error 4'] },
      'harmed, deaths bad',
    ],
    ['came back, and another process was killed', restored, { kernelLines: ['bash[1]: segfault at 0'] }, 'done'],
    [
      'came back, and the probe says no',
      restored,
      { probe: { worked: false, detail: 'status 1' } },
      'harmed, probe bad',
    ],
    ['came back, and nobody may read the kernel log', restored, { kernelLines: undefined }, 'done, deaths unknown'],
    ['came back, and its network could not be looked at', restored, { unseen: ['x'] }, 'unknown, not cut off unknown'],
  ] as const)('%s', (_, after, more, expected) => {
    expect(judge(guard, after, more)).toBe(expected);
  });

  it('lets a process end by itself', () => {
    const before = { ...saved, savedPids: [1, 22, 24] };
    expect(judge(record(action('start'), before), restored)).toBe('done, tasks as before changed');
  });
});

describe('a snapshot', () => {
  const guard = record(action('snapshot', { snapshot: 's1' }), running);

  it('is done when it holds a state and the container runs on', () => {
    expect(judge(guard, { ...running, snapshots: { s1: true } })).toBe('done');
    expect(judge(guard, { ...running, snapshots: { s1: false } })).toBe('unharmed, goal bad');
    expect(judge(guard, running)).toBe('unharmed, goal bad');
  });

  it('whose name the engine chose is found', () => {
    const before = { ...running, snapshots: { snap0: true } };
    const unnamed = record(action('snapshot'), before);
    expect(judge(unnamed, { ...before, snapshots: { snap0: true, snap1: true } })).toBe('done');
    expect(judge(unnamed, before)).toBe('unharmed, goal bad');
  });
});

describe('a move', () => {
  const guard = record(action('move', { target: { remote: 'b', instance: 'c1' } }), running);

  it.each([
    ['is done when it runs there alone', { status: 'missing', gaps: [] }, { status: 'running' }, 'done'],
    ['is done although LXD leaves the source behind', { ...running, status: 'stopped' }, { status: 'running' }, 'done'],
    ['ran into both', running, { status: 'running' }, 'harmed, goal bad'],
    ['failed, and the source runs on', running, { status: 'missing' }, 'unharmed, goal bad'],
    [
      'failed, and the source is held',
      { ...running, heldTasks: ['init is traced by process 99'] },
      { status: 'missing' },
      'harmed, goal bad, tasks free bad',
    ],
    ['lost the memory', { status: 'missing', gaps: [] }, { status: 'stopped' }, 'harmed, goal bad'],
    ['cannot be judged', { ...running, status: 'stopped' }, { reason: 'no answer' }, 'unknown, goal unknown'],
  ] as const)('%s', (_, after, target, expected) => {
    const stopped = after.status === 'stopped' ? { status: 'stopped', gaps: [] } : after;
    expect(judge(guard, stopped, { target })).toBe(expected);
  });
});

it('cuts the log of the kernel to what is new', () => {
  const log = '[    1.000000] boot\n[  100.500000] counter[9001]: segfault at 0\nno time\n';
  expect(cutKernelLog(log, 100)).toEqual(['counter[9001]: segfault at 0']);
});
