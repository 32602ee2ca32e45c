import { describe, expect, test } from 'vitest';

import { planTriage, type TriagePlan } from '../../src/commands/triage-options.js';
import type { PlaceForm } from '../../src/source/report-form.js';

/** A name with a slash is a directory, one that ends in .tar an archive, everything else a log. */
const formOf = (path: string): PlaceForm | undefined =>
  path.endsWith('/') ? 'directory' : path.endsWith('.tar') ? { container: 'tar', packing: 'gzip' } : undefined;

const plan = (paths: string, options: Parameters<typeof planTriage>[2] = {}): TriagePlan =>
  planTriage(paths.split(' '), paths.split(' ').map(formOf), options);

const names = ({ failures }: TriagePlan): readonly string[] => failures.map(({ input }) => input);

describe('planTriage', () => {
  test.each([
    ['one log', 'dump.log', ['dump.log'], false],
    ['logs of one failure', 'dump.log restore.log -', ['dump.log, restore.log, -'], false],
    ['a report with what the terminal showed', 'a.tar failed.txt', ['a.tar, failed.txt'], false],
    ['several archives', 'a.tar b.tar', ['a.tar', 'b.tar'], true],
    ['an archive and a directory', 'a.tar b/', ['a.tar', 'b/'], true],
    ['several archives with logs beside them', 'a.tar x.log b.tar', ['a.tar', 'x.log', 'b.tar'], true],
  ])('%s', (_, paths, inputs, isGrouped) => {
    expect(names(plan(paths))).toEqual(inputs);
    expect(plan(paths).isGrouped).toBe(isGrouped);
  });

  test('--each makes every path a failure, even a single one', () => {
    expect(names(plan('a.log b.log', { each: true }))).toEqual(['a.log', 'b.log']);
    expect(plan('a.log', { each: true }).isGrouped).toBe(true);
  });

  test('--together makes them one: both sides of a migration', () => {
    expect(plan('source/ target/', { together: true })).toMatchObject({ isGrouped: false });
  });

  test('refuses what cannot be meant', () => {
    expect(() => plan('a', { each: true, together: true })).toThrow('contradict');
    expect(() => plan('a/ b/', { against: 'c' })).toThrow('--against compares one failure');
  });
});
