/** The shape of rules/log/*.yaml: log lines that belong to no cause. */

import * as v from 'valibot';

import { logKinds } from './cause.js';

const text = v.pipe(v.string(), v.nonEmpty());

export const logRulesSchema = v.strictObject({
  /** `noise` appears in good runs too; `consequence` follows from an error before it. */
  role: v.picklist(['noise', 'consequence']),
  lines: v.pipe(
    v.array(
      v.strictObject({
        in: v.pipe(v.array(v.picklist(logKinds)), v.nonEmpty()),
        /** A regular expression over the message, as in causes. */
        line: text,
        /** Why it is harmless, or what it follows from. */
        why: v.optional(text),
        /** What to look at when the line is all there is, one sentence or two. */
        advice: v.optional(text),
        /** CEL over captures and `log`: then the line counts after all. */
        unless: v.optional(text),
      }),
    ),
    v.nonEmpty(),
  ),
});

export type LogRules = v.InferOutput<typeof logRulesSchema>;
