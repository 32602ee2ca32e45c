/** Options of `triage`, and which of the paths on its command line tell of the same failure. */

import type { InferredOptionTypes, Options } from 'yargs';

import { UserError } from '../errors.js';
import type { Triage } from '../findings/finding.js';
import type { PlaceForm } from '../source/report-form.js';
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
the terminal showed. With two or more reports, archives or directories among
them, each PATH is a failure of its own, and they are grouped by signature.

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

/**
 * Which paths belong together. With two or more reports, archives or directories among them each path
 * is a failure of its own; otherwise all that is named tells of one failure: a log of the dump with
 * that of the restore, a directory with what the terminal showed.
 * @throws {UserError} the options do not fit together
 */
export function planTriage(
  paths: readonly string[],
  forms: readonly (PlaceForm | undefined)[],
  { each = false, together = false, against }: Partial<Pick<TriageArguments, 'each' | 'together' | 'against'>>,
): TriagePlan {
  if (each && together) throw new UserError('--each and --together contradict each other');
  const isGrouped = each || (!together && forms.filter((form) => form !== undefined).length > 1);
  if (isGrouped && against !== undefined) {
    throw new UserError('--against compares one failure', { hint: 'name one, or --together if all tell of the same' });
  }
  const failures = isGrouped ? paths.map((path) => [path]) : [paths];
  return { failures: failures.map((own) => ({ input: own.join(', '), paths: own })), isGrouped };
}

/** Says when logs that were taken for those of one failure cannot be: half of a migration has a kernel of its own. */
export function noteMixture(
  triage: Triage,
  paths: readonly string[],
  { together }: Pick<TriageArguments, 'together'>,
): Triage {
  const { runs = [] } = triage;
  const kernelsOf = (half: string): number =>
    new Set(runs.flatMap(({ phase, kernel }) => (phase === half ? (kernel ?? []) : []))).size;
  const isMixed = paths.length > 1 && together !== true && (kernelsOf('dump') > 1 || kernelsOf('restore') > 1);
  if (!isMixed) return triage;
  const note =
    'These logs are of different kernels, and were judged as those of one failure: --each judges each by itself.';
  return { ...triage, notes: [note, ...triage.notes] };
}
