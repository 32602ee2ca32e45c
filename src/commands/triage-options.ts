/** Options of `triage`, and which of the paths on its command line tell of the same failure. */

import type { InferredOptionTypes, Options } from 'yargs';

import { UserError } from '../errors.js';
import type { ReportForm } from '../source/report-form.js';
import type { OutputArguments, WorkArguments } from './output-options.js';
import { asWritten } from './prepared-argv.js';

export const triageOptions = {
  against: {
    type: 'string',
    requiresArg: true,
    describe: 'A run of the same kind that worked: also say what differs from it',
  },
  each: { type: 'boolean', describe: 'Each PATH is a failure of its own: judge them one by one, grouped by signature' },
  verbose: { type: 'boolean', describe: 'Also every step of each run, and every line that proves it' },
  together: { type: 'boolean', describe: 'All PATHs tell of one failure' },
} as const satisfies Record<string, Options>;

/** What the options alone do not say. */
export const triageEpilogue = `Logs named together tell of one failure: dump.log with restore.log, or with what
the terminal showed. Two or more reports, archives or directories are as many
failures, grouped by signature; logs beside them are one more.

Exit status: 0 a cause was found or nothing failed, 2 wrong use or an input that
cannot be read, 5 a failure that stays unexplained.`;

export type TriageArguments = InferredOptionTypes<typeof triageOptions> &
  OutputArguments &
  WorkArguments & { readonly path?: readonly string[] | undefined; readonly _: readonly (string | number)[] };

/** After `--` a path may begin with a dash. */
export function pathsOf({ path = [], _: words, against }: TriageArguments): readonly string[] {
  const paths = [...path.map(asWritten), ...words.slice(1).map(String)];
  if (paths.length === 0) {
    throw new UserError('no log was named', { hint: 'name a log, a directory of logs, or - for standard input' });
  }
  if (paths.includes('') || against === '') throw new UserError('the name of a log is empty');
  const read = against === undefined ? paths : [...paths, asWritten(against)];
  if (read.filter((each) => each === '-').length > 1) throw new UserError('standard input can be read once only');
  return paths;
}

/** Paths that tell of one failure. */
export interface PlannedFailure {
  /** What it is called. */
  readonly input: string;
  readonly paths: readonly string[];
}

/** What is to be judged. */
export interface TriagePlan {
  readonly failures: readonly PlannedFailure[];
  /** The answer is about several failures, even if there is but one. */
  readonly isGrouped: boolean;
}

const oneOf = (paths: readonly string[]): PlannedFailure => ({ input: paths.join(', '), paths });

/**
 * Which paths belong together. Two or more reports, archives or directories are as many failures, and
 * single logs beside them are one more; everything else that is named tells of one failure: a log of
 * the dump with that of the restore, a directory with what the terminal showed.
 * @throws {UserError} the options do not fit together
 */
export function planTriage(
  paths: readonly string[],
  forms: readonly (ReportForm | undefined)[],
  { each = false, together = false, against }: Partial<Pick<TriageArguments, 'each' | 'together' | 'against'>>,
): TriagePlan {
  if (each && together) throw new UserError('--each and --together contradict each other');
  const holders = paths.filter((_, at) => forms[at] !== undefined);
  const loose = paths.filter((_, at) => forms[at] === undefined);
  const isGrouped = each || (!together && holders.length > 1);
  if (isGrouped && against !== undefined) {
    throw new UserError('--against compares one failure', { hint: 'name one, or --together if all tell of the same' });
  }
  if (!isGrouped) return { failures: [oneOf(paths)], isGrouped };
  const single = each ? paths : holders;
  const rest = each || loose.length === 0 ? [] : [oneOf(loose)];
  return { failures: [...single.map((path) => oneOf([path])), ...rest], isGrouped };
}
