import { describe, expect, it } from 'vitest';

import type { Observation, TargetState } from '../../src/actions/guard-record.js';
import { findMoveState, judgeMove } from '../../src/actions/judge-move.js';
import { verify } from '../../src/actions/verify.js';
import { action, record, running } from './samples.js';

const target = { remote: 'b', instance: 'c1' };
const guard = record(action('move', { target }), running);
const stopped: Observation = { status: 'stopped', gaps: [] };
const held: Observation = { ...running, heldTasks: ['counter (pid 840) is traced by process 9'] };
const seenThere: TargetState = {
  status: 'running',
  tasks: [
    { pid: 71, innerPid: 1, name: 'init' },
    { pid: 72, innerPid: 22, name: 'counter' },
  ],
  heldTasks: [],
  listening: ['tcp 00000000:0050'],
};

describe('what a live move has left', () => {
  it.each([
    ['moved', stopped, { status: 'running' }],
    ['moved', { status: 'missing', gaps: [] }, { status: 'running' }],
    ['kept', running, { status: 'missing', leftovers: [] }],
    ['held', held, { status: 'missing' }],
    ['held', { ...running, status: 'frozen' }, { status: 'missing' }],
    ['half-made', running, { status: 'stopped' }],
    ['half-made', running, { status: 'missing', leftovers: ['/var/lib/lxd/storage-pools/default/containers/c1'] }],
    ['twins', running, { status: 'running' }],
    ['twins', held, { status: 'running' }],
    ['lost', stopped, { status: 'missing' }],
    ['lost', { status: 'missing', gaps: [] }, { status: 'stopped' }],
    ['unknown', running, { reason: 'no route to host' }],
    ['unknown', { gaps: ['no answer'] }, { status: 'running' }],
  ] as const)('is %s', (state, after, there) => {
    expect(findMoveState(after, there)).toBe(state);
  });

  it.each([
    ['all went over', stopped, seenThere, 'done'],
    ['its processes there cannot be seen', stopped, { status: 'running' }, 'done'],
    ['a process is missing there', stopped, { ...seenThere, tasks: seenThere.tasks?.slice(0, 1) ?? [] }, 'harmed'],
    ['it is held there', stopped, { ...seenThere, heldTasks: ['init'] }, 'harmed'],
    ['it no longer listens there', stopped, { ...seenThere, listening: [] }, 'harmed'],
    ['nothing happened', running, { status: 'missing', leftovers: [] }, 'unharmed'],
    ['something is left there', running, { status: 'missing', leftovers: ['/c1'] }, 'harmed'],
    ['both run', running, seenThere, 'harmed'],
    ['the target cannot be asked', running, { reason: 'no route' }, 'unknown'],
  ] as const)('when %s', (_, after, there, outcome) => {
    const aftermath = { after, target: there, residues: [], kernelLines: [], unseen: [] };
    expect(verify(guard, aftermath).outcome).toBe(outcome);
  });

  it('says what both servers say', () => {
    const said = (after: Observation, there: TargetState): string => judgeMove(guard, after, there)[0]?.detail ?? '';
    expect(said(stopped, seenThere)).toBe('it is running on b and stopped here');
    expect(said(running, seenThere)).toContain('two with one identity');
    expect(said(held, seenThere)).toContain('let them go and there are two of it');
    expect(said(stopped, { status: 'missing' })).toContain('its memory is lost');
  });
});
