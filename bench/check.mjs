/**
 * `crdoctor check NAME` against the commands of the classic bug report run by hand one after another,
 * interleaved in one run; exit status 1 when slower. Runs where the container is, in the lab:
 *
 *     npm run -s lab:exec -- a node "$PWD/bench/check.mjs" good
 */

import { fileURLToPath } from 'node:url';

import { commandsByHand, median, tellRatio, time } from './commands.mjs';

const program = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const name = process.argv[2] ?? 'good';
const rounds = Number(process.argv[3] ?? 10);
/** Ratio to the commands below; see the table of budgets in docs/. */
const budget = 1;

const commands = commandsByHand(name).map(({ argv }) => argv);

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
console.log(`${rounds} rounds`);
process.exitCode = tellRatio('check against the commands', ratio, budget) ? 0 : 1;
