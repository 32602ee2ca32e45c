/** Small damages to a cause; its own tests must notice each of them, or they prove nothing. */

import type { Cause, Prediction } from '../rules/cause.js';
import { compileCondition, compileList } from '../rules/language.js';
import type { Part } from '../rules/syntax.js';
import { parseRange } from '../rules/version-range.js';

/** A damaged cause with a sentence that says what was done to it. */
export interface Mutant {
  readonly description: string;
  readonly cause: Cause;
}

/** All mutants of a sound cause: each operand dropped, each bound shifted, each entry and line deleted. */
export function mutantsOf(cause: Cause): readonly Mutant[] {
  return [
    ...cause.predict.flatMap((prediction, index) => [
      ...(cause.predict.length > 1 || cause.diagnose.length > 0 ? [withoutPrediction(cause, index)] : []),
      ...changedPredictions(prediction).map(({ description, changed }) => ({
        description: `predict ${String(index + 1)}: ${description}`,
        cause: { ...cause, predict: cause.predict.map((each, at) => (at === index ? changed : each)) },
      })),
    ]),
    ...cause.diagnose.map((signature, index) => ({
      description: `diagnose ${String(index + 1)} deleted: ${signature.line}`,
      cause: { ...cause, diagnose: cause.diagnose.filter((_, at) => at !== index) },
    })),
  ];
}

function withoutPrediction(cause: Cause, index: number): Mutant {
  return {
    description: `predict ${String(index + 1)} deleted`,
    cause: { ...cause, predict: cause.predict.filter((_, at) => at !== index) },
  };
}

interface Change {
  readonly description: string;
  readonly changed: Prediction;
}

function changedPredictions(prediction: Prediction): readonly Change[] {
  const scope = elementScope(prediction);
  const changes: Change[] = [];
  for (const field of ['when', 'unless'] as const) {
    const text = prediction[field];
    if (text === undefined) continue;
    for (const { description, mutated } of textMutants(text, scope)) {
      changes.push({ description: `${field}: ${description}`, changed: { ...prediction, [field]: mutated } });
    }
  }
  if (prediction.unless !== undefined) {
    changes.push({ description: 'unless dropped', changed: { ...prediction, unless: undefined } });
  }
  return [...changes, ...rangeChanges(prediction)];
}

function elementScope({ each }: Prediction): { readonly each?: string } {
  const elementType = each === undefined ? undefined : compileList(each).elementType;
  return elementType === undefined ? {} : { each: elementType };
}

interface TextMutant {
  readonly description: string;
  readonly mutated: string;
}

function textMutants(text: string, scope: { readonly each?: string }): readonly TextMutant[] {
  return compileCondition(text, scope).parts.flatMap((part) => partMutants(text, part));
}

function partMutants(text: string, part: Part): readonly TextMutant[] {
  const own = text.slice(part.start, part.end);
  const replaced = (by: string): string => `${text.slice(0, part.start)}${by}${text.slice(part.end)}`;
  if (part.kind === 'bound') {
    return [1, -1].map((step) => ({
      description: `${own} shifted by ${String(step)}`,
      mutated: replaced(shiftNumber(own, step)),
    }));
  }
  if (part.kind === 'version') {
    const version = own.slice(1, -1);
    return shiftVersion(version).map((shifted) => ({
      description: `${version} shifted to ${shifted}`,
      mutated: replaced(`'${shifted}'`),
    }));
  }
  return part.operands.map((dropped) => {
    const kept = part.operands
      .filter((operand) => operand !== dropped)
      .map((operand) => `(${text.slice(operand.start, operand.end)})`);
    const operator = part.kind === 'and' ? ' && ' : ' || ';
    return {
      description: `without ${text.slice(dropped.start, dropped.end)}`,
      mutated: replaced(`(${kept.join(operator)})`),
    };
  });
}

function shiftNumber(literal: string, step: number): string {
  const shifted = Number(literal) + step;
  const text = literal.includes('.') && Number.isInteger(shifted) ? `${String(shifted)}.0` : String(shifted);
  // `a < -1` is one thing, `a <-1` another.
  return shifted < 0 ? `(${text})` : text;
}

/** A hair above, and one below in the last part that is not 0: `4.2` -> `4.2.0.1`, `4.1`. */
function shiftVersion(version: string): readonly string[] {
  const numbers = version.split('.').map(Number);
  if (numbers.some((each) => Number.isNaN(each))) return [];
  const last = numbers.findLastIndex((each) => each > 0);
  const lower = numbers.map((each, index) => (index === last ? each - 1 : each));
  const padded = [...numbers, 0, 0, 0].slice(0, 3);
  return [[...padded, 1].join('.'), ...(last === -1 ? [] : [lower.join('.')])];
}

function rangeChanges(prediction: Prediction): readonly Change[] {
  return Object.entries(prediction.affects ?? {}).flatMap(([program, range]) => {
    const bounds = parseRange(range ?? '') ?? [];
    return bounds.flatMap(({ operator, version }, index) =>
      shiftVersion(version).map((shifted) => {
        const text = bounds
          .map((bound, at) => (at === index ? operator + shifted : bound.operator + bound.version))
          .join(' ');
        const description = `affects ${program}: ${operator}${version} shifted to ${shifted}`;
        return { description, changed: { ...prediction, affects: { ...prediction.affects, [program]: text } } };
      }),
    );
  });
}
