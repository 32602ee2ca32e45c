/** Makes a report of a guarded command: what it did as it was watched, and everything a report holds. */

import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

import { errorCode } from '../errors.js';
import type { ToldAction } from '../report/action.js';
import { keepDisplayed } from '../report/displayed-output.js';
import type { Evidence, Source } from '../source/source.js';
import { cutKernelLog } from './gather-aftermath.js';
import type { GuardRecord } from './guard-record.js';

/** Where its terminal was written to. */
const terminalName = 'terminal.log';

/** What the command displayed: on its terminal, then on standard output, then on standard error. */
export async function readDisplayed(directory: string): Promise<NonNullable<ToldAction['output']>> {
  async function* pieces(): AsyncGenerator<Buffer> {
    yield settleScreen(await readIfThere(join(directory, terminalName)));
    for (const name of ['stdout.log', 'stderr.log']) yield await readIfThere(join(directory, name));
  }
  return await keepDisplayed(pieces(), 'the guarded command');
}

/** What stays to be read: colours go, and of a line that was written over and over its last form stays. */
function settleScreen(bytes: Buffer): Buffer {
  const lines = stripVTControlCharacters(bytes.toString('utf8')).split(/\r*\n/);
  return Buffer.from(lines.map((line) => line.split('\r').findLast((part) => part.trim() !== '') ?? '').join('\n'));
}

async function readIfThere(path: string): Promise<Buffer> {
  try {
    // Only what is gigabytes long would hurt, and then its end is not to be had this way.
    return (await stat(path)).size > 64 * 1024 * 1024 ? Buffer.from('(too long)\n') : await readFile(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
}

/** What is cut to the time of the action, and how things stood before and after it. */
export async function gatherWatched(source: Source, record: GuardRecord): Promise<readonly Evidence[]> {
  const { mark } = record;
  const since = mark?.at ?? '';
  const [dmesg, journal] = await source.gather([
    { id: 'action.dmesg', kind: 'command', argv: ['dmesg'], keep: 'tail' },
    {
      id: 'action.journal',
      kind: 'command',
      argv: [
        'journalctl',
        '--no-pager',
        '--quiet',
        '--output=short-iso',
        `--since=@${Math.floor(Date.parse(since) / 1000)}`,
      ],
      keep: 'tail',
    },
  ]);
  return [
    document('action.guard', since, summaryOf(record)),
    document('action.before', since, mark?.before),
    document('action.after', record.ending?.endedAt ?? since, record.verification),
    ...(dmesg === undefined ? [] : [cutDmesg(dmesg, mark?.uptimeS ?? 0)]),
    ...(journal === undefined ? [] : [journal]),
  ];
}

/** Forced causes and their reasons belong to the story; contents of files and memory are nowhere in it. */
function summaryOf({ id, action, wish, insurances, ending, steps, warnings }: GuardRecord): object {
  const { force, forceReason, noInsurance } = wish;
  return { id, action, force, forceReason, noInsurance, insurances, ending, steps, warnings };
}

function document(id: string, startedAt: string, data: unknown): Evidence {
  const text = `${JSON.stringify(data ?? null, undefined, 2)}\n`;
  return { id, origin: 'crdoctor guard', status: 'ok', text, startedAt, durationMs: 0, bytes: Buffer.byteLength(text) };
}

function cutDmesg(evidence: Evidence, sinceS: number): Evidence {
  if (evidence.text === undefined) return evidence;
  const text = cutKernelLog(evidence.text, sinceS)
    .map((line) => `${line}\n`)
    .join('');
  return { ...evidence, text, bytes: Buffer.byteLength(text) };
}
