/** The shape of a residue file: what a failed action can leave behind, how to see it and how to take it away. */

import * as v from 'valibot';

const text = v.pipe(v.string(), v.trim(), v.nonEmpty());
/** A program and its arguments, never through a shell; `{name}` is filled in. */
const argv = v.pipe(v.array(text), v.minLength(1));

/** What may stand in braces besides the names that the pattern captures. */
export const residuePlaces = ['init', 'cgroup', 'engine', 'instance', 'tracers', 'orphans'] as const;

export const residueSchema = v.strictObject({
  title: text,
  why: text,
  /** What it does to the instance while it is there: no network, no life, a second life on its files, or nothing. */
  effect: v.picklist(['cut-off', 'frozen', 'twin', 'litter']),
  /** In which state of the instance it can be looked for, and taken away. */
  onlyWhen: v.picklist(['running', 'stopped', 'always']),
  detect: v.strictObject({
    /** `network`: in the network namespace of the instance's init. */
    in: v.optional(v.picklist(['host', 'network']), 'host'),
    run: argv,
    /** A regular expression; each line of the output that it matches is one residue. */
    line: text,
  }),
  /** For each match, then once for all of them. Nothing here may delete what it does not know. */
  clean: v.optional(v.array(argv), []),
  cleanAfter: v.optional(v.array(argv), []),
  /** What a person has to do where no command is safe. */
  byHand: v.optional(text),
  risk: text,
  refs: v.optional(v.array(text), []),
  tests: v.pipe(
    v.array(
      v.strictObject({
        name: text,
        output: v.string(),
        /** The first command of `clean` for each match, its words joined; or the matching lines where there is none. */
        finds: v.array(v.string()),
      }),
    ),
    v.minLength(2),
  ),
});

export type ResidueFile = v.InferOutput<typeof residueSchema>;

/** A residue with its id, which is the file's name. */
export interface Residue extends ResidueFile {
  readonly id: string;
  readonly file: string;
}

/** A match in the output of the detecting command. */
export interface ResidueMatch {
  readonly line: string;
  readonly captures: Readonly<Record<string, string>>;
}

const maxMatches = 50;

/** The lines of `output` that show the residue. `values` stand for the places. */
export function matchResidue(
  { detect }: Pick<Residue, 'detect'>,
  output: string,
  values: Readonly<Record<string, string>>,
): readonly ResidueMatch[] {
  const literal = detect.line.replaceAll(/\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(values, name) ? escapePattern(values[name] ?? '') : whole,
  );
  const pattern = new RegExp(literal);
  return output
    .split('\n')
    .flatMap((line) => {
      const match = pattern.exec(line.slice(0, 1000));
      return match === null ? [] : [{ line, captures: { ...match.groups } }];
    })
    .slice(0, maxMatches);
}

/** The words with the values put in; undefined where a value is missing. */
export function fillArgv(
  words: readonly string[],
  values: Readonly<Record<string, string | undefined>>,
): readonly string[] | undefined {
  const filled = words.map((word) =>
    word.replaceAll(/\{(\w+)\}/g, (_, name: string) => (Object.hasOwn(values, name) ? (values[name] ?? '\0') : '\0')),
  );
  return filled.some((word) => word.includes('\0')) ? undefined : filled;
}

function escapePattern(value: string): string {
  return value.replaceAll(/[\\^$.*+?()[\]{}|-]/g, String.raw`\$&`);
}
