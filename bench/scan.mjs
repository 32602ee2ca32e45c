/**
 * The look into 5,000 processes with 50,000 descriptors against `find -printf '%p %l'` and `tail -n +1` over the
 * same links and files, interleaved in one run; exit status 1 when slower than the budget, or when judging what
 * was seen takes longer than looking. The processes are made for it and ended afterwards.
 *
 *     node bench/scan.mjs [ROUNDS] [TASKS] [DESCRIPTORS OF EACH]
 */

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { median, tellRatio, time } from './commands.mjs';

const beside = (name) => fileURLToPath(new URL(name, import.meta.url));
const rounds = Number(process.argv[2] ?? 3);
const taskCount = Number(process.argv[3] ?? 5_000);
const descriptorsEach = Number(process.argv[4] ?? 10);
/** Ratios to find and tail, and of judging to looking. */
const budget = { scan: 1.5, judging: 1 };

/** What is read of each process, as find and tail get it. */
function listFiles(pids) {
  const links = [];
  const files = [];
  for (const pid of pids) {
    const directory = `/proc/${pid}`;
    links.push(`${directory}/fd`, `${directory}/ns`, ...['exe', 'cwd', 'root'].map((name) => `${directory}/${name}`));
    for (const name of ['status', 'stat', 'cgroup', 'auxv', 'maps', `task/${pid}/children`])
      files.push(`${directory}/${name}`);
    for (const fd of readdirSync(`${directory}/fdinfo`)) files.push(`${directory}/fdinfo/${fd}`);
  }
  return { links, files };
}

function readWithTools(links, files) {
  const find = time(['xargs', '-a', links, 'sh', '-c', 'find "$@" -printf "%p %l\\n" > /dev/null', 'find']);
  const tail = time(['xargs', '-a', files, 'sh', '-c', 'tail -n +1 "$@" > /dev/null', 'tail']);
  if (find.status !== 0 || tail.status !== 0) throw new Error(`find or tail failed: ${find.stderr}${tail.stderr}`);
  return find.ms + tail.ms;
}

function scan(pid) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [beside('scan-once.mjs'), String(pid)], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`the scan failed: ${stderr}`);
  return JSON.parse(stdout);
}

const directory = mkdtempSync(join(tmpdir(), 'crdoctor-bench-'));
const argv = [beside('scan-tasks.pl'), String(taskCount), String(descriptorsEach), directory];
const holder = spawn('perl', argv, { stdio: ['pipe', 'pipe', 'inherit'] });
try {
  await once(holder.stdout, 'data');
  const children = readFileSync(`/proc/${holder.pid}/task/${holder.pid}/children`, 'utf8').trim().split(' ');
  const { links, files } = listFiles([holder.pid, ...children]);
  const [linkList, fileList] = [join(directory, 'links'), join(directory, 'files')];
  writeFileSync(linkList, links.map((path) => `${path}\n`).join(''));
  writeFileSync(fileList, files.map((path) => `${path}\n`).join(''));
  const pairs = Array.from({ length: rounds }, () => ({
    tools: readWithTools(linkList, fileList),
    ours: scan(holder.pid),
  }));
  const toolsMs = median(pairs.map(({ tools }) => tools));
  const scanMs = median(pairs.map(({ ours }) => ours.scan.ms));
  const judgeMs = median(pairs.map(({ ours }) => ours.judgeMs));
  const { tasks, descriptors, megabytes } = pairs[0].ours.scan;
  const rssMb = Math.max(...pairs.map(({ ours }) => ours.rssMb));
  console.log(`${tasks} processes, ${descriptors} descriptors, ${megabytes.toFixed(1)} MB of text; ${rounds} rounds`);
  console.log(`find and tail   ${toolsMs.toFixed(0).padStart(6)} ms`);
  console.log(`our scan        ${scanMs.toFixed(0).padStart(6)} ms`);
  console.log(`judging it      ${judgeMs.toFixed(0).padStart(6)} ms, ${pairs[0].ours.verdict}`);
  console.log(`at most ${rssMb.toFixed(0)} MB resident`);
  const isScanWithin = tellRatio('scan against find and tail', scanMs / toolsMs, budget.scan);
  const isJudgingWithin = tellRatio('judging against the scan', judgeMs / scanMs, budget.judging);
  process.exitCode = isScanWithin && isJudgingWithin ? 0 : 1;
} finally {
  const isOver = once(holder, 'exit');
  holder.stdin.end();
  await isOver;
  rmSync(directory, { recursive: true });
}
