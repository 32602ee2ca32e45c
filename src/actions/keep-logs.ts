/** Copies the logs of an operation while it runs, because engines delete them together with their directories. */

import { createHash } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { planDirectories } from '../evidence/report-directories.js';
import type { PlannedFile } from '../evidence/report-files.js';
import type { Evidence, Source } from '../source/source.js';
import { readJsonFile, writeDurably } from './durable-file.js';
import type { Mark } from './guard-record.js';

/** A log that was copied. */
export interface KeptLog {
  readonly evidence: Evidence;
  /** When the engine or CRIU last wrote to it, seconds since 1970. */
  readonly modifiedS: number;
  /** Of the whole log. */
  readonly sizeBytes: number;
}

/** Logs of CRIU and of nothing else lie in these directories; each round of a move has one. */
const maxLogs = 16;
/** Of a longer log its end is kept. */
const maxBytes = 8 * 1024 * 1024;
/** Coarse clocks of file systems. */
const slackMs = 1000;

/** Never an error: what cannot be copied is not there, and the command goes on. */
export async function keepLogs(source: Source, mark: Mark | undefined, directory: string): Promise<void> {
  try {
    const plans = await findLogs(source, mark);
    if (plans.length === 0) return;
    const place = join(directory, 'logs');
    await mkdir(place, { recursive: true, mode: 0o700 });
    for (const plan of plans) await keepOne(source, plan, place);
  } catch {
    // A full disk, mostly: the outcome does not depend on it, and capture tries again with what is left.
  }
}

/** Logs in the directories that the engine empties, written since the mark; those of its log directory stay. */
export async function findLogs(source: Source, mark: Mark | undefined): Promise<readonly PlannedFile[]> {
  if (mark?.places === undefined) return [];
  const { snapshots: _, ...places } = mark.places;
  const directories = await planDirectories(source, places, mark.daemonPid);
  const sinceS = (Date.parse(mark.at) - slackMs) / 1000;
  return directories
    .plansFor(undefined)
    .flatMap(({ files }) => files)
    .filter(({ request, modifiedS }) => request.name.endsWith('.log') && modifiedS >= sinceS)
    .slice(0, maxLogs);
}

async function keepOne(source: Source, { request, modifiedS, sizeBytes }: PlannedFile, place: string): Promise<void> {
  // Two directories may hold logs of the same name.
  const name = createHash('sha256').update(`${request.directory}/${request.name}`).digest('hex').slice(0, 16);
  const path = join(place, `${name}.json`);
  const before = await readKept(path);
  if (before?.modifiedS === modifiedS) return;
  const [evidence] = await source.gather([{ ...request, maxBytes }]);
  if (evidence?.text === undefined || evidence.text === '') return;
  await writeDurably(path, JSON.stringify({ modifiedS, sizeBytes, evidence }));
}

/** What was copied, the newest first. */
export async function readKeptLogs(directory: string): Promise<readonly KeptLog[]> {
  const place = join(directory, 'logs');
  const names = await readdir(place).catch(() => []);
  const kept: KeptLog[] = [];
  for (const name of names.filter((each) => /^[0-9a-f]{16}\.json$/.test(each))) {
    const log = await readKept(join(place, name));
    if (log !== undefined) kept.push(log);
  }
  return kept.toSorted((left, right) => right.modifiedS - left.modifiedS).slice(0, maxLogs);
}

/** Of a command that went well nobody asks for them. */
export async function dropKeptLogs(directory: string): Promise<void> {
  await rm(join(directory, 'logs'), { recursive: true, force: true });
}

/** Written by ourselves, in a directory that nobody else can write to. */
async function readKept(path: string): Promise<KeptLog | undefined> {
  const data = await readJsonFile(path);
  return isKeptLog(data) ? data : undefined;
}

function isKeptLog(data: unknown): data is KeptLog {
  return typeof data === 'object' && data !== null && 'evidence' in data && 'modifiedS' in data && 'sizeBytes' in data;
}
