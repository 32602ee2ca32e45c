/** Turns the predictions of a cause into things that can be evaluated. */

import { compileCondition, compileList, ExpressionError, type Expression, type Scope } from './language.js';
import { compileTemplate, type Template } from './template.js';
import { parseRange, rangesToExpression } from './version-range.js';
import type { Cause, Prediction } from './cause.js';

export interface CompiledPrediction {
  readonly prediction: Prediction;
  readonly each: Expression<readonly unknown[]> | undefined;
  /** Facts that list and condition read, the condition's own elements left out. */
  readonly reads: readonly string[];
  /**
   * What the condition asks besides `each`; when that is false, no element has to be looked at. Compiled at the
   * first call, because it pays for long lists and unknown ones alone.
   */
  readonly guard: () => Expression<boolean> | undefined;
  /** `affects`, `when` and `unless` as one condition, so that what is unknown in one may be decided by another. */
  readonly condition: () => Expression<boolean>;
  /** Compiled when it is asked for: most predictions do not fire. @throws {ExpressionError} as {@link compileCause} */
  readonly message: () => Template;
  /** What each side has, of a prediction that compares two; compiled like the message. */
  readonly sides: () => { readonly source: Template; readonly target: Template } | undefined;
}

export interface CompiledCause {
  readonly cause: Cause;
  readonly predictions: readonly CompiledPrediction[];
}

/** @throws {ExpressionError} for the first part but messages that is not acceptable, with its path */
export function compileCause(cause: Cause): CompiledCause {
  return { cause, predictions: cause.predict.map((prediction, index) => compilePrediction(prediction, index)) };
}

function compilePrediction(prediction: Prediction, index: number): CompiledPrediction {
  const at = <Result>(field: string, compile: () => Result): Result => {
    try {
      return compile();
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      const { problem } = error;
      const path = ['predict', index, field];
      throw new ExpressionError({ ...problem, path, message: `${field}: ${problem.message}` });
    }
  };
  const { each: eachText, affects = {}, message, sides } = prediction;
  const each = eachText === undefined ? undefined : at('each', () => listOf(eachText));
  const scope: Scope = each?.elementType === undefined ? {} : { each: each.elementType };
  for (const [program, range] of Object.entries(affects)) {
    if (range !== undefined && parseRange(range) === undefined) {
      const text = `${program}: '${range}' is no range; write >=A, <B or '>=A <B'`;
      const path = ['predict', index, 'affects', program];
      throw new ExpressionError({ path, message: text, start: 0, end: range.length });
    }
  }
  const condition = once(() => at('when', () => compileCondition(conditionOf(prediction), scope)));
  const reads = [...(each?.reads ?? []), ...(prediction.reads ?? condition().reads)];
  return {
    prediction,
    each,
    reads: reads.filter((path) => !path.startsWith('each')),
    guard: once(() => compileGuard(prediction, scope)),
    condition,
    message: once(() => at('message', () => compileTemplate(message, scope))),
    sides: once(
      () =>
        sides &&
        at('sides', () => ({
          source: compileTemplate(sides.source, scope),
          target: compileTemplate(sides.target, scope),
        })),
    ),
  };
}

const lists = new Map<string, Expression<readonly unknown[]>>();

/** Many predictions go through the same list. */
function listOf(text: string): Expression<readonly unknown[]> {
  const known = lists.get(text) ?? compileList(text);
  lists.set(text, known);
  return known;
}

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => (made ??= { value: make() }).value;
}

function compileGuard({ when, unless, affects = {} }: Prediction, scope: Scope): Expression<boolean> | undefined {
  const negated = unless === undefined ? [] : [`!(${unless})`];
  const parts = [rangesToExpression(affects), when, ...negated].filter((part) => part !== '');
  const common = parts.flatMap((part) => commonOperands(part, scope));
  return common.length === 0 ? undefined : compileCondition(common.map((part) => `(${part})`).join(' && '), scope);
}

/** The operands of `&&` that are the same for all elements. */
function commonOperands(text: string, scope: Scope): readonly string[] {
  const { reads, parts } = compileCondition(text, scope);
  if (!reads.some((path) => /^each\b/.test(path))) return [text];
  const whole = parts.find(
    ({ kind, start, end }) => kind === 'and' && (text.slice(0, start) + text.slice(end)).trim() === '',
  );
  return (whole?.operands ?? []).flatMap(({ start, end }) => commonOperands(text.slice(start, end), scope));
}

function conditionOf({ when, unless, affects }: Prediction): string {
  const versions = affects === undefined ? '' : rangesToExpression(affects);
  return [versions, `(${when})`, unless === undefined ? '' : `!(${unless})`].filter((part) => part !== '').join(' && ');
}
