/** A container that check calls ready can really be frozen and brought back, with the plain commands. */

import { afterAll, describe, expect, it } from 'vitest';

import {
  type CheckReport,
  counterOf,
  crdoctor,
  isCounting,
  isLabUp,
  json,
  labHost,
  must,
  onHost,
  repair,
} from './lab.js';

describe.runIf(isLabUp)('a container that survives', { timeout: 300_000 }, () => {
  afterAll(() => repair());

  it.each(['snapshot', 'stop', 'move', 'restore'])('nothing blocks for %s', (operation) => {
    const ran = crdoctor('check', 'good', '--for', operation, '--format', 'json');
    const { verdict, findings } = json<CheckReport>(ran);
    const blockers = findings.filter(
      ({ severity, outcome }) => severity === 'blocker' && !['quiet', 'not-applicable'].includes(outcome),
    );
    expect(blockers).toEqual([]);
    expect(verdict).toMatch(/^(ready|at-risk)$/);
    expect(ran.status).toBe(0);
  });

  it('and then the bare commands work, one after another, the counter going on', async () => {
    // A run on the same lab before this one has left its snapshot.
    onHost(labHost, ['lxc', 'delete', 'good/before']);
    must('lxc', 'snapshot', 'good', 'before', '--stateful');
    const frozen = counterOf('good');
    expect(await isCounting('good')).toBe(true);

    must('lxc', 'restore', 'good', 'before', '--stateful');
    expect(await isCounting('good')).toBe(true);

    const beforeStop = counterOf('good');
    must('lxc', 'stop', 'good', '--stateful');
    must('lxc', 'start', 'good');
    expect(await isCounting('good')).toBe(true);
    expect(counterOf('good')).toBeGreaterThanOrEqual(beforeStop);
    expect(frozen).toBeGreaterThan(0);
  });
});
