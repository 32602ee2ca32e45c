/** Tells which secrets were taken out of a text by its edits, so that they can be looked for elsewhere. */

import { markOf, type Edit } from './edits.js';
import { redactionRules, type RedactionRule } from './ledger.js';

/** Something that was taken out, and the rule that took it. */
export interface Taken {
  readonly value: string;
  readonly rule: RedactionRule;
}

const anyMark = /\[redacted:([a-z-]+)\]/g;

/** Every value that the edits took; what went without a mark of its own belongs to the mark before it. */
export function takenValues(text: string, edits: readonly Edit[]): readonly Taken[] {
  let last: RedactionRule = 'unparsable';
  return edits.flatMap(({ start, end, replacement }) => {
    const before = plainOf(text.slice(start, end));
    const taken = alignMarks(before, plainOf(replacement), last);
    last = taken.at(-1)?.rule ?? last;
    return taken;
  });
}

/** What stands between the pieces that were kept. */
function alignMarks(before: string, after: string, rule: RedactionRule): readonly Taken[] {
  // Further lines of a block in YAML.
  if (after === '#') return [{ value: before, rule }];
  const marks = [...after.matchAll(anyMark)].flatMap(([mark, name = '']) =>
    isRule(name) ? [{ mark, rule: name }] : [],
  );
  const taken: Taken[] = [];
  let kept = 0;
  let at = 0;
  for (const [index, { mark, rule: own }] of marks.entries()) {
    const place = after.indexOf(mark, kept);
    const piece = after.slice(kept, place);
    const found = before.indexOf(piece, at);
    if (found === -1) return taken;
    kept = place + mark.length;
    at = found + piece.length;
    const following = marks[index + 1];
    const next = after.slice(kept, following === undefined ? after.length : after.indexOf(following.mark, kept));
    const end = following === undefined ? before.length - next.length : before.indexOf(next, at + 1);
    // A mark that was there before took nothing now.
    if (end > at && !before.startsWith(mark, at)) taken.push({ value: before.slice(at, end), rule: own });
  }
  return taken;
}

function isRule(name: string): name is RedactionRule {
  return Object.hasOwn(redactionRules, name);
}

/** Without the quotes of JSON or YAML. */
function plainOf(source: string): string {
  if (source.startsWith("'") && source.endsWith("'") && source.length > 1)
    return source.slice(1, -1).replaceAll("''", "'");
  if (!source.startsWith('"') || source.length > maxScalar) return source;
  try {
    const value: unknown = JSON.parse(source);
    return typeof value === 'string' ? value : source;
  } catch {
    return source;
  }
}

/** Longer texts are no secrets but whole files. */
const maxScalar = 1024 * 1024;

/** Marks as they stand in texts; nothing that is part of one may be looked for. */
const allMarks = Object.keys(redactionRules).filter(isRule).map(markOf).join(' ');

/** True for what is part of a mark, so that looking for it would break marks. */
export function isInMarks(value: string): boolean {
  return allMarks.includes(value);
}
