/**
 * The language of rules: CEL, typed by the fact vocabulary. The only file that knows the CEL library.
 *
 * An expression has three outcomes: a value, or "unknown" when a fact it needs is missing and `&&`
 * and `||` could not decide without it (the CEL specification lets `true || error` be true).
 */

import { Environment, type ASTNode } from '@marcbachmann/cel-js';

import { factSchema, logSchema, type Fact, type FactFields, type LogFacts } from '../facts/schema.js';
import { compareVersions } from '../parse/version.js';
import { deviceName, errnoText, familyName, fileModeText, protocolName, signalText } from './decoders.js';

/** Why an expression cannot be compiled, with the offsets of the offending part in its text. */
export interface ExpressionProblem {
  readonly message: string;
  readonly start: number;
  readonly end: number;
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

/** A part of an expression by its offsets, for mutation and messages. */
export interface Part {
  readonly kind: 'and' | 'or' | 'bound' | 'version';
  readonly start: number;
  readonly end: number;
  /** Operands of `&&` and `||`, as offsets. */
  readonly operands: readonly { readonly start: number; readonly end: number }[];
}

export interface Expression<Value> {
  readonly text: string;
  /** Fact paths it reads, as far as they are written out: `host.kernel.release`, `each.type`. */
  readonly reads: readonly string[];
  /** Element type when the value is a list of records: `Mount`. */
  readonly elementType: string | undefined;
  readonly parts: readonly Part[];
  /** Literal patterns given to `matches`. */
  readonly patterns: readonly string[];
  evaluate(variables: Variables): Reading<Value>;
}

export type Variables = Readonly<Record<string, unknown>>;
export type ValueType = 'bool' | 'list' | 'printable';

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

type CelSchema = { [name: string]: string | CelSchema };

function celSchema(fields: FactFields): CelSchema {
  return Object.fromEntries(Object.entries(fields).map(([name, fact]) => [name, celType(fact)]));
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
    handler: (map: Readonly<Record<string, string>> | ReadonlyMap<string, string>, key: string, otherwise: string) =>
      (map instanceof Map ? map.get(key) : Object.hasOwn(map, key) ? (map as Record<string, string>)[key] : undefined) ??
      otherwise,
  });
  environment.registerFunction('list<string>.minus(list<string>): list<string>', subtract);
  environment.registerFunction('number(string): double', parseNumber);
  environment.registerFunction('bytes(double): string', formatBytes);
  environment.registerFunction('string.before(string): bool', (left: string, right: string) => order(left, right) < 0);
  environment.registerFunction('string.atLeast(string): bool', (left: string, right: string) => order(left, right) >= 0);
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

function subtract(list: readonly string[], others: readonly string[]): readonly string[] {
  const unwanted = new Set(others);
  return list.filter((item) => !unwanted.has(item));
}

function parseNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new RangeError(`not a number: ${text}`);
  return value;
}

