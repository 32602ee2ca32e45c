/** What check says of real process trees is what the real dump then does; `npm run accuracy` does the same with all of them. */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { beforeAll, describe, expect, it } from 'vitest';

import { fastCases } from './accuracy/cases.js';
import { measuredOf, missOf, type Result, type Run } from './accuracy/result.js';
import { isLabUp } from './lab.js';

const script = fileURLToPath(new URL('../../.lab/accuracy.sh', import.meta.url));

function measure(): Run {
  const directory = mkdtempSync(join(tmpdir(), 'accuracy-'));
  try {
    const file = join(directory, 'run.json');
    const ran = spawnSync('bash', [script, '--fast', '--json', file], { encoding: 'utf8' });
    expect(ran.error, ran.stderr).toBeUndefined();
    return JSON.parse(readFileSync(file, 'utf8')) as Run;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

describe.runIf(isLabUp)('real process trees', { timeout: 300_000 }, () => {
  const results = new Map<string, Result>();

  beforeAll(() => {
    for (const result of measure().results) results.set(result.name, result);
  }, 300_000);

  it.each(fastCases.map(({ name }) => name))('%s', (name) => {
    const result = results.get(name);
    expect(result).toMatchObject({ status: 'measured' });
    if (result?.status !== 'measured') return;
    expect(missOf(result), JSON.stringify(result)).toBeUndefined();
  });

  it('are of both kinds', () => {
    const outcomes = measuredOf({ results: [...results.values()] }).map(({ outcome }) => outcome);
    expect(outcomes.filter((outcome) => outcome === 'dumps').length).toBeGreaterThan(15);
    expect(outcomes.filter((outcome) => outcome === 'fails').length).toBeGreaterThan(15);
  });
});
