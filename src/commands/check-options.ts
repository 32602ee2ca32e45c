/** Options of `check`, and what they may not be together. */

import { resolve } from 'node:path';

import type { InferredOptionTypes, Options } from 'yargs';

import { UserError } from '../errors.js';
import { parseCriuOptions } from '../parse/criu-options.js';
import type { Operation } from '../rules/cause.js';
import type { OutputArguments, WorkArguments } from './output-options.js';
import { readPlace } from './where-option.js';

export const checkOptions = {
  engine: {
    type: 'string',
    requiresArg: true,
    describe: 'Engine that owns the container: lxd, incus, lxc; found out when left out',
  },
  on: {
    type: 'string',
    requiresArg: true,
    describe:
      'Host to judge: local, which is this one, ssh:[user@]host[:port], NAME: (a remote), or a report (that host as recorded)',
  },
  sudo: { type: 'boolean', describe: 'Become root by sudo on a host over ssh' },
  to: {
    type: 'string',
    requiresArg: true,
    describe: 'Host that a move goes to: ssh:[user@]host[:port], NAME: (a remote), or a report of it',
  },
  for: {
    type: 'string',
    requiresArg: true,
    choices: ['snapshot', 'stop', 'move', 'restore'],
    describe: 'What is about to be done; stop for a container, everything for a host',
  },
  pid: { type: 'string', requiresArg: true, describe: 'Judge a process tree for criu dump instead of a container' },
  'criu-options': { type: 'string', requiresArg: true, describe: 'Options that criu dump will be given, with --pid' },
  strict: { type: 'boolean', describe: 'Exit with status 4 when there are risks' },
} as const satisfies Record<string, Options>;

export type CheckArguments = InferredOptionTypes<typeof checkOptions> &
  OutputArguments &
  WorkArguments & {
    readonly instance?: string | undefined;
    readonly _: readonly (string | number)[];
  };

/** A check as asked for, options checked against each other. */
export interface CheckWish {
  readonly instance: string | undefined;
  readonly engine: string | undefined;
  readonly pid: number | undefined;
  readonly criuOptions: readonly string[];
  /** Directory that the images of a process tree go to; undefined for containers. */
  readonly images: string | undefined;
  readonly operation: Operation;
  /** What the instance is to be called on the target of a move; left out = the same. */
  readonly nameThere?: string | undefined;
}

/**
 * `cwd`: where criu would be started, which is where it writes without an option that says otherwise.
 * @throws {UserError} for options that do not fit together
 */
export function readCheckWish(parsed: CheckArguments, cwd: string): CheckWish {
  readPlace('--to', parsed.to);
  const instance = instanceOf(parsed);
  const pid = pidOf(parsed.pid);
  const operation = parsed.for;
  if (pid !== undefined && instance !== undefined)
    throw new UserError('--pid and a container cannot be judged at once');
  if (pid !== undefined && operation !== undefined)
    throw new UserError('--pid judges a dump; --for does not go with it');
  if (pid !== undefined && parsed.engine !== undefined && parsed.engine !== 'criu') {
    throw new UserError(`--pid judges a process for criu itself, not for ${parsed.engine}`);
  }
  if (parsed['criu-options'] !== undefined && pid === undefined)
    throw new UserError('--criu-options goes with --pid only');
  if (parsed.to !== undefined && operation !== undefined && operation !== 'move') {
    throw new UserError(`--to goes with --for move, not with --for ${operation}`);
  }
  const criuOptions = parseCriuOptions(parsed['criu-options'] ?? '', refuseWord);
  return {
    instance,
    engine: pid === undefined ? parsed.engine : 'criu',
    pid,
    criuOptions,
    images: pid === undefined ? undefined : resolve(cwd, findImages(criuOptions) ?? '.'),
    operation: operationOf(parsed, instance, pid),
  };
}

function findImages(options: readonly string[]): string | undefined {
  const option = '--images-dir ';
  return options.findLast((each) => each.startsWith(option))?.slice(option.length);
}

function refuseWord(word: string): never {
  throw new UserError(`--criu-options: ${word} is no option of criu`, {
    hint: 'Give them as criu dump gets them: --criu-options "--tcp-established --external unix[123]"',
  });
}

/** The container that is named. After `--` a name may begin with a dash. */
export function instanceOf({ instance, _: words }: CheckArguments): string | undefined {
  const rest = words.slice(1).map(String);
  const names = instance === undefined ? rest : [instance, ...rest];
  if (names.length > 1) throw new UserError(`one container at a time; given were ${names.join(', ')}`);
  if (names[0] === '') throw new UserError('the name of the container is empty');
  return names[0];
}

function pidOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const pid = Number(text);
  // 4194304 is PID_MAX_LIMIT of 64-bit kernels, linux/include/linux/threads.h.
  if (!/^\d+$/.test(text) || pid < 1 || pid > 4_194_304) throw new UserError(`--pid ${text} is no process id`);
  return pid;
}

function operationOf(
  { for: wish, to }: CheckArguments,
  instance: string | undefined,
  pid: number | undefined,
): Operation {
  if (wish !== undefined) return wish;
  if (pid !== undefined) return 'dump';
  if (to !== undefined) return 'move';
  return instance === undefined ? 'host' : 'stop';
}
