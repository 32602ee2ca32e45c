/**
 * The language of rules: CEL, typed by the fact vocabulary. The only file that knows the CEL library.
 *
 * An expression has three outcomes: a value, or "unknown" when a fact it needs is missing and `&&`
 * and `||` could not decide without it (the CEL specification lets `true || error` be true).
 */

import { Environment, EvaluationError, ParseError, TypeError as CelTypeError } from '@marcbachmann/cel-js';

import type { Fact, FactFields } from '../facts/fact.js';
import { factSchema, logSchema, operationSchema, type LogFacts } from '../facts/schema.js';
import { compareVersions } from '../parse/version.js';
import { deviceName, errnoText, familyName, fileModeText, protocolName, signalText } from './decoders.js';
import { findSmaller, joinFew, pickEntries } from './comparisons.js';
import { formatBytes } from './format-bytes.js';
import { dissect, pathOf, type Anatomy } from './syntax.js';

/** Why an expression cannot be compiled, with the offsets of the offending part in its text. */
export interface ExpressionProblem {
  readonly message: string;
  readonly start: number;
  readonly end: number;
  /** Keys that lead to it in its file, where that is known. */
  readonly path?: readonly (string | number)[];
}

/** Thrown when the text of an expression is not acceptable. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError';
  readonly problem: ExpressionProblem;
  constructor(problem: ExpressionProblem) {
    super(problem.message);
    this.problem = problem;
  }
}

/** The value of an expression, or the path of the fact that was missing. */
export type Reading<Value> =
  | { readonly status: 'known'; readonly value: Value }
  | { readonly status: 'unknown'; readonly path: string };

export interface Expression<Value> extends Anatomy {
  readonly text: string;
  /** Element type when the value is a list of records: `Mount`. */
  readonly elementType: string | undefined;
  evaluate(variables: Variables): Reading<Value>;
}

export type Variables = Readonly<Record<string, unknown>>;

/** What an expression may refer to besides the facts. */
export interface Scope {
  /** Element type of `each`, e.g. `Mount`. */
  readonly each?: string;
  /** Named captures of a log line; with them `log` is there and the facts are not. */
  readonly captures?: readonly string[];
}

const limits = { maxAstNodes: 2000, maxDepth: 60 };

const celTypes: Readonly<Record<string, string>> = {
  text: 'string',
  number: 'double',
  flag: 'bool',
  texts: 'list<string>',
  'text-map': 'map<string, string>',
};

type TextMap = ReadonlyMap<string, string>;
type CelSchema = { [name: string]: string | CelSchema };

function celSchema(fields: FactFields): CelSchema {
  return Object.fromEntries(Object.entries(fields).map(([name, fact]) => [name, celType(fact)]));
}

/** The members of a list element, none of which is a record. */
function elementFields(fields: FactFields): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).map(([name, { kind }]) => [name, celTypes[kind] ?? 'dyn']));
}

function celType(fact: Fact): string | CelSchema {
  if (fact.kind === 'record') return celSchema(fact.fields);
  if (fact.kind === 'records') return `list<${fact.element}>`;
  return celTypes[fact.kind] ?? 'dyn';
}

function* elementTypes(fields: FactFields): Generator<readonly [string, FactFields]> {
  for (const fact of Object.values(fields)) {
    if (fact.kind === 'record') yield* elementTypes(fact.fields);
    if (fact.kind === 'records') yield [fact.element, fact.fields];
  }
}

