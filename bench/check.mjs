/**
 * `crdoctor check NAME` against the commands of the classic bug report run by hand one after another,
 * interleaved in one run; exit status 1 when slower. Runs where the container is, in the lab:
 *
 *     npm run -s lab:exec -- a node "$PWD/bench/check.mjs" good
 */

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const name = process.argv[2] ?? 'good';
const rounds = Number(process.argv[3] ?? 10);
/** Ratio to the commands below; see the table of budgets in docs/. */
const budget = 1;

const commands = [
  ['lxc', 'info'],
  ['lxc', 'info', name],
  ['lxc', 'config', 'show', '--expanded', name],
  ['dmesg'],
  ['cat', '/proc/self/mountinfo'],
  ['lxc', 'exec', name, '--', 'cat', '/proc/self/mountinfo'],
  ['uname', '-a'],
  ['cat', '/var/log/lxd/lxd.log'],
  ['lxc', 'network', 'list'],
  ['ls', '-la', `/var/log/lxd/${name}`],
  ['criu', '--version'],
  ['criu', 'check', '--all'],
  ['lxc', 'info', name, '--show-log'],
];

/** Wall time of one run in milliseconds, and how it ended. */
function time([file, ...argv]) {
  const begin = process.hrtime.bigint();
  const { status, error } = spawnSync(file, argv, { stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 256 * 1024 * 1024 });
  if (error) throw error;
  return { ms: Number(process.hrtime.bigint() - begin) / 1e6, status };
}

function median(values) {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)];
}

const byHand = [];
const check = [];
for (let round = 0; round < rounds; round += 1) {
  byHand.push(commands.map((argv) => time(argv).ms).reduce((sum, ms) => sum + ms, 0));
  const { ms, status } = time([process.execPath, program, 'check', name]);
  // 1 and 2 mean that nothing was judged.
  if (status === 1 || status === 2) throw new Error(`crdoctor check ${name} ended with ${status}`);
  check.push(ms);
}

const ratio = median(check) / median(byHand);
console.log(`${commands.length} commands by hand   ${median(byHand).toFixed(0).padStart(6)} ms`);
console.log(`crdoctor check ${name}   ${median(check).toFixed(0).padStart(6)} ms`);
console.log(
  `ratio ${ratio.toFixed(2)}, ${ratio <= budget ? 'within' : 'over'} the budget of ${budget} (${rounds} rounds)`,
);
process.exitCode = ratio <= budget ? 0 : 1;
