/** CRIU by itself, on a process tree that no engine manages. */

import type { Engine } from './engine.js';

export const criu: Engine = {
  name: 'criu',
  title: 'CRIU',
  client: undefined,
  traces: [],
  passes: [],
  lxcDefaults: {},
  refuseName: () => 'CRIU knows processes alone; give one with --pid',
  serverRequest: undefined,
  instanceRequests: () => [],
  pidRequest: () => undefined,
  targetRequests: [],
  neighboursRequest: undefined,
  namesRequest: undefined,
  readInstance: () => ({ outcome: 'missing' }),
  readNames: () => [],
  findPlaces: () => ({ logs: undefined, lxcConfig: [], storage: undefined, cgroup: undefined }),
  report: { requests: () => [], instanceRequests: () => [], lacks: {} },
  guard: undefined,
  startCommand: () => '',
};