/** `1610612736` -> `1.5 GiB`. */
export function formatBytes(count: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  let value = count;
  let unit = 0;
  while (Math.abs(value) >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 || Number.isInteger(value) ? String(value) : value.toFixed(1)} ${units[unit] ?? ''}`;
}

const environments = new Map<string, Environment>();

function environmentFor(scope: Scope): Environment {
  const key = scope.captures === undefined ? `each:${scope.each ?? ''}` : `log:${scope.captures.join(',')}`;
  const known = environments.get(key);
  if (known !== undefined) return known;
  const environment = baseEnvironment();
  if (scope.captures === undefined) {
    const { fields } = factSchema;
    const seen = new Set<string>();
    for (const [name, element] of elementTypes(fields)) {
      if (seen.has(name)) continue;
      seen.add(name);
      environment.registerType(name, { fields: celSchema(element) as Record<string, string> });
    }
    for (const [name, fact] of Object.entries(fields)) {
      environment.registerVariable({ name, schema: celSchema(fact.fields) });
    }
    if (scope.each !== undefined) environment.registerVariable('each', scope.each);
  } else {
    environment.registerVariable({ name: 'log', schema: celSchema(logSchema.fields) });
    for (const capture of scope.captures) environment.registerVariable(capture, 'string');
  }
  environments.set(key, environment);
  return environment;
}

/**
 * Compiles and type checks an expression.
 * @throws {ExpressionError} syntax, unknown fact, wrong type
 */
export function compileExpression<Value>(text: string, expected: ValueType, scope: Scope = {}): Expression<Value> {
  const environment = environmentFor(scope);
  let parsed: ReturnType<Environment['parse']>;
  try {
    parsed = environment.parse(text);
  } catch (error) {
    throw new ExpressionError(problemOf(error, text));
  }
  const checked = parsed.check();
  if (!checked.valid) throw new ExpressionError(problemOf(checked.error, text));
  const type = checked.type ?? 'dyn';
  if (!fits(type, expected)) {
    throw new ExpressionError({ message: `is of type ${type}, ${wanted[expected]} is needed`, start: 0, end: text.length });
  }
  const walked = walk(parsed.ast);
  return {
    text,
    reads: [...walked.reads],
    elementType: /^list<([A-Z]\w*)>$/.exec(type)?.[1],
    parts: walked.parts,
    patterns: walked.patterns,
    evaluate: (variables) => evaluate<Value>(parsed, variables),
  };
}

const wanted: Readonly<Record<ValueType, string>> = {
  bool: 'bool',
  list: 'a list of records',
  printable: 'string or a number',
};

function fits(type: string, expected: ValueType): boolean {
  if (expected === 'bool') return type === 'bool';
  if (expected === 'list') return /^list<[A-Z]\w*>$/.test(type);
  return ['string', 'double', 'int'].includes(type);
}

function problemOf(error: unknown, text: string): ExpressionProblem {
  const known = error as { summary?: string; message?: string; range?: { start: number; end: number } };
  return {
    message: known.summary ?? known.message?.split('\n')[0] ?? String(error),
    start: known.range?.start ?? 0,
    end: known.range?.end ?? text.length,
  };
}

function evaluate<Value>(parsed: ReturnType<Environment['parse']>, variables: Variables): Reading<Value> {
  try {
    return { status: 'known', value: parsed(variables) as Value };
  } catch (error) {
    // Whatever keeps an expression from a value (a missing fact, a text that is no version) means: not known.
    const node = (error as { node?: ASTNode }).node;
    return { status: 'unknown', path: node === undefined ? '' : (pathOf(node) ?? '') };
  }
}

interface Node {
  readonly op: string;
  readonly args: unknown;
  readonly start: number;
  readonly end: number;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'op' in value && 'args' in value;
}

/** `host.kernel.release` for a chain of selections that starts at a name, else undefined. */
function pathOf(node: unknown): string | undefined {
  if (!isNode(node)) return undefined;
  if (node.op === 'id') return String(node.args);
  if (node.op === '.' && Array.isArray(node.args)) {
    const base = pathOf(node.args[0]);
    return base === undefined ? undefined : `${base}.${String(node.args[1])}`;
  }
  if (node.op === '[]' && Array.isArray(node.args)) return pathOf(node.args[0]);
  return undefined;
}

const comparisons = new Set(['<', '<=', '>', '>=', '==', '!=']);
const versionMethods = new Set(['before', 'atLeast']);

interface Walked {
  readonly reads: Set<string>;
  readonly parts: Part[];
  readonly patterns: string[];
}

function walk(root: unknown): Walked {
  const found: Walked = { reads: new Set(), parts: [], patterns: [] };
  visit(root, found);
  return found;
}

function visit(node: unknown, found: Walked): void {
  if (Array.isArray(node)) {
    for (const item of node) visit(item, found);
    return;
  }
  if (!isNode(node)) return;
  const path = pathOf(node);
  if (path !== undefined) {
    found.reads.add(path);
    return;
  }
  const args: readonly unknown[] = Array.isArray(node.args) ? node.args : [node.args];
  if (node.op === '&&' || node.op === '||') {
    found.parts.push({ ...span(node), kind: node.op === '&&' ? 'and' : 'or', operands: args.filter(isNode).map(span) });
  } else if (comparisons.has(node.op)) {
    for (const arg of args) {
      if (isNumber(arg)) found.parts.push({ ...span(arg), kind: 'bound', operands: [] });
    }
  } else if (node.op === 'rcall') {
    visitCall(args, found);
  }
  visit(args, found);
}

function visitCall([name, , given]: readonly unknown[], found: Walked): void {
  const [first] = Array.isArray(given) ? (given as readonly unknown[]) : [];
  if (!isNode(first) || first.op !== 'value' || typeof first.args !== 'string') return;
  if (versionMethods.has(String(name))) found.parts.push({ ...span(first), kind: 'version', operands: [] });
  if (name === 'matches') found.patterns.push(first.args);
}

function span(node: Node): { readonly start: number; readonly end: number } {
  return { start: node.start, end: node.end };
}

function isNumber(value: unknown): value is Node {
  return isNode(value) && value.op === 'value' && (typeof value.args === 'bigint' || typeof value.args === 'number');
}

export type LogCondition = (log: LogFacts, captures: Readonly<Record<string, string>>) => boolean | undefined;

/**
 * A condition over what a log tells and the captures of the line; undefined when it cannot be decided.
 * @throws {ExpressionError}
 */
export function compileLogCondition(text: string, captures: readonly string[]): LogCondition {
  const expression = compileExpression<boolean>(text, 'bool', { captures });
  return (log, values) => {
    const reading = expression.evaluate({ log, ...values });
    return reading.status === 'known' ? reading.value : undefined;
  };
}
