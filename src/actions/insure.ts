/** Keeps what the command can destroy: copies the state, has the engine make a snapshot of the root file system. */

import { join } from 'node:path';

import type { EngineGuard } from '../engines/engine.js';
import { UserError } from '../errors.js';
import { runCommand } from '../process/run.js';
import { copyState, findDifferences, type StateFile } from './copy-state.js';
import { readJsonFile, writeDurably } from './durable-file.js';
import type { Insurance } from './guard-record.js';
import type { InsurancePlan } from './plan-insurance.js';

export interface InsureOptions {
  readonly directory: string;
  readonly id: string;
  readonly instance: string;
  readonly guard: EngineGuard;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Says what is being done. */
  readonly tell: (line: string) => void;
}

/** The engine copies a whole root file system on some storage. */
const snapshotMs = 3_600_000;

/** @throws {UserError} it could not be kept; nothing is left behind then */
export async function insure(plan: InsurancePlan, options: InsureOptions): Promise<Insurance> {
  return plan.kind === 'state-copy' ? copy(plan.from, options) : keepRootfs(options);
}

async function copy(from: string, { directory, tell }: InsureOptions): Promise<Insurance> {
  const to = join(directory, 'state');
  const { files, bytes } = await copyState(from, to);
  await writeDurably(join(directory, 'state.json'), JSON.stringify({ from, files }));
  tell(`the saved state is copied to ${to} (${files.length} files, ${bytes} bytes)`);
  return { kind: 'state-copy', from, to, files: files.length, bytes };
}

async function keepRootfs({ id, instance, guard, env, tell }: InsureOptions): Promise<Insurance> {
  // An instance whose name is long leaves no room for the rest of an id.
  const snapshot = `crdoctor-${id.slice(0, 16).toLowerCase()}`;
  const argv = guard.keepRootfs(instance, snapshot);
  tell(`the present files are kept in a snapshot named ${snapshot}: ${argv.join(' ')}`);
  const [program = '', ...rest] = argv;
  const ran = await runCommand([program, ...rest], { timeoutMs: snapshotMs, maxBytes: 65_536, keep: 'tail', env });
  if (ran.status !== 'ok') {
    const said = ran.stderr.toString('utf8').trim().split('\n', 1)[0] ?? '';
    throw new UserError(`the present files of ${instance} cannot be kept: ${said || ran.status}`, {
      hint: '--no-insurance REASON goes without',
    });
  }
  return { kind: 'rootfs-snapshot', snapshot };
}

/** What differs between the copy and what was copied; empty = it is whole. Undefined: there is no list of it. */
export async function inspectCopy(directory: string): Promise<readonly string[] | undefined> {
  const files = await readCopyList(directory);
  return files && findDifferences(join(directory, 'state'), files);
}

/** The files of the copy as they were written down. */
export async function readCopyList(directory: string): Promise<readonly StateFile[] | undefined> {
  const data = await readJsonFile(join(directory, 'state.json'));
  if (typeof data !== 'object' || data === null || !('files' in data) || !Array.isArray(data.files)) return undefined;
  return data.files as readonly StateFile[];
}
