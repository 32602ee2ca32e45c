/** The private directory of guard: one directory for each guarded command, which nothing but --forget removes. */

import { mkdir, readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { errorCode, UserError } from '../errors.js';
import { makePrivateDirectory, readJsonFile, syncDirectory, writeDurably } from './durable-file.js';
import type { GuardRecord, StepName } from './guard-record.js';
import { isAlive, readProcessMark } from './live-process.js';
import { takeLock, type InstanceLock } from './instance-lock.js';

export interface GuardStore {
  readonly root: string;
  /** Directory of a guard. */
  directoryOf(id: string): string;
}

/** What belongs to a guard that is at work. */
export interface OpenGuard {
  readonly directory: string;
  record(): GuardRecord;
  /** Puts more into the journal, on the disk before it returns. */
  note(more: Partial<GuardRecord>): Promise<void>;
  /** Writes down that a step begins. */
  begin(step: StepName): Promise<void>;
}

/** `/tmp` is cleaned, and engines clean their own trees. */
const unsafe = [
  '/tmp',
  '/var/tmp',
  '/dev/shm',
  '/run',
  '/var/lib/lxd',
  '/var/lib/incus',
  '/var/lib/lxc',
  '/var/snap/lxd',
];

/**
 * Where guards are kept: `$CRDOCTOR_STATE`; /var/lib/crdoctor for root; `$XDG_STATE_HOME/crdoctor` or
 * ~/.local/state/crdoctor for others.
 * @throws {UserError} a place where copies would not be safe
 */
export function chooseStateDirectory(
  env: Readonly<Record<string, string | undefined>>,
  uid: number | undefined,
  cwd: string,
): string {
  const given = env['CRDOCTOR_STATE'] ?? '';
  const home = env['XDG_STATE_HOME'] ?? (env['HOME'] === undefined ? undefined : join(env['HOME'], '.local/state'));
  const usual = uid === 0 ? '/var/lib/crdoctor' : home && join(home, 'crdoctor');
  const path = given === '' ? usual : resolve(cwd, given);
  if (path === undefined) {
    throw new UserError('there is no place for the copies of guard', { hint: 'Set CRDOCTOR_STATE=DIRECTORY' });
  }
  const bad = unsafe.find((each) => path === each || path.startsWith(`${each}/`));
  if (bad !== undefined) {
    throw new UserError(`CRDOCTOR_STATE ${path}: what is in ${bad} is not safe`, {
      hint: 'Name a directory of your own on a disk, such as /var/lib/crdoctor',
    });
  }
  return path;
}

/** @throws {UserError} the directory cannot be made, or others may use it */
export async function openStore(root: string, uid: number | undefined): Promise<GuardStore> {
  for (const path of [root, join(root, 'guards'), join(root, 'locks')]) await makePrivateDirectory(path, uid);
  return { root, directoryOf: (id) => join(root, 'guards', id) };
}

/** Makes the directory of a new guard. Its id tells when and about what. */
export async function createGuard(
  store: GuardStore,
  record: Omit<GuardRecord, 'schema' | 'id'>,
  now: Date,
): Promise<OpenGuard> {
  const time = now.toISOString().replaceAll(/[-:]|\.\d+/g, '');
  for (let number = 1; ; number += 1) {
    const id = `${time}-${record.action.instance}${number === 1 ? '' : `.${number}`}`;
    const directory = store.directoryOf(id);
    try {
      await mkdir(directory, { mode: 0o700 });
    } catch (error) {
      if (errorCode(error) === 'EEXIST') continue;
      throw error;
    }
    await syncDirectory(join(store.root, 'guards'));
    return openGuard(directory, { schema: 'crdoctor.guard-record/1', id, ...record });
  }
}

/**
 * Goes on with a guard.
 * @throws {UserError} there is no such guard
 */
export async function reopenGuard(store: GuardStore, id: string): Promise<OpenGuard> {
  const record = await readRecord(store, id);
  if (record === undefined) throw unknownGuard(id);
  return openGuard(store.directoryOf(id), record);
}

function openGuard(directory: string, first: GuardRecord): OpenGuard {
  let record = first;
  const note = async (more: Partial<GuardRecord>): Promise<void> => {
    record = { ...record, ...more };
    await writeDurably(join(directory, 'record.json'), `${JSON.stringify(record, undefined, 1)}\n`);
  };
  return {
    directory,
    record: () => record,
    note,
    begin: (step) => note({ steps: [...record.steps, { step, at: new Date().toISOString() }] }),
  };
}

/** Undefined: there is none of that id, or it was killed before it wrote anything. */
export async function readRecord(store: GuardStore, id: string): Promise<GuardRecord | undefined> {
  if (!isId(id)) return undefined;
  const data = await readJsonFile(join(store.directoryOf(id), 'record.json'));
  return isRecord(data) ? data : undefined;
}

/** All guards, oldest first. */
export async function listGuards(store: GuardStore): Promise<readonly GuardRecord[]> {
  const names = (await readdir(join(store.root, 'guards'))).toSorted();
  const records: GuardRecord[] = [];
  for (const name of names) {
    const record = await readRecord(store, name);
    if (record !== undefined) records.push(record);
  }
  return records;
}

/** Removes a guard that has not run anything. */
export async function discardGuard({ directory }: OpenGuard): Promise<void> {
  await rm(directory, { recursive: true, force: true });
}

/**
 * Removes a guard with everything that it kept.
 * @throws {UserError} there is no such guard, or it is at work
 */
export async function forgetGuard(store: GuardStore, id: string): Promise<void> {
  if (!isId(id) || !(await readdir(join(store.root, 'guards'))).includes(id)) throw unknownGuard(id);
  const record = await readRecord(store, id);
  if (isAlive(record?.owner) || (await isRunning(store, id))) throw new UserError(`guard ${id} is at work`);
  await rm(store.directoryOf(id), { recursive: true });
}

/**
 * The lock of an instance. `resumes`: the id of a guard that may go on although its command still runs.
 * @throws {UserError} another guard has it
 */
export async function lockInstance(
  store: GuardStore,
  { engine, project, instance }: GuardRecord['action'],
  id: string,
  resumes: boolean,
): Promise<InstanceLock> {
  const path = join(store.root, 'locks', `${engine}-${encodeURIComponent(project)}-${encodeURIComponent(instance)}`);
  const lock = await takeLock(path, id, async ({ guard, process: owner }) => {
    if (isAlive(owner)) return true;
    return (await isRunning(store, guard)) && !(resumes && guard === id);
  });
  if (!('heldBy' in lock)) return lock;
  throw new UserError(`another guard works on ${instance}: ${lock.heldBy.guard}`, {
    hint: `crdoctor guard --resume ${lock.heldBy.guard} waits for it where crdoctor itself is gone`,
  });
}

/** Whether the command of a guard, or what watches it, still runs. */
export async function isRunning(store: GuardStore, id: string): Promise<boolean> {
  const data = isId(id) ? await readJsonFile(join(store.directoryOf(id), 'started.json')) : undefined;
  if (typeof data !== 'object' || data === null) return false;
  const marks = ['supervisor' in data ? data.supervisor : undefined, 'command' in data ? data.command : undefined];
  return marks.some((mark) => isAlive(readProcessMark(mark)));
}

function isId(id: string): boolean {
  return /^\d{8}T\d{6}Z-[A-Za-z0-9-]+(?:\.\d+)?$/.test(id);
}

/** The inside is not checked again: the directory is open to its owner alone, and crdoctor wrote it. */
function isRecord(value: unknown): value is GuardRecord {
  return typeof value === 'object' && value !== null && 'schema' in value && value.schema === 'crdoctor.guard-record/1';
}

function unknownGuard(id: string): UserError {
  return new UserError(`there is no guard ${id}`, { hint: 'crdoctor guard --list shows them' });
}
