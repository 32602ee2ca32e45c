/** Options of `file`, checked against each other. */

import type { InferredOptionTypes, Options } from 'yargs';

import { UserError } from '../errors.js';
import type { Invocation } from './invocation.js';
import type { WorkArguments } from './output-options.js';
import { asWritten } from './prepared-argv.js';

export const fileOptions = {
  to: {
    type: 'string',
    requiresArg: true,
    demandOption: true,
    choices: ['launchpad', 'lxd', 'incus', 'criu', 'podman', 'moby'],
    describe: 'Tracker to write for',
  },
  upload: { type: 'boolean', describe: 'With launchpad: show what would be sent, ask, and send it' },
  output: { type: 'string', alias: 'o', requiresArg: true, describe: 'Directory to make; it must not exist' },
} as const satisfies Record<string, Options>;

export type FileArguments = InferredOptionTypes<typeof fileOptions> & WorkArguments & { readonly report: string };

export interface FileWish {
  /** Path of the report. */
  readonly report: string;
  readonly tracker: string;
  readonly output: string | undefined;
  /** Where it is to be sent; undefined = nothing is sent. */
  readonly upload: URL | undefined;
  /** Addresses of Launchpad: of its root, and of bugs. */
  readonly launchpad: { readonly root: URL; readonly bugs: string };
}

/** @throws {UserError} for options that do not fit together, and for a terminal that is none */
export function readFileWish(parsed: FileArguments, invocation: Invocation): FileWish {
  const { report, to, output, upload = false } = parsed;
  const path = asWritten(report);
  if (path === '-' || path === '') {
    throw new UserError('file reads a report that lies on the disk', {
      hint: 'Name it: crdoctor file REPORT --to criu',
    });
  }
  if (upload && to !== 'launchpad') {
    throw new UserError('--upload sends to launchpad alone', {
      hint: `For ${to}, open the address that is printed without it and paste the text.`,
    });
  }
  if (upload && invocation.canAsk?.() !== true) {
    throw new UserError('--upload asks before it sends anything, and there is no terminal to ask at', {
      hint: 'Without --upload the same files are written, and nothing is sent.',
    });
  }
  const root = launchpadRoot(invocation.env['CRDOCTOR_LAUNCHPAD']);
  return {
    report: path,
    tracker: to,
    output: output === undefined ? undefined : asWritten(output),
    upload: upload ? root : undefined,
    launchpad: { root, bugs: bugsAddress(root) },
  };
}

/** @throws {UserError} it is no address that a report may be sent to */
function launchpadRoot(given: string | undefined): URL {
  if (given === undefined || given === '') return new URL('https://launchpad.net/');
  const url = URL.canParse(given) ? new URL(given) : undefined;
  const isLocal = url !== undefined && ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname);
  if (url?.protocol !== 'https:' && !(isLocal && url.protocol === 'http:')) {
    throw new UserError('CRDOCTOR_LAUNCHPAD is no https address', {
      hint: 'Such as https://qastaging.launchpad.net/; http is for this machine alone.',
    });
  }
  return new URL('/', url);
}

/** Bugs have a host of their own: `bugs.launchpad.net`, `bugs.qastaging.launchpad.net`. */
function bugsAddress({ protocol, host }: URL): string {
  return `${protocol}//${host.endsWith('launchpad.net') ? 'bugs.' : ''}${host}`;
}