function baseEnvironment(): Environment {
  const environment = new Environment({ limits });
  // Facts are JavaScript numbers, which CEL calls double; literals such as 8 are int.
  environment.registerOperator('double == int', (left: number, right: bigint) => left === Number(right));
  environment.registerOperator('double + int', (left: number, right: bigint) => left + Number(right));
  environment.registerOperator('double - int', (left: number, right: bigint) => left - Number(right));
  environment.registerOperator('double * int', (left: number, right: bigint) => left * Number(right));
  environment.registerOperator('double / int', (left: number, right: bigint) => left / Number(right));
  environment.registerFunction({
    name: 'get',
    receiverType: 'map<string, string>',
    returnType: 'string',
    params: [
      { name: 'key', type: 'string' },
      { name: 'otherwise', type: 'string' },
    ],
    description: 'The value of a key, or the second argument when the map, read in full, has no such key',
    handler: lookUp,
  });
  environment.registerFunction('list<string>.minus(list<string>): list<string>', subtract);
  environment.registerFunction('smaller(map<string, string>, map<string, string>): list<string>', findSmaller);
  environment.registerFunction('those(map<string, string>, list<string>): list<string>', pickEntries);
  environment.registerFunction('few(list<string>): string', joinFew);
  environment.registerFunction('number(string): double', parseNumber);
  environment.registerFunction('bytes(double): string', formatBytes);
  environment.registerFunction('string.before(string): bool', (left: string, right: string) => order(left, right) < 0);
  environment.registerFunction(
    'string.atLeast(string): bool',
    (left: string, right: string) => order(left, right) >= 0,
  );
  environment.registerFunction('deviceName(string, string, string): string', deviceName);
  environment.registerFunction('protocolName(string): string', protocolName);
  environment.registerFunction('familyName(string): string', familyName);
  environment.registerFunction('errnoText(string): string', errnoText);
  environment.registerFunction('signalText(string): string', signalText);
  environment.registerFunction('fileModeText(string): string', fileModeText);
  return environment;
}

function order(left: string, right: string): number {
  const difference = compareVersions(left, right);
  if (difference === undefined) throw new RangeError(`not a version: ${left}`);
  return difference;
}

/** A map of facts arrives as it is, or as the Map that the library made of it. Some have thousands of entries. */
function lookUp(map: TextMap | Readonly<Record<string, string>>, key: string, otherwise: string): string {
  if (isMap(map)) return map.get(key) ?? otherwise;
  return Object.hasOwn(map, key) ? (map[key] ?? otherwise) : otherwise;
}

function isMap(map: TextMap | Readonly<Record<string, string>>): map is TextMap {
  return map instanceof Map;
}

function subtract(list: readonly string[], others: readonly string[]): readonly string[] {
  const unwanted = new Set(others);
  return list.filter((item) => !unwanted.has(item));
}

function parseNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new RangeError(`not a number: ${text}`);
  return value;
}

const environments = new Map<string, Environment>();

function remembered(key: string, make: () => Environment): Environment {
  const known = environments.get(key);
  if (known !== undefined) return known;
  const made = make();
  environments.set(key, made);
  return made;
}

/** Making an environment is slow, a copy of one is not: what all scopes share is made once. */
function environmentFor({ each, captures }: Scope): Environment {
  if (captures !== undefined) {
    return remembered(`log:${captures.join(',')}`, () => {
      const environment = remembered('log', logEnvironment).clone();
      for (const capture of captures) registerCapture(environment, capture);
      return environment;
    });
  }
  return remembered(`each:${each ?? ''}`, () => {
    const environment = remembered('facts', factEnvironment).clone();
    return each === undefined ? environment : environment.registerVariable('each', each);
  });
}

function factEnvironment(): Environment {
  const environment = remembered('base', baseEnvironment).clone();
  for (const [name, fields] of new Map(elementTypes(factSchema.fields))) {
    environment.registerType(name, { fields: elementFields(fields) });
  }
  for (const [name, fact] of Object.entries(factSchema.fields)) {
    environment.registerVariable({ name, schema: celSchema(fact.fields) });
  }
  return environment.registerVariable('operation', celTypes[operationSchema.kind] ?? 'dyn');
}

function logEnvironment(): Environment {
  const environment = remembered('base', baseEnvironment).clone();
  return environment.registerVariable({ name: 'log', schema: celSchema(logSchema.fields) });
}

