/** Reads what the failed command displayed, from the file, pipe or standard input that `--error` names. */

import { UserError } from '../errors.js';
import type { ToldAction } from '../report/action.js';
import { keepDisplayed } from '../report/displayed-output.js';
import { openLogs, type LogInput } from '../source/log-files.js';
import { isPipe, openPipe } from '../source/pipe-input.js';
import type { Invocation } from './invocation.js';
import { deadlineOf } from './output-options.js';

/** A pipe without an end is not read for ever. */
const maxPipedBytes = 64 * 1024 * 1024;

/**
 * At most the end of it. `timeout`: seconds, for pipes.
 * @throws {UserError} it cannot be read, or is no text
 */
export async function readFailedOutput(
  path: string,
  timeout: string,
  invocation: Invocation,
): Promise<ToldAction['output']> {
  if (path !== '-' && (await isPipe(path).catch(() => false))) {
    const input = openPipe(path, { maxBytes: maxPipedBytes, signal: deadlineOf({ timeout }, invocation) });
    const output = await keepDisplayed(input.open(), 'pipe');
    return { ...output, cut: input.cut() ?? output.cut };
  }
  const inputs = await openFile(path, invocation);
  const [input] = inputs;
  if (input === undefined || inputs.length > 1 || input.name !== path) {
    throw new UserError(`--error ${path}: is a directory, not a file`);
  }
  return keepDisplayed(input.open(), path === '-' ? 'standard input' : path);
}

async function openFile(path: string, { stdin }: Invocation): Promise<readonly LogInput[]> {
  try {
    return await openLogs([path], stdin);
  } catch (error) {
    if (!(error instanceof UserError) || !/^\/(?:dev|proc\/self)\/fd\/\d+$/.test(path)) throw error;
    throw new UserError(error.message, {
      hint: 'sudo closes what <(COMMAND) opens: COMMAND 2>&1 | sudo crdoctor report NAME --error -',
    });
  }
}
