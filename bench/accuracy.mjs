/**
 * How often the built `crdoctor triage` names the right cause, and how sure it is when it does not; exit
 * status 1 below the thresholds. Cases are the recorded logs of fixtures/logs and those of files named
 * as arguments or in CRDOCTOR_CASES (separated by colons), one JSON object a line:
 * `{id, phase, log, user_text, versions, root_cause_class, also_accept}`, `none` for a good run.
 *
 *     node bench/accuracy.mjs [--log-only] [CASES.jsonl...]
 */

import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const recorded = fileURLToPath(new URL('../fixtures/logs', import.meta.url));
const isLogOnly = process.argv.includes('--log-only');
const named = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const files = named.length > 0 ? named : (process.env.CRDOCTOR_CASES ?? '').split(delimiter).filter(Boolean);
/** Least share of right answers, and most wrong ones that claim more than `sure`. */
const threshold = { top1: 0.95, top3: 0.98, sure: 0.8, wrongAndSure: 0, loud: 0 };
const good = 'none';

/** Name of the log in a case's directory. */
const logNames = { dump: 'dump.log', restore: 'restore.log' };

async function writeCase(directory, { phase, log, user_text: words = [], versions }) {
  await mkdir(directory, { recursive: true });
  const write = (name, lines) => writeFile(join(directory, name), lines.map((line) => `${line}\n`).join(''));
  if (log.length > 0 || isLogOnly) await write(logNames[phase] ?? 'criu.log', log);
  if (words.length > 0 && !isLogOnly) await write('command.txt', words);
  if (versions && !isLogOnly) await writeFile(join(directory, 'versions.json'), JSON.stringify(versions));
}

/** Cases of a file, each in a directory of its own; with the log alone, those that have one to tell it. */
async function casesOf(file, directory) {
  const rows = (await readFile(file, 'utf8'))
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  const told = rows.filter(({ log, from_log: fromLog }) => !isLogOnly || (log.length > 0 && fromLog !== false));
  return await Promise.all(
    told.map(async (row, index) => {
      const path = join(directory, `${index}`);
      await writeCase(path, row);
      return { id: row.id, path, accepted: [row.root_cause_class, ...(row.also_accept ?? [])] };
    }),
  );
}

/** The recorded logs are named by their cause; a default container cannot be restored for want of a console. */
const causeOfFixture = (name) => {
  if (name.startsWith('good')) return good;
  return name === 'default' ? 'console-not-restorable' : name.replace('bad-', '');
};

async function recordedCases() {
  const names = await readdir(recorded);
  return names.map((name) => ({
    id: `fixtures/${name}`,
    path: join(recorded, name),
    accepted: [causeOfFixture(name)],
  }));
}

function triage(path) {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [program, 'triage', path, '--format', 'json'], (error, stdout, stderr) => {
      try {
        resolve(JSON.parse(stdout));
      } catch {
        reject(new Error(`${path}: ${stderr}${error}`));
      }
    });
  });
}

/** Runs as many at a time as the machine has processors. */
async function triageAll(cases) {
  const results = [];
  const queue = cases.entries();
  const work = async () => {
    for (const [index, each] of queue) results[index] = { ...each, ...(await triage(each.path)) };
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return results;
}

const names = ({ diagnoses }, count) => diagnoses.slice(0, count).map(({ cause }) => cause);
const hits = (result, count) => names(result, count).some((cause) => result.accepted.includes(cause));
const percent = (part, all) => `${((100 * part) / Math.max(1, all)).toFixed(1)} % (${part} of ${all})`;
const describe = ({ id, accepted, result, diagnoses }) =>
  `  ${id}: ${accepted.join(' or ')}, got ${
    diagnoses.map(({ cause, confidence }) => `${cause} ${confidence}`).join(', ') || result
  }`;

const directory = await mkdtemp(join(tmpdir(), 'crdoctor-accuracy-'));
try {
  const written = await Promise.all(files.map((file, index) => casesOf(file, join(directory, `${index}`))));
  const results = await triageAll([...(await recordedCases()), ...written.flat()]);
  const failures = results.filter(({ accepted }) => accepted[0] !== good);
  const quiet = results.filter(({ accepted }) => accepted[0] === good);
  const missed = failures.filter((result) => !hits(result, 1));
  const lost = missed.filter((result) => !hits(result, 3));
  const sure = missed.filter(({ diagnoses }) => (diagnoses[0]?.confidence ?? 0) > threshold.sure);
  const loud = quiet.filter(({ result, diagnoses }) => diagnoses.length > 0 || result !== 'no-failure');
  const top1 = (failures.length - missed.length) / failures.length;
  const top3 = (failures.length - lost.length) / failures.length;
  console.log(`named first            ${percent(failures.length - missed.length, failures.length)}`);
  console.log(`among the first three  ${percent(failures.length - lost.length, failures.length)}`);
  console.log(`wrong and above ${threshold.sure}    ${sure.length}`);
  console.log(`good logs, silent      ${percent(quiet.length - loud.length, quiet.length)}`);
  for (const miss of [...missed, ...loud]) console.log(describe(miss));
  const isEnough = top1 >= threshold.top1 && top3 >= threshold.top3;
  const isHonest = sure.length <= threshold.wrongAndSure && loud.length <= threshold.loud;
  console.log(isEnough && isHonest ? 'within the thresholds' : 'BELOW THE THRESHOLDS');
  process.exitCode = isEnough && isHonest ? 0 : 1;
} finally {
  await rm(directory, { recursive: true });
}
