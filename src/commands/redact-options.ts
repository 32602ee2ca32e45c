/** Options of `redact`. */

import type { InferredOptionTypes, Options } from 'yargs';

export const redactedReport = {
  type: 'string',
  demandOption: true,
  describe: 'Report to take secrets out of, packed or unpacked',
} as const;

export const redactOptions = {
  output: { type: 'string', alias: 'o', requiresArg: true, describe: 'File to write; it must not exist' },
  show: { type: 'boolean', describe: 'Write no file, print what would be taken out' },
  anonymize: {
    type: 'boolean',
    describe: 'Also replace names of hosts and users, IP and MAC addresses by stand-ins; NAME.names.json tells which',
  },
} as const satisfies Record<string, Options>;

export type RedactArguments = InferredOptionTypes<typeof redactOptions> & { readonly report: string };
