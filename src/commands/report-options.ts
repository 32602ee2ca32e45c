/** Options of `report`. */

import type { InferredOptionTypes, Options } from 'yargs';

import type { WorkArguments } from './output-options.js';

export const reportOptions = {
  engine: { type: 'string', requiresArg: true, describe: 'Engine that owns the container; found out when left out' },
  on: {
    type: 'string',
    requiresArg: true,
    describe: 'Host to report: local, ssh:[user@]host[:port], NAME: (a remote)',
  },
  to: { type: 'string', requiresArg: true, describe: 'Host that it was to go to, which is reported as well' },
  sudo: { type: 'boolean', describe: 'Become root by sudo on a host over ssh' },
  only: { type: 'string', requiresArg: true, describe: 'Ids of the evidence to collect, separated by commas' },
  error: { type: 'string', requiresArg: true, describe: 'File with what the failed command displayed, - for stdin' },
  output: { type: 'string', alias: 'o', requiresArg: true, describe: 'File to write; it must not exist' },
  show: { type: 'boolean', describe: 'Write no file, print what would be in it and what would be taken out' },
  anonymize: {
    type: 'boolean',
    describe: 'Also replace names of hosts and users, IP and MAC addresses by stand-ins; NAME.names.json tells which',
  },
} as const satisfies Record<string, Options>;

export type ReportArguments = InferredOptionTypes<typeof reportOptions> &
  WorkArguments & { readonly instance?: string | undefined };
