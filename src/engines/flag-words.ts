/** Reads a command line as the pflag library of Go does, which the clients of LXD and Incus are built with. */

/** `flag`: true or false. `value`: takes the next word. `optional`: a value only behind `=` (pflag NoOptDefVal). */
export type FlagKind = 'flag' | 'value' | 'optional';

/** A flag by its long name; `short` is its letter. */
export interface FlagShape {
  readonly kind: FlagKind;
  readonly short?: string;
}

export type FlagTable = Readonly<Record<string, FlagShape>>;

/** Words that are no flags, and the flags that were given; `''` for a flag without a value. */
export interface FlagWords {
  readonly words: readonly string[];
  readonly flags: ReadonlyMap<string, string>;
}

/** What pflag would complain of, or what is not known here; one clause. */
export interface FlagProblem {
  readonly problem: string;
}

const trueWords: ReadonlySet<string> = new Set(['1', 't', 'T', 'true', 'TRUE', 'True']);
const falseWords: ReadonlySet<string> = new Set(['0', 'f', 'F', 'false', 'FALSE', 'False']);

/** Flags may stand anywhere before `--`; of one given twice the last counts. */
export function readFlagWords(argv: readonly string[], table: FlagTable): FlagWords | FlagProblem {
  const words: string[] = [];
  const flags = new Map<string, string>();
  for (let index = 0; index < argv.length; index += 1) {
    const word = argv[index] ?? '';
    if (word === '--') return { words: [...words, ...argv.slice(index + 1)], flags };
    if (!word.startsWith('-') || word === '-') {
      words.push(word);
      continue;
    }
    const read = word.startsWith('--')
      ? readLong(word.slice(2), argv[index + 1], table)
      : readShort(word.slice(1), argv[index + 1], table);
    if ('problem' in read) return read;
    for (const [name, value] of read.flags) flags.set(name, value);
    if (read.tookNext) index += 1;
  }
  return { words, flags };
}

/** Whether a flag that is true or false was given as true. */
export function isSet(flags: ReadonlyMap<string, string>, name: string): boolean {
  const value = flags.get(name);
  return value !== undefined && !falseWords.has(value);
}

interface ReadFlags {
  readonly flags: readonly (readonly [string, string])[];
  readonly tookNext: boolean;
}

function readLong(text: string, next: string | undefined, table: FlagTable): ReadFlags | FlagProblem {
  const [, name = '', value] = /^([^=]*)(?:=(.*))?$/s.exec(text) ?? [];
  const shape = Object.hasOwn(table, name) ? table[name] : undefined;
  if (shape === undefined) return { problem: `the option --${name} is not known here` };
  if (value !== undefined) return accept(name, shape, value);
  if (shape.kind !== 'value') return { flags: [[name, '']], tookNext: false };
  return next === undefined
    ? { problem: `the option --${name} needs a value` }
    : { flags: [[name, next]], tookNext: true };
}

function accept(name: string, { kind }: FlagShape, value: string): ReadFlags | FlagProblem {
  if (kind === 'flag' && !trueWords.has(value) && !falseWords.has(value)) {
    return { problem: `the option --${name} is true or false, not ${value}` };
  }
  return { flags: [[name, value]], tookNext: false };
}

/** `-fq`, `-s pool`, `-spool`, `-s=pool`. */
function readShort(letters: string, next: string | undefined, table: FlagTable): ReadFlags | FlagProblem {
  const flags: (readonly [string, string])[] = [];
  for (let index = 0; index < letters.length; index += 1) {
    const letter = letters[index] ?? '';
    const [name, shape] = Object.entries(table).find(([, { short }]) => short === letter) ?? [];
    if (name === undefined || shape === undefined) return { problem: `the option -${letter} is not known here` };
    const rest = letters.slice(index + 1);
    if (rest.startsWith('=') || (shape.kind === 'value' && rest !== '')) {
      const read = accept(name, shape, rest.replace(/^=/, ''));
      return 'problem' in read ? read : { flags: [...flags, ...read.flags], tookNext: false };
    }
    if (shape.kind === 'value') {
      if (next === undefined) return { problem: `the option -${letter} needs a value` };
      return { flags: [...flags, [name, next]], tookNext: true };
    }
    flags.push([name, '']);
  }
  return { flags, tookNext: false };
}