/** @throws {ExpressionError} the name is taken by the language itself, as `type` is */
function registerCapture(environment: Environment, name: string): void {
  try {
    environment.registerVariable(name, 'string');
  } catch {
    throw new ExpressionError({
      message: `a capture cannot be named ${name}, the language uses that word`,
      start: 0,
      end: 0,
    });
  }
}

interface Wanted<Value> {
  readonly description: string;
  fits(type: string): boolean;
  read(value: unknown): Value;
}

const condition: Wanted<boolean> = {
  description: 'bool',
  fits: (type) => type === 'bool',
  read: (value) => value === true,
};
const list: Wanted<readonly unknown[]> = {
  description: 'a list of records',
  fits: (type) => /^list<[A-Z]\w*>$/.test(type),
  read: (value) => (Array.isArray(value) ? Array.from<unknown>(value) : []),
};
const printable: Wanted<string> = {
  description: 'string or a number',
  fits: (type) => ['string', 'double', 'int'].includes(type),
  read: String,
};

/**
 * Compiles and type checks a condition.
 * @throws {ExpressionError} syntax, unknown fact, wrong type
 */
export function compileCondition(text: string, scope: Scope = {}): Expression<boolean> {
  return compile(text, condition, scope);
}

/**
 * Compiles and type checks an expression for a list of records.
 * @throws {ExpressionError} syntax, unknown fact, wrong type
 */
export function compileList(text: string, scope: Scope = {}): Expression<readonly unknown[]> {
  return compile(text, list, scope);
}

/**
 * Compiles and type checks an expression whose value is to be shown.
 * @throws {ExpressionError} syntax, unknown fact, wrong type
 */
export function compilePrintable(text: string, scope: Scope = {}): Expression<string> {
  return compile(text, printable, scope);
}

function compile<Value>(text: string, wanted: Wanted<Value>, scope: Scope): Expression<Value> {
  const parsed = parse(text, environmentFor(scope));
  const { valid, error: problem, type = 'dyn' } = parsed.check();
  if (!valid) throw new ExpressionError(problemOf(problem, text));
  if (!wanted.fits(type)) {
    const message = `is of type ${type}, ${wanted.description} is needed`;
    throw new ExpressionError({ message, start: 0, end: text.length });
  }
  return {
    ...dissect(parsed.ast, text),
    text,
    elementType: /^list<([A-Z]\w*)>$/.exec(type)?.[1],
    evaluate(variables) {
      try {
        return { status: 'known', value: wanted.read(parsed(variables)) };
      } catch (error) {
        // Whatever keeps an expression from a value (a missing fact, a text that is no version) means: not known.
        const path = error instanceof EvaluationError ? pathOf(error.node) : undefined;
        return { status: 'unknown', path: path ?? '' };
      }
    },
  };
}

function parse(text: string, environment: Environment): ReturnType<Environment['parse']> {
  try {
    return environment.parse(text);
  } catch (error) {
    throw new ExpressionError(problemOf(error, text));
  }
}

function problemOf(error: unknown, text: string): ExpressionProblem {
  if (!(error instanceof ParseError || error instanceof CelTypeError)) {
    return { message: error instanceof Error ? error.message : String(error), start: 0, end: text.length };
  }
  const { summary, range } = error;
  return { message: summary, start: range?.start ?? 0, end: range?.end ?? text.length };
}

export type LogCondition = (log: LogFacts, captures: Readonly<Record<string, string>>) => boolean | undefined;

/**
 * A condition over what a log tells and the captures of the line; undefined when it cannot be decided.
 * @throws {ExpressionError}
 */
export function compileLogCondition(text: string, captures: readonly string[]): LogCondition {
  const expression = compileCondition(text, { captures });
  return (log, values) => {
    const reading = expression.evaluate({ log, ...values });
    return reading.status === 'known' ? reading.value : undefined;
  };
}
