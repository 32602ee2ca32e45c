/**
 * `crdoctor check --on ssh:HOST NAME` against 1.5 times `ssh HOST true` and the slowest of the commands that it
 * runs there, interleaved in one run; exit status 1 when slower. In the lab, from b to a:
 *
 *     npm run -s lab:exec -- b node "$PWD/bench/ssh.mjs" a good
 */

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { median, tellRatio, time } from './commands.mjs';

const program = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const host = process.argv[2] ?? 'a';
const name = process.argv[3] ?? 'good';
const rounds = Number(process.argv[4] ?? 10);
/** Of the time of a connection; see the table of budgets in docs/. */
const connections = 1.5;
const budget = 1;

/** Those of a check that take longest. */
const commands = ['criu check --all', `lxc query local:/1.0/instances/${name}?recursion=1`];

/** Milliseconds that a command takes on the host itself. */
function timeThere(command) {
  const script = `TIMEFORMAT=%R; time ${command} >/dev/null 2>&1`;
  const { stderr } = spawnSync('ssh', [host, `bash -c '${script}'`], { encoding: 'utf8' });
  const seconds = Number(stderr.trim().split('\n').at(-1));
  if (!(seconds > 0)) throw new Error(`${command}: ${stderr}`);
  return seconds * 1000;
}

const connecting = [];
const slowest = [];
const checking = [];
for (let round = 0; round < rounds; round += 1) {
  connecting.push(time(['ssh', host, 'true']).ms);
  slowest.push(Math.max(...commands.map(timeThere)));
  const { ms, status, stderr } = time([process.execPath, program, 'check', '--on', `ssh:${host}`, name]);
  // 1 and 2 mean that nothing was judged.
  if (status === 1 || status === 2) throw new Error(`crdoctor check ended with ${status}: ${stderr}`);
  checking.push(ms);
}

const allowed = connections * median(connecting) + median(slowest);
const tell = (what, ms) => console.log(`${what.padEnd(32)} ${ms.toFixed(0).padStart(6)} ms`);
tell(`ssh ${host} true`, median(connecting));
tell('slowest command there', median(slowest));
tell(`crdoctor check --on ssh:${host} ${name}`, median(checking));
console.log(`${rounds} rounds`);
const ratio = median(checking) / allowed;
process.exitCode = tellRatio(`check over ssh against ${connections} connections and the slowest command`, ratio, budget)
  ? 0
  : 1;
