/** Puts right what the exit status of some programs says about their answers. */

import type { Evidence } from '../source/source.js';

/** dpkg-query ends with 1 when one of several patterns has no package, and still answers for the others. */
const partialAnswers: ReadonlySet<string> = new Set(['host.packages', 'host.snaps']);
const denial = /operation not permitted|permission denied|you are not allowed|not authorized/i;

/** The same answers; a refusal by a program is `denied`, and an answer for a part of the question is one. */
export function settleAnswers(evidence: readonly Evidence[]): readonly Evidence[] {
  return evidence.map((each) => {
    if (each.status !== 'failed' || each.exitStatus === undefined) return each;
    if (partialAnswers.has(each.id) && (each.text ?? '') !== '') {
      const { reason: _, stderr: __, ...answer } = each;
      return { ...answer, status: 'ok' };
    }
    const refusal = each.stderr?.split('\n').find((line) => denial.test(line));
    return refusal === undefined ? each : { ...each, status: 'denied', reason: refusal.trim().slice(0, 300) };
  });
}
