/** Damaged logs neither crash nor stall triage, and nothing of them gets out as control characters. */

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { createLogReader } from '../../src/evidence/log-reader.js';
import { createLogScan } from '../../src/evidence/log-scan.js';
import type { LogReading } from '../../src/evidence/log-reading.js';
import { diagnose, watchedWords } from '../../src/findings/diagnose.js';
import { renderTriageJson } from '../../src/render/triage-json.js';
import { renderTriageMarkdown } from '../../src/render/triage-markdown.js';
import { renderTriageText } from '../../src/render/triage-text.js';
import { loadRules } from '../../src/rules/load.js';
import { mutateLog, rollDice } from './mutate-log.js';

const fixtures = fileURLToPath(new URL('../../fixtures/logs', import.meta.url));
const rules = await loadRules();
const words = watchedWords(rules);
/** Logs that are damaged: the last lines of the recorded ones, with what the terminal showed. */
const logs = readdirSync(fixtures, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.(?:gz|txt)$/.test(name))
  .map((name) => readFileSync(`${fixtures}/${name}`))
  .map((bytes) => (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).subarray(-20_000));

/** Runs, and the seed of the first; `FUZZ_RUNS=5000 FUZZ_SEED=1 npm run fuzz:triage` does more. */
const runs = Number(process.env['FUZZ_RUNS'] ?? 150);
const firstSeed = Number(process.env['FUZZ_SEED'] ?? 1);
/** Each takes some milliseconds; a pattern that backtracks takes minutes. */
const maxMs = 5000;

const read = (log: Buffer, chunkBytes: number): LogReading => {
  const reader = createLogReader({ file: 'dump.log', words });
  const scan = createLogScan(reader);
  for (let at = 0; at < log.length; at += chunkBytes) scan.push(log.subarray(at, at + chunkBytes));
  scan.end();
  return reader.finish({ lines: scan.lines(), endsWithBlock: scan.endsWithBlock() });
};

/** Everything below a space but line breaks, and what else moves a cursor or turns text around. */
const control = /[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/;

/** Why a log is none that triage can bear; undefined = it can. */
const complaintAbout = (log: Buffer, chunkBytes: number): string | undefined => {
  const begin = performance.now();
  const triage = diagnose(rules, [read(log, chunkBytes)]);
  const options = { hasColor: false, columns: 100, explain: true, verbose: true };
  const outputs = [renderTriageJson(triage), renderTriageMarkdown(triage), renderTriageText(triage, options)];
  const tookMs = performance.now() - begin;
  if (tookMs > maxMs) return `took ${tookMs} ms`;
  const wrong = triage.diagnoses.find(({ confidence }) => !(confidence >= 0 && confidence <= 1));
  if (wrong !== undefined) return `is ${wrong.confidence} sure of ${wrong.cause}`;
  const loose = outputs.map((output) => control.exec(output)).find((match) => match !== null);
  return loose === undefined || loose === null ? undefined : `prints ${JSON.stringify(loose[0])}`;
};

describe('damaged logs', () => {
  test(`${runs} of them, by seed`, { timeout: runs * maxMs }, () => {
    for (let seed = firstSeed; seed < firstSeed + runs; seed += 1) {
      const dice = rollDice(seed);
      const log = logs[dice(logs.length)] ?? Buffer.alloc(0);
      expect(complaintAbout(mutateLog(log, dice), 1 + dice(30_000)), `seed ${seed}`).toBeUndefined();
    }
  });

  test('any text at all', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 3000 }), (text) => {
        expect(complaintAbout(Buffer.from(text), 512)).toBeUndefined();
      }),
      { numRuns: 50, seed: firstSeed },
    );
  });
});
