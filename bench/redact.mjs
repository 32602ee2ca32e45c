/**
 * Redaction of a log of CRIU (64 MiB, made of a recorded one) against packing the same bytes with gzip, in
 * one run; exit status 1 when it is the slower of the two. Lines with secrets are strewn in. Then lines of
 * 1 MB that begin what looks like a secret again and again: four times the text may take eight times as long,
 * which leaves room for noise; time that grows with the square would be sixteen times as long.
 *
 *     npm run -s build && node bench/redact.mjs
 */

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';

import { build } from 'esbuild';

const rounds = Number(process.argv[2] ?? 5);
const bytes = 64 * 1024 * 1024;
/** Ratio to gzip at level 1: redaction is never the slowest stage of a report. */
const budget = 1;

/** The module by itself, because the program has no command that does nothing else. */
async function loadRedact() {
  const entryPoint = fileURLToPath(new URL('../src/redact/redaction.ts', import.meta.url));
  const options = { entryPoints: [entryPoint], bundle: true, write: false, format: 'esm', platform: 'node' };
  const { outputFiles } = await build(options);
  return await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
}

function makeLog() {
  const recorded = new URL('../fixtures/logs/good-snapshot/snapshot_dump.log.gz', import.meta.url);
  const log = `${gunzipSync(readFileSync(recorded)).toString()}(00.700000) mnt: options password=hunter2\n`;
  return log.repeat(Math.ceil(bytes / log.length)).slice(0, bytes);
}

/** Of the processor, because others may use the machine as well. Milliseconds. */
function time(run) {
  const begin = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(begin);
  return (user + system) / 1e3;
}

/** The best of several, because both only compute: what is slower was disturbed by something else. */
const best = (values) => Math.min(...values);

const { createRedaction } = await loadRedact();
const redactEvidence = (evidence) => createRedaction({ anonymize: false }).redact(evidence);

/** Twenty secrets that the configuration told, each of which is looked for in all its forms. */
function knowing() {
  const redaction = createRedaction({ anonymize: false });
  const words = Array.from(
    { length: 20 },
    (_, index) => `A${index}_KEY=${Buffer.from(`word ${index * 7919}`).toString('base64')}`,
  );
  redaction.learn([{ id: 'proc.1.environ', origin: '/proc/1/environ', status: 'ok', text: words.join('\0') }]);
  return redaction;
}
// Through a buffer, so that it is one flat string as a file gives it.
const packed = Buffer.from(makeLog());
const evidence = { id: 'instance.log.dump.log', origin: '/dump.log', status: 'ok', text: packed.toString('utf8') };
const redaction = knowing();
const redact = [];
const pack = [];
for (let round = 0; round < rounds; round += 1) {
  // Reading a letter puts the text together.
  redact.push(time(() => redaction.redact(evidence).evidence.text.charCodeAt(1)));
  pack.push(time(() => gzipSync(packed, { level: 1 })));
}
const left = redactEvidence(evidence).evidence.text.includes('hunter2');
const ratio = best(redact) / best(pack);
const isWithin = ratio <= budget && !left;
console.log(`redact ${bytes / 1024 / 1024} MiB   ${best(redact).toFixed(0).padStart(6)} ms`);
console.log(`gzip -1          ${best(pack).toFixed(0).padStart(6)} ms`);
console.log(`ratio ${ratio.toFixed(2)}, ${isWithin ? 'within' : 'over'} the budget of ${budget} (${rounds} rounds)`);
if (left) console.log('a secret was left in the text');

/** What the patterns of redaction begin with. */
const beginnings = [
  'password=',
  'eyJ',
  '//a:',
  '//a:b/',
  '"',
  '--password',
  '\\',
  '-----BEGIN A-----',
  'key:',
  '$6$',
  ' ',
  '@',
  '/',
  'argc=1 a',
  'mysql -p',
  'curl -u ',
  'mysql "-p',
  'A_KEY=',
  'config set user.x ',
  'source a',
];
/** Times as long for four times the text. */
const growthBudget = 8;

/** A log, a document and a command that are one such line. */
function timeHostile(piece, length) {
  const text = piece.repeat(length / piece.length);
  return time(() => {
    redactEvidence({ id: 'engine.log', origin: '/x', status: 'ok', text });
    redactEvidence({ id: 'engine.config.expanded', origin: 'x', status: 'ok', text: `config: ${text}` });
    redactEvidence({ id: 'action.command', origin: 'x', status: 'ok', text });
  });
}

const growths = beginnings.map((piece) => {
  const [short, long] = [250_000, 1_000_000].map((length) => timeHostile(piece, length));
  // Below some milliseconds there is nothing to compare.
  return { piece, growth: long / Math.max(short, 20), long };
});
const worst = growths.toSorted((one, other) => other.growth - one.growth)[0];
const isLinear = worst.growth <= growthBudget;
console.log(
  `hostile lines: four times the text takes ${worst.growth.toFixed(1)} times as long at worst (${JSON.stringify(worst.piece)}, ` +
    `${worst.long.toFixed(0)} ms), ${isLinear ? 'within' : 'over'} the budget of ${growthBudget}`,
);
process.exitCode = isWithin && isLinear ? 0 : 1;
