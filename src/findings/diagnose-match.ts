/** Compares the lines of logs to what the rules know about lines. */

import type { LogEvent } from '../evidence/log-reading.js';
import { indexWords, type WordIndex } from '../evidence/log-words.js';
import type { LogFacts } from '../facts/schema.js';
import { captureNames } from '../rules/captures.js';
import type { Cause, LogKind } from '../rules/cause.js';
import { compileLogCondition } from '../rules/language.js';
import type { RuleSet } from '../rules/load.js';
import { wordsOf } from '../rules/pattern-words.js';
import { compileLogMessage } from '../rules/template.js';

/** What a line is to a failure. */
export type LineRole = 'root' | 'consequence' | 'noise';

type Captures = Readonly<Record<string, string>>;

/** A pattern of a rule, ready to be compared to lines. */
interface CompiledLine {
  /** Undefined: noise or a consequence that belongs to no cause. */
  readonly cause?: Cause;
  readonly role: LineRole;
  readonly kinds: ReadonlySet<LogKind>;
  readonly pattern: () => RegExp;
  /** One of these is in every line that matches; undefined = no telling. */
  readonly words: readonly string[] | undefined;
  readonly confidence: number;
  /** Expressions are compiled when a line of theirs turns up, which few do. */
  readonly applies: (log: () => LogFacts, captures: Captures) => boolean | undefined;
  readonly explain: (log: () => LogFacts, captures: Captures) => string | undefined;
  readonly advice?: string;
  /** The condition asks how the run went, so the line may be one of a run that succeeded. */
  readonly judgesSuccess: boolean;
}

/** A rule that a line fits. */
export interface LineMatch {
  readonly cause?: Cause;
  readonly role: LineRole;
  /** 0 to 1, lowered when the condition could not be decided. */
  readonly confidence: number;
  /** What the rule says about this line. */
  readonly message: () => string | undefined;
  /** What to look at when nothing tells the cause. */
  readonly advice?: string;
  readonly captures: Captures;
  readonly judgesSuccess: boolean;
}

/** The part of the rules that lines are compared to. */
export type LineRules = Pick<RuleSet, 'causes' | 'logRules'>;

/** How much is left of a confidence when the condition of a rule needs what the log does not tell. */
const undecidedShare = 0.85;

const lazily = <Value>(make: () => Value): (() => Value) => {
  let made: { readonly value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
};

const compileSignatures = (cause: Cause): readonly CompiledLine[] =>
  cause.diagnose.map(({ in: kinds, role, line, when, confidence, message }) => {
    const captures = lazily(() => captureNames(line));
    const condition = lazily(() => compileLogCondition(when ?? 'true', captures()));
    const template = lazily(() => compileLogMessage(message ?? '', captures()));
    return {
      cause,
      role,
      kinds: new Set(kinds),
      pattern: lazily(() => new RegExp(line)),
      words: wordsOf(line),
      confidence,
      applies: (log, values) => (when === undefined ? true : condition()(log(), values)),
      explain: (log, values) => (message === undefined ? undefined : template()(log(), values)),
      judgesSuccess: when?.includes('log.succeeded') === true,
    };
  });

const compileLogRules = (logRules: LineRules['logRules']): readonly CompiledLine[] =>
  logRules.flatMap(({ role, lines }) =>
    lines.map(({ in: kinds, line, unless, advice }) => {
      const condition = lazily(() => compileLogCondition(unless ?? 'false', captureNames(line)));
      return {
        role,
        kinds: new Set(kinds),
        pattern: lazily(() => new RegExp(line)),
        words: wordsOf(line),
        confidence: 1,
        applies: (log: () => LogFacts, values: Captures) => unless === undefined || condition()(log(), values) !== true,
        explain: () => undefined,
        ...(advice === undefined ? {} : { advice }),
        judgesSuccess: false,
      };
    }),
  );

const compiledCauses = new WeakMap<Cause, readonly CompiledLine[]>();
const compiledLogRules = new WeakMap<LineRules['logRules'], readonly CompiledLine[]>();

const memoized = <Key extends object, Value>(
  memory: WeakMap<Key, Value>,
  key: Key,
  make: (key: Key) => Value,
): Value => {
  const known = memory.get(key) ?? make(key);
  memory.set(key, known);
  return known;
};

/** Every line the rules know, compiled once for each cause. */
const compileLines = (rules: LineRules): readonly CompiledLine[] => [
  ...rules.causes.flatMap((cause) => memoized(compiledCauses, cause, compileSignatures)),
  ...memoized(compiledLogRules, rules.logRules, compileLogRules),
];

/** Words by which a reader finds the lines that rules are about among all others. */
export const watchedWords = (rules: LineRules): readonly string[] => [
  ...new Set(compileLines(rules).flatMap(({ words }) => words ?? [])),
];

/** Whose words a line may be. What liblxc says stands in the logs of the daemons that use it. */
const speakers = (event: LogEvent): readonly LogKind[] | 'anybody' => {
  if (event.kind === 'criu' || event.kind === 'kernel') return [event.kind];
  if (event.kind === 'lxc') return ['lxc', 'lxd', 'incus'];
  return 'anybody';
};

/** The lines of rules, and a way to those that a message may fit. */
export interface LineIndex {
  readonly lines: readonly CompiledLine[];
  readonly byWord: WordIndex<number>;
  /** Places of lines without a word to look for. */
  readonly wordless: readonly number[];
}

/** Makes the way to lines by their words. */
export const indexLines = (rules: LineRules): LineIndex => {
  const lines = compileLines(rules);
  return {
    lines,
    byWord: indexWords(lines.flatMap(({ words = [] }, at) => words.map((word) => [word, at] as const))),
    wordless: lines.flatMap(({ words }, at) => (words === undefined ? [at] : [])),
  };
};

/** Lines that a message may fit, in the order of the rules. */
const candidatesFor = ({ lines, byWord, wordless }: LineIndex, message: string): readonly CompiledLine[] =>
  [...byWord.find(message), ...wordless]
    .toSorted((a, b) => a - b)
    .flatMap((at) => {
      const line = lines[at];
      return line === undefined ? [] : [line];
    });

const isFor = (line: CompiledLine, kinds: ReturnType<typeof speakers>): boolean =>
  kinds === 'anybody' || kinds.some((kind) => line.kinds.has(kind));

const matchLine = (line: CompiledLine, event: LogEvent, log: () => LogFacts): LineMatch | undefined => {
  const match = line.pattern().exec(event.message);
  if (match === null) return undefined;
  const captures = Object.fromEntries(Object.entries(match.groups ?? {}).map(([name, value]) => [name, value ?? '']));
  const applies = line.applies(log, captures);
  if (applies === false) return undefined;
  return {
    ...(line.cause === undefined ? {} : { cause: line.cause }),
    role: line.role,
    confidence: line.confidence * (applies === undefined ? undecidedShare : 1),
    message: () => line.explain(log, captures),
    ...(line.advice === undefined ? {} : { advice: line.advice }),
    captures,
    judgesSuccess: line.judgesSuccess,
  };
};

/** Every rule that a line fits, in the order of the rules. */
export const matchEvent = (index: LineIndex, event: LogEvent, log: () => LogFacts): readonly LineMatch[] => {
  const kinds = speakers(event);
  return candidatesFor(index, event.message)
    .filter((line) => isFor(line, kinds))
    .flatMap((line) => matchLine(line, event, log) ?? []);
};
