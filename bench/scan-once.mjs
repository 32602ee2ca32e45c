/**
 * Scans the tree below a process and judges it by all rules, in a process of its own; prints as JSON how long
 * each took and how much memory that needed. For bench/scan.mjs.
 *
 *     node bench/scan-once.mjs PID
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const modules = `
export { collect } from './src/evidence/collect.js';
export { prepareJudge } from './src/commands/judging.js';
export { readRuleDirectory } from './src/rules/load.js';
export { openLocal } from './src/source/local.js';
`;

async function loadModules() {
  // Inside the checkout, because packages are looked for from there.
  const directory = mkdtempSync(join(root, 'node_modules', '.bench-'));
  try {
    const outfile = join(directory, 'scan.mjs');
    await build({
      stdin: { contents: modules, resolveDir: root, loader: 'ts' },
      absWorkingDir: root,
      bundle: true,
      platform: 'node',
      format: 'esm',
      packages: 'external',
      logLevel: 'warning',
      outfile,
    });
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

const pid = Number(process.argv[2]);
const { collect, prepareJudge, readRuleDirectory, openLocal } = await loadModules();
const { causes } = await readRuleDirectory(join(root, 'rules'));
const judge = prepareJudge(causes, { operation: 'dump', hasTarget: false, criuOptions: [], pid, engine: 'criu' });
const source = openLocal({ env: process.env });

const begin = performance.now();
const [tasks] = await source.gather([{ id: 'instance.tasks', kind: 'tasks', rootPid: pid }]);
const scanMs = performance.now() - begin;
if (tasks.status !== 'ok') throw new Error(`the scan came to ${tasks.status}: ${tasks.reason}`);
const count = (pattern) => tasks.text.match(pattern)?.length ?? 0;
const scan = { ms: scanMs, tasks: count(/^== \d/gm), descriptors: count(/^fd /gm), megabytes: tasks.bytes / 1e6 };

const collected = await collect(source, { pid });
const ofInstance = collected.ofInstance.map((each) => (each.id === 'instance.tasks' ? tasks : each));
const beginJudging = performance.now();
const { assessment } = judge({ ...collected, ofInstance }, 'local');
const judgeMs = performance.now() - beginJudging;
const rssMb = process.resourceUsage().maxRSS / 1024;
console.log(JSON.stringify({ scan, judgeMs, verdict: assessment.verdict, rssMb }));
