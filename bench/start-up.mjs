/** Start-up of `crdoctor --version` against bare Node, interleaved in one run; exit status 1 when over budget. */

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const rounds = Number(process.argv[2] ?? 40);
/** Ratio to `node -e 0`; see the table of budgets in docs/. */
const budget = 1.3;

const contenders = {
  'node -e 0': ['-e', '0'],
  'crdoctor --version': [program, '--version'],
  'crdoctor --help': [program, '--help'],
  'crdoctor rules list': [program, 'rules', 'list'],
};

/** Wall time of one run in milliseconds. */
function time(argv) {
  const begin = process.hrtime.bigint();
  const { status, stderr } = spawnSync(process.execPath, argv, {
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`node ${argv.join(' ')} ended with ${status}: ${stderr}`);
  return Number(process.hrtime.bigint() - begin) / 1e6;
}

function median(values) {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)];
}

const times = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]));
for (let round = 0; round < rounds; round += 1) {
  for (const [name, argv] of Object.entries(contenders)) times[name].push(time(argv));
}

const floor = median(times['node -e 0']);
for (const [name, values] of Object.entries(times)) {
  const middle = median(values);
  console.log(`${name.padEnd(22)} ${middle.toFixed(1).padStart(7)} ms  ${(middle / floor).toFixed(2)} x`);
}
const ratio = median(times['crdoctor --version']) / floor;
const verdict = ratio <= budget ? 'within' : 'over';
console.log(
  `crdoctor --version: ${ratio.toFixed(2)} x node -e 0, ${verdict} the budget of ${budget} x (${rounds} rounds)`,
);
process.exitCode = ratio <= budget ? 0 : 1;
