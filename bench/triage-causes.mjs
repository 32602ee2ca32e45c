/**
 * `crdoctor triage` with 500 causes against the same with 50, interleaved in one run; exit status 1 above
 * the budget. Both are copies of the built program with other rules beside it: 50 of the shipped ones, and
 * all of them with made up ones. The log is a recorded one, repeated, with errors all along.
 *
 *     node bench/triage-causes.mjs [ROUNDS] [MEGABYTES]
 */

import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

const dist = fileURLToPath(new URL('../dist', import.meta.url));
const recorded = fileURLToPath(
  new URL('../fixtures/logs/bad-netdev-unsupported/snapshot_dump.log.gz', import.meta.url),
);
const rounds = Number(process.argv[2] ?? 7);
const bytes = Number(process.argv[3] ?? 100) * 1e6;
const budget = 1.5;
/** Lines between two errors. */
const errorEvery = 1000;

const nouns = ['socket', 'mount', 'pipe', 'timer', 'inode', 'device', 'thread', 'cgroup', 'lease', 'quota', 'route'];

/** A cause as the build writes it, of words that CRIU uses too. */
function makeCause(at) {
  const [one, two] = [nouns[at % nouns.length], nouns[Math.floor(at / nouns.length) % nouns.length]];
  const line = (text) => ({ in: ['criu'], role: 'root', line: text, confidence: 0.9 });
  return {
    id: `made-up-${at}`,
    area: 'files',
    file: `rules/files/made-up-${at}.yaml`,
    title: `Made up ${at}`,
    why: 'Made for a measurement.',
    scope: 'instance',
    predict: [],
    diagnose: [
      line(`Can't dump the ${one} of ${two} (?<number>\\d+) for reason ${at}`),
      { ...line(`Unable to restore ${two} ${at}: (?<reason>.{1,80})`), when: "log.phase == 'dump'" },
    ],
    fix: { default: 'None.' },
    blame: 'criu',
    refs: [],
    tests: [],
  };
}

function makeProgram(directory, causes) {
  cpSync(dist, directory, { recursive: true });
  const rules = JSON.parse(readFileSync(join(dist, 'rules.json'), 'utf8'));
  const more = Array.from({ length: Math.max(0, causes - rules.causes.length) }, (_, at) => makeCause(at));
  const chosen = [...rules.causes, ...more].slice(0, causes);
  writeFileSync(join(directory, 'rules.json'), JSON.stringify({ ...rules, causes: chosen }));
  return join(directory, 'cli.js');
}

function makeLog(path) {
  const lines = gunzipSync(readFileSync(recorded)).toString().trimEnd().split('\n');
  const repeated = [];
  for (let size = 0, at = 0; size < bytes; at += 1) {
    const error = `(00.1) Error (criu/x.c:${at % 97}): Can't open the ${nouns[at % nouns.length]} of ${at}: Invalid argument`;
    const line = at % errorEvery === 0 ? error : lines[at % (lines.length - 20)];
    repeated.push(line);
    size += line.length + 1;
  }
  writeFileSync(path, [...lines.slice(0, 20), ...repeated, ...lines.slice(-20), ''].join('\n'));
}

function timeMs(program, log) {
  const begin = process.hrtime.bigint();
  const { status, stderr } = spawnSync(process.execPath, [program, 'triage', log], { encoding: 'utf8' });
  // 5: with few causes the failure stays unexplained.
  if (status !== 0 && status !== 5) throw new Error(`triage ended with ${status}: ${stderr}`);
  return Number(process.hrtime.bigint() - begin) / 1e6;
}

const median = (values) => values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)];

const directory = mkdtempSync(join(tmpdir(), 'crdoctor-bench-'));
try {
  const log = join(directory, 'dump.log');
  makeLog(log);
  const few = makeProgram(join(directory, 'few'), 50);
  const many = makeProgram(join(directory, 'many'), 500);
  timeMs(few, log);
  const pairs = Array.from({ length: rounds }, () => ({ few: timeMs(few, log), many: timeMs(many, log) }));
  const ratio = median(pairs.map((pair) => pair.many / pair.few));
  console.log(`50 causes   ${median(pairs.map((pair) => pair.few)).toFixed(0)} ms`);
  console.log(`500 causes  ${median(pairs.map((pair) => pair.many)).toFixed(0)} ms`);
  console.log(
    `${ratio.toFixed(2)} times the cost (at most ${budget}): ${ratio <= budget ? 'within' : 'over'} the budget`,
  );
  process.exitCode = ratio <= budget ? 0 : 1;
} finally {
  rmSync(directory, { recursive: true });
}
