/** Guards and what they see, for the tests of their pure parts. */

import type { GuardRecord, Observation } from '../../src/actions/guard-record.js';
import type { Look } from '../../src/actions/observe.js';
import type { Action } from '../../src/engines/action.js';

export const running: Observation = {
  status: 'running',
  pid: 812,
  isStateful: false,
  stateDirectory: '/var/lib/lxd/storage-pools/default/containers/c1/state',
  state: 'none',
  tasks: [
    { pid: 812, innerPid: 1, name: 'init' },
    { pid: 840, innerPid: 22, name: 'counter' },
  ],
  heldTasks: [],
  listening: ['tcp 00000000:0050'],
  sessions: [],
  snapshots: {},
  logs: {},
  gaps: [],
};

export const saved: Observation = {
  status: 'stopped',
  isStateful: true,
  stateDirectory: '/var/lib/lxd/storage-pools/default/containers/c1/state',
  state: 'whole',
  inventory: 'abc',
  savedPids: [1, 22],
  snapshots: {},
  logs: {},
  gaps: [],
};

export function look(observation: Observation, poolDriver = 'dir'): Look {
  return {
    observation,
    instance: undefined,
    places: undefined,
    daemonPid: undefined,
    serverPid: 100,
    poolDriver,
  };
}

export function action(kind: Action['kind'], more: Partial<Action> = {}): Action {
  const base = { engine: 'lxd', kind, instance: 'c1', wantsState: true, replaces: false, project: 'default' } as const;
  return { ...base, ...more };
}

export function record(act: Action, before: Observation, more: Partial<GuardRecord> = {}): GuardRecord {
  return {
    schema: 'crdoctor.guard-record/1',
    id: '20261120T170000Z-c1',
    crdoctor: '0.1.0',
    command: ['lxc', act.kind, 'c1'],
    cwd: '/',
    action: act,
    wish: { force: [] },
    steps: [],
    warnings: [],
    insurances: [],
    mark: {
      at: '2026-11-20T17:00:00.000Z',
      uptimeS: 100,
      before,
      ...(before.savedPids && { promisedPids: before.savedPids }),
      residues: [],
    },
    ...more,
  };
}
