/** Runs on a host of the lab: starts every case, asks crdoctor, dumps for real, and writes what came of each. */

import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { release } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import type { Case } from './case.js';
import { allCases, fastCases } from './cases.js';
import { containerCases } from './cases/containers.js';
import { withExternalNames } from './external-names.js';
import { tryContainers } from './container.js';
import { aboutTree, causesInLog, judge } from './judgement.js';
import { endTree, startTree, untilReady } from './process-tree.js';
import { dump, run } from './real-dump.js';
import type { Result, Run } from './result.js';

const { values } = parseArgs({
  options: {
    programs: { type: 'string', default: '' },
    crdoctor: { type: 'string', default: '' },
    only: { type: 'string', default: '' },
    fast: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
    output: { type: 'string', default: '' },
  },
});

/** Most of the time is spent starting programs. */
const WORKERS = 3;

const HOST_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const scratch = mkdtempSync('/tmp/accuracy-');
chmodSync(scratch, 0o755);

/** Other versions of criu lie in directories of their own beside the programs. */
function environmentOf(criu: Case['criu']): NodeJS.ProcessEnv {
  const own = criu === 'current' ? '' : `${join(values.programs, criu)}:`;
  return { PATH: `${own}${HOST_PATH}`, HOME: '/root' };
}

async function runCase(each: Case, index: number): Promise<Result> {
  const { name, criu } = each;
  const tree = startTree(each, values.programs, join(scratch, `case-${index}`));
  const images = join(scratch, `images-${index}`);
  try {
    const started = await untilReady(each, tree);
    if (started.status === 'impossible') return { status: 'impossible', name, criu, reason: started.reason };
    const env = environmentOf(criu);
    const options = withExternalNames(each.options, started.root);
    const judgement = await judge(values.crdoctor, aboutTree(started.root, options), env);
    const { outcome, decisive, log } = await dump(started.root, options, images, env);
    const logCauses = outcome === 'fails' ? await causesInLog(values.crdoctor, log, env) : [];
    return { status: 'measured', name, criu, judgement, outcome, decisive, logCauses };
  } finally {
    await endTree(tree);
    rmSync(images, { recursive: true, force: true });
  }
}

/** Versions of criu that are here, by what cases call them. */
async function criuVersions(): Promise<Record<string, string>> {
  const versions: Record<string, string> = {};
  for (const criu of ['current', 'older', 'oldest'] as const) {
    if (criu !== 'current' && !readdirSync(values.programs).includes(criu)) continue;
    const { stdout } = await run(['criu', '--version'], environmentOf(criu), 5000);
    versions[criu] = /Version: (\S+)/.exec(stdout)?.[1] ?? '';
  }
  return versions;
}

async function runAll(cases: readonly Case[]): Promise<readonly Result[]> {
  const results: Result[] = [];
  const queue = cases.entries();
  async function work(): Promise<void> {
    for (const [index, each] of queue) {
      results[index] = await runCase(each, index);
      if (process.stderr.isTTY) process.stderr.write(`\r${index + 1} of ${cases.length} `);
      else if (values.verbose) process.stderr.write(`${JSON.stringify(results[index])}\n`);
    }
  }
  await Promise.all(Array.from({ length: WORKERS }, work));
  if (process.stderr.isTTY) process.stderr.write('\n');
  return results;
}

async function main(): Promise<void> {
  const begin = Date.now();
  const criu = await criuVersions();
  const isWanted = ({ name }: { readonly name: string }) => values.only.split('|').some((text) => name.includes(text));
  const pool = values.fast ? fastCases : allCases;
  const cases = pool.filter((each) => isWanted(each) && criu[each.criu] !== undefined);
  try {
    const tools = { crdoctor: values.crdoctor, programs: values.programs, env: environmentOf('current') };
    const [trees, containers] = await Promise.all([
      runAll(cases),
      tryContainers(values.fast ? [] : containerCases.filter(isWanted), tools),
    ]);
    const results = [...trees, ...containers];
    const seconds = Math.round((Date.now() - begin) / 1000);
    const whole: Run = { versions: { kernel: release(), criu }, results, seconds };
    writeFileSync(values.output, JSON.stringify(whole));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

await main();
