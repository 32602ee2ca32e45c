/** `affects` ranges of rules, turned into expressions of the rule language. */

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
  const bounds = range.trim().split(/\s+/).map((word) => /^(>=|<)(\d[\w.+-]*)$/.exec(word));
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

/** First fixed version of each program, read from the upper ends of the ranges. */
export function fixedVersions(
  ranges: readonly Readonly<Record<string, string | undefined>>[],
): Readonly<Record<string, string>> {
  const fixed: Record<string, string> = {};
  for (const range of ranges) {
    for (const [program, text] of Object.entries(range)) {
      const upper = parseRange(text ?? '')?.find((bound) => bound.operator === '<');
      if (upper !== undefined) fixed[program] ??= upper.version;
    }
  }
  return fixed;
}
