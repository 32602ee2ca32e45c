/** `affects` ranges of rules, turned into expressions of the rule language. */

import type { CauseFile } from './cause.js';

/** Where the version of a program stands among the facts. */
const versionFacts: Readonly<Record<string, string>> = {
  criu: 'host.criu.version',
  kernel: 'host.kernel.release',
  lxd: 'engine.version',
  incus: 'engine.version',
  liblxc: 'engine.liblxc',
};

/** One comparison of a range: `>=3.17`. */
export interface Bound {
  readonly operator: '>=' | '<';
  readonly version: string;
}

/**
 * `>=3.17 <4.2` -> two bounds. Only `>=` and `<` exist, because "fixed in" and "since" are what is known.
 * Undefined when the text is no range.
 */
export function parseRange(range: string): readonly Bound[] | undefined {
  const bounds = range
    .trim()
    .split(/\s+/)
    .map((word) => /^(>=|<)(\d[\w.+-]*)$/.exec(word));
  if (bounds.some((bound) => bound === null)) return undefined;
  return bounds.flatMap((bound) =>
    bound === null ? [] : [{ operator: bound[1] === '<' ? ('<' as const) : ('>=' as const), version: bound[2] ?? '' }],
  );
}

/** The ranges as a condition of the rule language; empty when there are none. */
export function rangesToExpression(ranges: Readonly<Record<string, string | undefined>>): string {
  return Object.entries(ranges)
    .flatMap(([program, range]) =>
      (parseRange(range ?? '') ?? []).map(({ operator, version }) => {
        const method = operator === '<' ? 'before' : 'atLeast';
        const comparison = `${versionFacts[program] ?? ''}.${method}('${version}')`;
        // A range of one engine says nothing about another one.
        return program === 'lxd' || program === 'incus' ? `(engine.name == '${program}' && ${comparison})` : comparison;
      }),
    )
    .join(' && ');
}

/** First versions without the defect, by program: as written, and where the range of a prediction ends. */
export function fixedVersions({
  predict,
  fixedIn = {},
}: Pick<CauseFile, 'predict' | 'fixedIn'>): Record<string, string> {
  const fixed: Record<string, string> = {};
  for (const [program, range = ''] of predict.flatMap(({ affects = {} }) => Object.entries(affects))) {
    const end = parseRange(range)?.find(({ operator }) => operator === '<');
    if (end !== undefined) fixed[program] ??= end.version;
  }
  for (const [program, version] of Object.entries(fixedIn)) {
    if (version !== undefined) fixed[program] = version;
  }
  return fixed;
}
