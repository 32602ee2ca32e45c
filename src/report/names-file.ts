/** Writes down what is behind the stand-ins of an anonymised report: beside it, never in it. */

import { closeSync, constants, fchownSync, lstatSync, openSync, unlinkSync, writeSync } from 'node:fs';

import { errorCode, explainSystemError, UserError } from '../errors.js';
import { escapeJson } from '../render/escape.js';
import type { StandInEntry } from '../redact/stand-ins.js';

/** `REPORT.names.json`. */
export interface NamesFile {
  readonly schema: 'crdoctor.names/1';
  /** The name of the report that it belongs to, without its directory. */
  readonly report: string;
  readonly names: readonly StandInEntry[];
}

/** `/srv/x.tar.gz.names.json`. */
export function namesPath(reportPath: string): string {
  return `${reportPath}.names.json`;
}

/**
 * Writes it for its owner alone; nothing is overwritten and no link followed.
 * @throws {UserError} something has the name already, or it cannot be written
 */
export function writeNames(
  path: string,
  file: NamesFile,
  owner?: { readonly uid: number; readonly gid: number },
): void {
  try {
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
    const descriptor = openSync(path, flags, 0o600);
    try {
      writeSync(descriptor, `${escapeJson(JSON.stringify(file, undefined, 2))}\n`);
      if (owner !== undefined) fchownSync(descriptor, owner.uid, owner.gid);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    if (errorCode(error) === 'EEXIST') throw taken(path);
    throw explainSystemError(error, `cannot write ${path}`);
  }
}

/** @throws {UserError} something has the name that the file is to get */
export function refuseTakenNames(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) throw taken(path);
}

/** For a report that did not come into being after all. */
export function removeNames(path: string): void {
  unlinkSync(path);
}

function taken(path: string): UserError {
  return new UserError(`${path} exists already`, { hint: 'Nothing is ever overwritten; name another file with -o' });
}
