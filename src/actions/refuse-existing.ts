/** Finds out beforehand that a file which is to be written exists already. */

import { existsSync } from 'node:fs';

import { UserError } from '../errors.js';

/** @throws {UserError} one of them is there: nothing is ever overwritten */
export function refuseExisting(paths: readonly (string | undefined)[]): void {
  const taken = paths.find((path) => path !== undefined && existsSync(path));
  if (taken !== undefined)
    throw new UserError(`${taken} exists already`, { hint: 'Nothing is overwritten: name another' });
}
