/** Options of `guard`, and what they may not be together. */

import { resolve } from 'node:path';

import type { InferredOptionTypes, Options } from 'yargs';

import type { GuardWish, RecoveryWish } from '../actions/guard-record.js';
import { UserError } from '../errors.js';
import type { Invocation } from './invocation.js';
import { outputOptions, workOptions } from './output-options.js';
import { readPlaceOf } from './where-option.js';

export const guardOptions = {
  force: { type: 'string', requiresArg: true, describe: 'Cause to run in spite of; may be given several times' },
  reason: { type: 'string', requiresArg: true, describe: 'Why, with --force; it goes into the report' },
  'no-insurance': { type: 'string', requiresArg: true, describe: 'Why nothing needs to be kept before the command' },
  probe: { type: 'string', requiresArg: true, describe: 'Command that tells whether all is well afterwards' },
  to: {
    type: 'string',
    requiresArg: true,
    describe:
      'Where a move can be looked at on its target: ssh:[user@]host[:port]; left out, at the address of the remote',
  },
  recover: {
    type: 'string',
    requiresArg: true,
    choices: ['retry', 'fresh', 'clean'],
    describe: 'After a failure: try again from the kept state, boot without it, or take away what was left',
  },
  'status-file': { type: 'string', requiresArg: true, describe: 'File for the verified outcome as JSON' },
  output: { type: 'string', alias: 'o', requiresArg: true, describe: 'File for the report of a failure' },
  timeout: { type: 'string', requiresArg: true, describe: 'Seconds after which to warn; the command is never ended' },
  list: { type: 'boolean', describe: 'List the guards there have been' },
  resume: { type: 'string', requiresArg: true, describe: 'Finish a guard that was cut short, or recover after one' },
  forget: { type: 'string', requiresArg: true, describe: 'Delete what a guard has kept; done: of all that went well' },
  'no-color': outputOptions['no-color'],
  progress: workOptions.progress,
  rules: workOptions.rules,
} as const satisfies Record<string, Options>;

export type GuardArguments = InferredOptionTypes<typeof guardOptions>;

/** What guard is asked for. */
export type GuardTask =
  | { readonly kind: 'list' }
  | { readonly kind: 'forget'; readonly id: string }
  | { readonly kind: 'resume'; readonly id: string; readonly recover: RecoveryWish | undefined }
  | { readonly kind: 'run'; readonly command: readonly string[]; readonly wish: GuardWish };

/** @throws {UserError} for options that do not fit together */
export function readGuardTask(parsed: GuardArguments, { argv, cwd }: Invocation): GuardTask {
  const end = argv.indexOf('--');
  const command = end < 0 ? [] : argv.slice(end + 1);
  const { list, resume, forget } = parsed;
  const tasks = [list === true, resume !== undefined, forget !== undefined, command.length > 0];
  if (tasks.filter(Boolean).length !== 1) {
    throw new UserError(
      tasks.some(Boolean)
        ? '--list, --resume, --forget and a command are one at a time'
        : 'there is no command to guard',
      { hint: 'crdoctor guard [options] -- lxc stop c1 --stateful' },
    );
  }
  const recover = recoveryOf(parsed.recover);
  if (list === true) return { kind: 'list' };
  if (forget !== undefined) return { kind: 'forget', id: forget };
  if (resume !== undefined) return { kind: 'resume', id: resume, recover };
  return { kind: 'run', command, wish: readWish(parsed, recover, cwd) };
}

function recoveryOf(word: string | undefined): RecoveryWish | undefined {
  return word === 'retry' || word === 'fresh' || word === 'clean' ? word : undefined;
}

function readWish(parsed: GuardArguments, recover: RecoveryWish | undefined, cwd: string): GuardWish {
  const given: string | readonly string[] | undefined = parsed.force;
  const force = given === undefined ? [] : typeof given === 'string' ? [given] : given;
  const { reason, probe, output, 'no-insurance': noInsurance, 'status-file': statusFile } = parsed;
  if (force.length > 0 && (reason ?? '').trim() === '') {
    throw new UserError('--force needs --reason TEXT', { hint: 'The reason goes into the report' });
  }
  if (force.length === 0 && reason !== undefined) throw new UserError('--reason goes with --force');
  if (noInsurance !== undefined && noInsurance.trim() === '') throw new UserError('--no-insurance needs a reason');
  const warnAfterS = secondsOf(parsed.timeout);
  if (parsed.to !== undefined) readPlaceOf(['ssh', 'remote', 'report'], '--to', parsed.to);
  return {
    force,
    ...(reason !== undefined && { forceReason: reason }),
    ...(noInsurance !== undefined && { noInsurance }),
    ...(probe !== undefined && { probe }),
    ...(recover !== undefined && { recover }),
    ...(parsed.to !== undefined && { to: parsed.to }),
    ...(output !== undefined && { output: resolve(cwd, output) }),
    ...(statusFile !== undefined && { statusFile: resolve(cwd, statusFile) }),
    ...(warnAfterS !== undefined && { warnAfterS }),
  };
}

function secondsOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const seconds = Number(text);
  if (!(seconds > 0 && seconds <= 86_400)) throw new UserError(`--timeout ${text} is no number of seconds`);
  return seconds;
}
