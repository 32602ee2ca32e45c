/**
 * `crdoctor triage` of a log of 1 GB against `grep -c 'Error ('` over the same file, interleaved in one
 * run; exit status 1 when slower or larger than the budgets. The log is a recorded one whose middle is
 * repeated; it lies in the page cache for both.
 *
 *     node bench/triage.mjs [ROUNDS] [MEGABYTES]
 */

import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

const program = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const recorded = fileURLToPath(new URL('../fixtures/logs/good-snapshot/snapshot_dump.log.gz', import.meta.url));
const rounds = Number(process.argv[2] ?? 5);
const bytes = Number(process.argv[3] ?? 1000) * 1e6;
/** Speed of grep that must be reached, and memory that may be resident. */
const budget = { share: 0.5, rssMb: 150 };
/** Lines at both ends that stay as they are: how a run begins and how it ended. */
const endLines = 100;

/** Has the process say its peak of resident memory, in KiB, when it ends. */
const sayRss =
  "data:text/javascript,process.on('exit',()=>process._rawDebug('maxRSS '+process.resourceUsage().maxRSS))";

function writeLog(path) {
  const lines = gunzipSync(readFileSync(recorded)).toString().trimEnd().split('\n');
  const middle = lines.slice(endLines, -endLines).filter((line) => !/Error \(|Warn {2}\(/.test(line));
  const block = Buffer.from(`${Array(20).fill(middle.join('\n')).join('\n')}\n`);
  const file = openSync(path, 'wx');
  writeSync(file, `${lines.slice(0, endLines).join('\n')}\n`);
  for (let written = 0; written < bytes; written += block.length) writeSync(file, block);
  writeSync(file, `${lines.slice(-endLines).join('\n')}\n`);
  closeSync(file);
}

/** Wall time in milliseconds, with what was printed. */
function time(file, ...argv) {
  const begin = process.hrtime.bigint();
  const { status, stdout, stderr, error } = spawnSync(file, argv, { encoding: 'utf8' });
  if (error) throw error;
  return { ms: Number(process.hrtime.bigint() - begin) / 1e6, status, stdout, stderr };
}

function triage(path) {
  const { ms, status, stdout, stderr } = time(process.execPath, '--import', sayRss, program, 'triage', path);
  if (status !== 0 || !stdout.startsWith('NO-FAILURE'))
    throw new Error(`triage ended with ${status}: ${stdout}${stderr}`);
  return { ms, rssMb: Number(/maxRSS (\d+)/.exec(stderr)?.[1]) / 1024 };
}

function median(values) {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)];
}

const directory = mkdtempSync(join(tmpdir(), 'crdoctor-bench-'));
try {
  const path = join(directory, 'dump.log');
  writeLog(path);
  // Brings the file into the page cache.
  time('grep', '-c', 'Error (', path);
  const pairs = Array.from({ length: rounds }, () => ({
    grep: time('grep', '-c', 'Error (', path),
    ours: triage(path),
  }));
  const grepMs = median(pairs.map(({ grep }) => grep.ms));
  const oursMs = median(pairs.map(({ ours }) => ours.ms));
  const rssMb = Math.max(...pairs.map(({ ours }) => ours.rssMb));
  const share = grepMs / oursMs;
  const isWithin = share >= budget.share && rssMb <= budget.rssMb;
  console.log(`grep -c 'Error ('  ${grepMs.toFixed(0).padStart(6)} ms`);
  console.log(`crdoctor triage    ${oursMs.toFixed(0).padStart(6)} ms, ${rssMb.toFixed(0)} MB resident`);
  console.log(
    `${share.toFixed(2)} of grep's speed (at least ${budget.share}), at most ${budget.rssMb} MB: ` +
      `${isWithin ? 'within' : 'over'} the budgets (${rounds} rounds, ${(bytes / 1e6).toFixed(0)} MB)`,
  );
  process.exitCode = isWithin ? 0 : 1;
} finally {
  rmSync(directory, { recursive: true });
}
