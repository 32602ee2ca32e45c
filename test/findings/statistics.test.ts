import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import type { RunStory } from '../../src/findings/finding.js';
import { addStatistics } from '../../src/findings/statistics.js';
import { triage } from '../render/samples.js';

const directory = join(import.meta.dirname, '../../fixtures/stats');
const files = ['stats-dump', 'stats-restore'].map((name) => ({ name, bytes: readFileSync(join(directory, name)) }));
const run = (phase: RunStory['phase'], outcome: RunStory['outcome']): RunStory => ({
  file: 'a.log',
  run: 1,
  phase,
  outcome,
});

test('statistics of a good run are told', () => {
  const { statistics } = addStatistics(triage({ runs: [run('dump', 'succeeded')] }), files);
  expect(statistics?.map(({ file }) => file)).toEqual(['stats-dump', 'stats-restore']);
});

test('statistics beside a failed run are those of an earlier one, and not told', () => {
  const { statistics } = addStatistics(triage({ runs: [run('dump', 'failed')] }), files);
  expect(statistics?.map(({ file }) => file)).toEqual(['stats-restore']);
});

test('a restore that failed is told with the statistics of its dump', () => {
  const { statistics } = addStatistics(triage({ runs: [run('restore', 'failed')] }), files);
  expect(statistics?.map(({ file }) => file)).toEqual(['stats-dump']);
});

test('what is no file of statistics is left out', () => {
  expect(addStatistics(triage(), [{ name: 'stats-dump', bytes: Buffer.from('no statistics') }])).toEqual(triage());
});
