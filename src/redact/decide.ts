/** What is to become of a value in a structured document, decided by the keys that lead to it. */

import type { Redactor } from './edits.js';
import type { RedactionRule } from './ledger.js';

/** Undefined = it stays; a rule = it goes; a redactor = it is a text of its own that is looked into. */
export type Decision = RedactionRule | Redactor | undefined;

/** `path`: the keys from the outermost inward; lists add nothing. */
export type Decide = (path: readonly string[]) => Decision;
