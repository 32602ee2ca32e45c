/** Reads the block of one process in the text about a task tree. */

import { parseWhole } from './lines.js';
import { parseMountinfo, unescapeOctal } from './mountinfo.js';
import { parseProcStat } from './proc-stat.js';
import { parseProcStatus, parseSignals } from './proc-status.js';
import { createDraft, type Draft, type Writable } from './task-draft.js';
import { readDescriptor, readFile, readFlags, readInfo, readMapping } from './task-lines.js';
import type { TaskRecord, ThreadRecord } from './task-records.js';

/** What the kernel wrote of its status has a colon behind each first word. */
const behindStatus = /\n(?=(?:stat|cgroup|mount|tracer|denied|cut) |ns:\w+ )/;

const laterParts = ['stat', 'fd', 'maps', 'exe', 'cwd', 'root', 'elf', 'threads'] as const;

/** Undefined when it does not begin as one does. A line that was not understood counts as missing. */
export function parseTaskBlock(block: string): TaskRecord | undefined {
  const pid = parseWhole(/^== (\d+) \d+\n/.exec(block)?.[1]);
  if (pid === undefined) return undefined;
  const draft = createDraft();
  const own = block.search(behindStatus);
  const status = own === -1 ? block : block.slice(0, own + 1);
  if (own !== -1) for (const line of block.slice(own + 1).split('\n')) if (line !== '') readLine(draft, line);
  const table = draft.mounts.map((line) => `${line}\n`).join('');
  const mounts = parseMountinfo(table);
  if (table !== '' && mounts === undefined) draft.missing.add('mounts');
  // Texts of before the descriptors were told have no such line either.
  if (own === -1 || draft.stat === undefined) for (const part of laterParts) draft.missing.add(part);
  const shared = draft.rollup.get('Pss_Shmem');
  return {
    pid,
    status: parseProcStatus(status),
    stat: draft.stat,
    namespaces: draft.namespaces,
    executable: draft.links['exe'],
    directory: draft.links['cwd'],
    root: draft.links['root'],
    deletedLinks: draft.files,
    elfClass: draft.elfClass,
    mounts,
    mountEntries: draft.entries,
    mountUsedBytes: draft.used,
    threads: [...draft.threads.values()],
    descriptors: [...draft.descriptors.values()],
    mappings: [...draft.mappings.values()],
    sharedBytes: shared === undefined ? undefined : shared * 1024,
    missing: draft.missing,
  };
}

function readLine(draft: Draft, line: string): void {
  const blank = line.indexOf(' ');
  const word = line.slice(0, blank);
  const rest = line.slice(blank + 1);
  switch (word) {
    case 'fd':
      return readDescriptor(draft, rest);
    case 'is':
      return readFile(draft, rest);
    case 'info':
      return readInfo(draft, rest);
    case 'map':
      return readMapping(draft, rest);
    case 'vmflags':
      return readFlags(draft, rest);
    case 'stat':
      draft.stat = parseProcStat(rest);
      return;
    case 'exe':
    case 'cwd':
    case 'root':
      draft.links[word] = unescapeOctal(rest);
      return;
    case 'elf':
      draft.elfClass = parseWhole(rest);
      return;
    case 'mount':
      draft.mounts.push(rest);
      return;
    case 'denied':
    case 'cut':
      draft.missing.add(rest);
      return;
    default:
      readRare(draft, word, rest);
  }
}

function readRare(draft: Draft, word: string, rest: string): void {
  const [first = '', second = '', third = ''] = rest.split(' ');
  const number = parseWhole(first);
  if (word.startsWith('ns:')) draft.namespaces[word.slice(3)] = rest;
  else if (word === 'entries' && number !== undefined) setNumber(draft.entries, number, second);
  else if (word === 'used' && number !== undefined) setNumber(draft.used, number, second);
  else if (word === 'rollup') setNumber(draft.rollup, first.slice(0, -1), second);
  else if (number === undefined) return;
  else if (word === 'tracer') threadOf(draft, number).tracer = parseWhole(second) ?? 0;
  else if (word === 'thread') {
    threadOf(draft, number).state = second;
    threadOf(draft, number).pendingSignals = parseSignals(third) ?? 0n;
  } else if (word === 'thread-ns') {
    const thread = threadOf(draft, number);
    thread.namespaces = { ...thread.namespaces, [second]: third };
  } else if (word === 'thread-cwd') threadOf(draft, number).directory = unescapeOctal(rest.slice(first.length + 1));
}

function setNumber<Key>(map: Map<Key, number>, key: Key, text: string): void {
  const value = parseWhole(text);
  if (value !== undefined) map.set(key, value);
}

function threadOf(draft: Draft, tid: number): Writable<ThreadRecord> {
  let thread = draft.threads.get(tid);
  if (thread === undefined) {
    thread = { tid, state: 'R', tracer: 0, pendingSignals: 0n, namespaces: {}, directory: undefined };
    draft.threads.set(tid, thread);
  }
  return thread;
}
