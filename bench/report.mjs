/**
 * `crdoctor report NAME` against the same commands by hand plus `tar czf`, against `sos report`, and with 2 GB of
 * logs; all in one run, interleaved. Exit status 1 when over a budget. Runs where the container is, in the lab;
 * bench/sos.sh fetches sos beforehand, and without it that part is left out:
 *
 *     bash bench/sos.sh && npm run -s lab:exec -- a node "$PWD/bench/report.mjs" good
 */

import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { commandsByHand, median, tellRatio, time } from './commands.mjs';

const program = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const sos = fileURLToPath(new URL('../node_modules/.cache/sos/run', import.meta.url));
const name = process.argv[2] ?? 'good';
const rounds = Number(process.argv[3] ?? 7);
/** sos takes seconds a run. */
const slowRounds = Math.min(3, rounds);
/** See the table of budgets in docs/report.md. */
const budgets = { byHand: 0.9, sos: 0.3, residentMiB: 500 };
/** Nearest to what a report holds of a host; the plugin lxd exists for Ubuntu alone. */
const plugins = 'kernel,processor,filesys,logs';
const logDirectory = '/var/log/lxd';

const scratch = mkdtempSync(join(tmpdir(), 'crdoctor-bench-'));
const commands = commandsByHand(name);
let runs = 0;

/** A report into a file of its own; its time in milliseconds, its size and the memory that crdoctor itself took. */
function report(...options) {
  runs += 1;
  const file = join(scratch, `report-${runs}.tar.gz`);
  const resident = join(scratch, 'resident');
  const meter = `import { writeFileSync } from 'node:fs';
    process.on('exit', () => writeFileSync(${JSON.stringify(resident)}, String(process.resourceUsage().maxRSS)));`;
  const preload = `data:text/javascript,${encodeURIComponent(meter)}`;
  const argv = [process.execPath, '--import', preload, program, 'report', name, '-o', file, ...options];
  const { ms, status, stderr } = time(argv);
  if (status !== 0) throw new Error(`crdoctor report ${options.join(' ')} ended with ${status}: ${stderr}`);
  return { ms, bytes: statSync(file).size, residentMiB: Number(readFileSync(resident, 'utf8')) / 1024 };
}

/** The commands one after another, each into a file, and a tarball of these and of the log directory. */
function byHand() {
  runs += 1;
  const folder = join(scratch, `by-hand-${runs}`);
  mkdirSync(folder);
  const begin = process.hrtime.bigint();
  for (const { id, argv } of commands) {
    const out = openSync(join(folder, id), 'w');
    time(argv, ['ignore', out, out]);
    closeSync(out);
  }
  const { status } = time(['tar', 'czf', `${folder}.tar.gz`, '-C', folder, '.', '-C', logDirectory, name]);
  if (status !== 0) throw new Error(`tar ended with ${status}`);
  return Number(process.hrtime.bigint() - begin) / 1e6;
}

function sosReport() {
  const folder = mkdtempSync(join(scratch, 'sos-'));
  const { ms, status, stderr } = time([sos, 'report', '--batch', '--tmp-dir', folder, '-o', plugins]);
  if (status !== 0) throw new Error(`sos ended with ${status}: ${stderr}`);
  return ms;
}

/** Puts 2 GB of CRIU logs into the log directory of the container while `work` runs. */
function withLargeLogs(work) {
  const line = (index) =>
    `(${String(index / 1e6).padStart(9, '0')}) mnt: Inspecting sharing on ${index} shared_id 168\n`;
  const block = Buffer.from(Array.from({ length: 20_000 }, (_, index) => line(index)).join(''));
  const names = Array.from({ length: 20 }, (_, index) =>
    join(logDirectory, name, `snapshot_dump_2001-01-01T00:00:${String(index).padStart(2, '0')}Z.log`),
  );
  try {
    for (const path of names) {
      const file = openSync(path, 'wx', 0o600);
      for (let written = 0; written < 100e6; written += block.length) writeSync(file, block);
      closeSync(file);
    }
    return work();
  } finally {
    for (const path of names) rmSync(path, { force: true });
  }
}

function tell(what, ms) {
  console.log(`${what.padEnd(44)} ${ms.toFixed(0).padStart(7)} ms`);
}

function compareWithCommands() {
  const only = ['--only', [...commands.map(({ id }) => id), 'instance.log'].join(',')];
  const times = { hand: [], only: [], whole: [] };
  for (let round = 0; round < rounds; round += 1) {
    times.hand.push(byHand());
    times.only.push(report(...only).ms);
    times.whole.push(report().ms);
  }
  tell(`${commands.length} commands by hand and tar czf`, median(times.hand));
  tell('crdoctor report --only the same', median(times.only));
  tell('crdoctor report, everything', median(times.whole));
  return tellRatio('report --only against by hand', median(times.only) / median(times.hand), budgets.byHand);
}

function compareWithSos() {
  if (!existsSync(sos)) {
    console.log('sos is not there, so it is not compared with: bash bench/sos.sh fetches it');
    return true;
  }
  const times = { sos: [], whole: [] };
  for (let round = 0; round < slowRounds; round += 1) {
    times.sos.push(sosReport());
    times.whole.push(report().ms);
  }
  tell(`sos report of ${plugins}`, median(times.sos));
  tell('crdoctor report, everything', median(times.whole));
  return tellRatio('the whole report against sos', median(times.whole) / median(times.sos), budgets.sos);
}

function measureLargeLogs() {
  const { ms, bytes, residentMiB } = withLargeLogs(() => report());
  tell('crdoctor report with 2 GB of logs', ms);
  const size = `${(bytes / 2 ** 20).toFixed(1)} MiB packed, ${residentMiB.toFixed(0)} MiB resident`;
  const isWithin = residentMiB <= budgets.residentMiB;
  console.log(`${size}, ${isWithin ? 'within' : 'over'} the limit of ${budgets.residentMiB} MiB`);
  return isWithin;
}

try {
  const results = [compareWithCommands(), compareWithSos(), measureLargeLogs()];
  process.exitCode = results.every(Boolean) ? 0 : 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
