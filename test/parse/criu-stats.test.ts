/** Statistics as CRIU wrote them in the lab, and as they may arrive. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { parseCriuStats } from '../../src/parse/criu-stats.js';

const recorded = (name: string): Buffer => readFileSync(join(import.meta.dirname, '../../fixtures/stats', name));

describe('statistics of CRIU', () => {
  it('tells how long a dump took and what it wrote', () => {
    const stats = parseCriuStats(recorded('stats-dump'));
    expect(stats?.restore).toBeUndefined();
    const { freezingTimeUs = 0, frozenTimeUs = 0, pagesWritten = 0, pagesScanned = 0 } = stats?.dump ?? {};
    // A second is an age for a container with three tasks, and so is less than a tenth of a millisecond.
    for (const time of [freezingTimeUs, frozenTimeUs]) expect(time).toSatisfy((us: number) => us > 100 && us < 1e6);
    expect(pagesWritten).toBeGreaterThan(10);
    expect(pagesScanned).toBeGreaterThan(pagesWritten);
    expect(Object.values(stats?.dump ?? {}).every((value) => Number.isSafeInteger(value))).toBe(true);
  });

  it('tells how long a restore took', () => {
    const stats = parseCriuStats(recorded('stats-restore'));
    expect(stats?.dump).toBeUndefined();
    const { forkingTimeUs = 0, restoreTimeUs = 0, pagesRestored = 0 } = stats?.restore ?? {};
    expect(restoreTimeUs).toBeGreaterThan(forkingTimeUs);
    expect(pagesRestored).toBeGreaterThan(10);
  });

  it('reads the form of old releases, with one magic number', () => {
    const bytes = recorded('stats-dump');
    expect(parseCriuStats(bytes.subarray(4))).toEqual(parseCriuStats(bytes));
  });

  it('takes no part for the whole, and nothing else for statistics', () => {
    const bytes = recorded('stats-dump');
    for (let length = 0; length < bytes.length; length += 1)
      expect(parseCriuStats(bytes.subarray(0, length))).toBeUndefined();
    expect(parseCriuStats(recorded('inventory.img'))).toBeUndefined();
    expect(parseCriuStats(Buffer.alloc(1024 * 1024))).toBeUndefined();
    expect(parseCriuStats(Buffer.concat([bytes.subarray(0, 12), Buffer.alloc(38, 0xff)]))).toBeUndefined();
  });
});
