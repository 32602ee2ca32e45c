import { expect, it } from 'vitest';

import { lxc } from '../../src/engines/lxc.js';
import { fakeEvidence, failed } from '../evidence/fake-source.js';

const read = (answer: Parameters<typeof fakeEvidence>[1]) =>
  lxc.readInstance(new Map([['engine.instance', fakeEvidence('engine.instance', answer)]]));

it('reads lxc-info', () => {
  expect(read('Name:           p1\nState:          RUNNING\nPID:            4711\n')).toMatchObject({
    outcome: 'found',
    instance: { name: 'p1', pid: 4711 },
  });
  expect(read(failed("p1 doesn't exist\n"))).toEqual({ outcome: 'missing' });
  expect(read({ status: 'timed-out' })).toMatchObject({ outcome: 'unreachable' });
});

it('takes names of directories alone', () => {
  expect(['p1', 'my box', 'ä'].map((name) => lxc.refuseName(name))).toEqual([undefined, undefined, undefined]);
  expect(['', '..', 'a/b', 'a\nb', 'a\ufffd'].filter((name) => lxc.refuseName(name) === undefined)).toEqual([]);
});
