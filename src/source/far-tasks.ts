/** Reads the task tree below a process of another host. */

import { setTimeout } from 'node:timers/promises';

import type { Answer } from './evidence.js';
import { fetchTexts, fetchLimitMs, fetchWanted } from './far-fetch.js';
import { readFarFiles } from './far-files.js';
import { prefetchTree } from './far-prefetch.js';
import type { FarShell } from './far-shell.js';
import { createProcRecord, type ProcRecord } from './proc-record.js';
import { readTaskTree } from './task-tree.js';

/** Rounds of questions: each may turn up something that is to be looked at. */
const maxRounds = 8;
const calmAttempts = 5;
const calmPauseMs = 20;

/** What `uname -m` says, as Node names it; others are their own name. */
const processors: Readonly<Record<string, string>> = {
  x86_64: 'x64',
  aarch64: 'arm64',
  riscv64: 'riscv64',
  loongarch64: 'loong64',
  i686: 'ia32',
  i586: 'ia32',
  armv7l: 'arm',
  armv6l: 'arm',
  ppc64le: 'ppc64',
  s390x: 's390x',
};

/**
 * The text that {@link readTaskTree} describes, made by the same code: it reads from a record of what the other
 * host said. What it wants and does not find there is asked for, all at once, until nothing is wanted any more;
 * then the start times are read once more, so that a pid that became another's meanwhile is recognised.
 */
export async function readFarTasks(
  shell: FarShell,
  rootPid: number,
  maxBytes: number,
  signal: AbortSignal | undefined,
): Promise<Answer> {
  const origin = `/proc/${rootPid}`;
  const record = createProcRecord(processors[shell.hello.get('machine') ?? ''] ?? 'unknown');
  await prefetchTree(shell, rootPid, record);
  await refreshStuck(shell, record);
  for (let round = 0; round < maxRounds; round++) {
    const lost = shell.lost();
    if (lost !== undefined) return { origin, status: 'failed', reason: lost };
    if (signal?.aborted === true) return { origin, status: 'timed-out', reason: 'interrupted' };
    await tryTree(record, rootPid, maxBytes, signal);
    const wanted = record.takeWanted();
    if (wanted.isEmpty) break;
    await fetchWanted(shell, wanted, record);
  }
  await lookOnceMore(shell, record);
  const lost = shell.lost();
  if (lost !== undefined) return { origin, status: 'failed', reason: lost };
  const answer = await tryTree(record, rootPid, maxBytes, signal);
  if (record.takeWanted().isEmpty || answer.status !== 'ok') return answer;
  return {
    ...answer,
    status: 'truncated',
    reason: 'there is more to be looked at behind each thing that is looked at',
  };
}

/** As long as something is wanted, it may be something that nothing works without. */
async function tryTree(
  record: ProcRecord,
  rootPid: number,
  maxBytes: number,
  signal: AbortSignal | undefined,
): Promise<Answer> {
  try {
    return await readTaskTree(record.files, rootPid, maxBytes, signal);
  } catch (error) {
    const path = error instanceof Error ? error.message : String(error);
    return { origin: `/proc/${rootPid}`, status: 'failed', reason: `${path} cannot be read there` };
  }
}

/** A thread that waits in the kernel mostly waits for a disk, and is through a moment later. */
async function refreshStuck(shell: FarShell, record: ProcRecord): Promise<void> {
  for (let attempt = 0; attempt < calmAttempts; attempt++) {
    const stuck = [...record.paths('text')].filter(
      (path) => path.endsWith('/status') && record.textOf(path)?.includes('\nState:\tD') === true,
    );
    if (stuck.length === 0) return;
    await setTimeout(calmPauseMs);
    await fetchTexts(shell, stuck, record);
  }
}

async function lookOnceMore(shell: FarShell, record: ProcRecord): Promise<void> {
  const paths = [...record.paths('text')].filter((path) => /^\/proc\/\d+\/stat$/.test(path));
  const read = await readFarFiles(shell, paths, { limitMs: fetchLimitMs });
  for (const [path, { content }] of read) record.putLast(path, content);
}
