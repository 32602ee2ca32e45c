/** `--against`: sets a failure beside a run that worked. */

import { UserError } from '../errors.js';
import { compareLogs, type JudgedLogs } from '../findings/compare.js';
import type { Triage } from '../findings/finding.js';

/**
 * The triage with what differs from the run that worked.
 * @throws {UserError} the two cannot be compared
 */
export function compareWith(
  bad: JudgedLogs,
  good: JudgedLogs,
  names: { readonly bad: string; readonly good: string },
): Triage {
  const compared = compareLogs(bad, good);
  if ('comparison' in compared) return { ...bad.triage, comparison: compared.comparison };
  throw new UserError(`${names[compared.of]}: ${compared.problem}`, {
    hint: '--against takes the log of a run of the same kind that went well',
  });
}
