/**
 * `crdoctor check NAME --to ssh:HOST` against a check of the container and a check of that host one after another,
 * interleaved in one run; exit status 1 when slower. Runs where the container is, in the lab:
 *
 *     npm run -s lab:exec -- a node "$PWD/bench/pair.mjs" good b
 */

import { fileURLToPath } from 'node:url';

import { median, tellRatio, time } from './commands.mjs';

const program = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const name = process.argv[2] ?? 'good';
const target = `ssh:${process.argv[3] ?? 'b'}`;
const rounds = Number(process.argv[4] ?? 10);
/** Both hosts are asked at the same time, and what they are compared by is asked besides. */
const budget = 1;

function check(...words) {
  const { ms, status, stderr } = time([process.execPath, program, 'check', ...words]);
  // 1 and 2 mean that nothing was judged.
  if (status === 1 || status === 2)
    throw new Error(`crdoctor check ${words.join(' ')} ended with ${status}: ${stderr}`);
  return ms;
}

const single = [];
const pair = [];
for (let round = 0; round < rounds; round += 1) {
  single.push(check(name) + check('--on', target));
  pair.push(check(name, '--to', target));
}

console.log(`check ${name}, then check --on ${target}   ${median(single).toFixed(0).padStart(6)} ms`);
console.log(`check ${name} --to ${target}   ${median(pair).toFixed(0).padStart(6)} ms`);
console.log(`${rounds} rounds`);
process.exitCode = tellRatio('a check of both against one of each', median(pair) / median(single), budget) ? 0 : 1;
