/** Facts in, findings out: every cause is judged, and what could not be judged says so. */

import { evidenceOf } from '../facts/provenance.js';
import type { FactSet } from '../facts/schema.js';
import type { Cause, Operation, Phase } from '../rules/cause.js';
import { compileCause, type CompiledCause, type CompiledPrediction } from '../rules/compile.js';
import type { Reading, Variables } from '../rules/language.js';
import { lackKey } from './lack-key.js';
import { rankOf, toFinding, unique, verdictOf, type Judgement } from './summarize.js';
import type { Assessment, Finding, Note, Occurrence, Side, Subject } from './finding.js';

/** What predictions are judged by. */
interface Case extends FactSet {
  readonly operation: Operation;
}

/** A case with the host that a prediction calls `host`. */
interface PlacedCase extends Case {
  readonly hostSide: 'source' | 'target';
}

export interface AssessOptions {
  readonly operation: Operation;
  readonly subject: Subject;
  readonly notes?: readonly Note[];
}

/** Which phases an operation goes through; a stop that cannot be started again is no success. */
function phasesOf(operation: Operation): readonly Phase[] {
  if (operation === 'dump') return ['dump'];
  return operation === 'restore' ? ['restore', 'after'] : ['dump', 'restore', 'after'];
}

/** Judges all causes against the facts. Worst findings come first. */
export function assess(causes: readonly Cause[], factSet: FactSet, options: AssessOptions): Assessment {
  const compiled = causes.filter((cause) => cause.predict.length > 0).map(compileCause);
  return assessCompiled(compiled, factSet, options);
}

/** As {@link assess}, for causes compiled before. */
export function assessCompiled(causes: readonly CompiledCause[], factSet: FactSet, options: AssessOptions): Assessment {
  const findings = causes
    .flatMap((cause) => judgeCause(cause, factSet, options))
    .toSorted((left, right) => rankOf(right) - rankOf(left) || (left.cause < right.cause ? -1 : 1));
  return { verdict: verdictOf(findings), subject: options.subject, findings, notes: options.notes ?? [] };
}

function judgeCause(
  compiled: CompiledCause,
  factSet: FactSet,
  { operation, subject }: AssessOptions,
): readonly Finding[] {
  const addressee = { engine: factSet.facts.engine?.name, instance: subject.instance };
  const phases = phasesOf(operation);
  return phases.flatMap((phase) => {
    const predictions = compiled.predictions.filter(({ prediction }) => prediction.phase === phase);
    if (predictions.length === 0) return [];
    const judgements = predictions.flatMap((prediction) =>
      judgeOnSides(compiled.cause, prediction, { ...factSet, operation }),
    );
    return [toFinding(compiled.cause, phase, judgements, addressee)];
  });
}

/**
 * A host cause is judged on the side where its phase runs; an instance cause once, with the host of its phase; what
 * compares two hosts needs a target.
 */
function judgeOnSides(cause: Cause, compiled: CompiledPrediction, factSet: Case): readonly Judgement[] {
  const { facts, operation } = factSet;
  const { prediction } = compiled;
  const notApplicable: Judgement = {
    prediction,
    outcome: 'not-applicable',
    occurrences: [],
    evidence: [],
    missing: [],
  };
  if (prediction.engines !== undefined && !prediction.engines.some((name) => name === facts.engine?.name)) {
    return [notApplicable];
  }
  // A host cause may look at the instance as well; without one, that part of it has nothing to say.
  if (facts.instance === undefined && compiled.reads.some((path) => /^instance\b/.test(path))) return [notApplicable];
  const scope = prediction.scope ?? cause.scope;
  if (scope === 'instance') {
    return facts.instance === undefined ? [notApplicable] : [judge(compiled, factSet, 'instance')];
  }
  if (scope === 'pair') return facts.target === undefined ? [notApplicable] : [judge(compiled, factSet, 'target')];
  if (operation !== 'move') return [judge(compiled, factSet, 'source')];
  if (prediction.phase === 'dump') return [judge(compiled, factSet, 'source')];
  return facts.target === undefined ? [notApplicable] : [judge(compiled, factSet, 'target')];
}

function judge(compiled: CompiledPrediction, factSet: Case, side: Side): Judgement {
  const { facts, operation } = factSet;
  const isThere = side === 'target' || (side === 'instance' && isRestoredElsewhere(compiled, factSet));
  const variables: Variables = { ...facts, host: isThere ? facts.target : facts.source, operation };
  const placed: PlacedCase = { ...factSet, hostSide: isThere ? 'target' : 'source' };
  return compiled.each === undefined
    ? judgeOnce(compiled, placed, side, variables)
    : judgeEach(compiled, compiled.each, placed, side, variables);
}

/** What a move restores, it restores on the target. */
function isRestoredElsewhere({ prediction }: CompiledPrediction, { facts, operation }: Case): boolean {
  return operation === 'move' && prediction.phase !== 'dump' && facts.target !== undefined;
}

function judgeOnce(compiled: CompiledPrediction, factSet: PlacedCase, side: Side, variables: Variables): Judgement {
  const { prediction, condition } = compiled;
  const reading = condition().evaluate(variables);
  const base = { prediction, evidence: evidenceFor(compiled), missing: [] };
  if (reading.status === 'unknown') {
    return {
      ...base,
      outcome: 'unknown',
      occurrences: [],
      missing: missingFor(compiled, [reading.path], factSet),
    };
  }
  if (reading.value) return { ...base, outcome: 'fires', occurrences: [occurrenceOf(compiled, side, variables)] };
  return quietOrIncomplete(compiled, factSet);
}

function judgeEach(
  compiled: CompiledPrediction,
  each: NonNullable<CompiledPrediction['each']>,
  factSet: PlacedCase,
  side: Side,
  variables: Variables,
): Judgement {
  const { prediction, condition } = compiled;
  const base = { prediction, evidence: evidenceFor(compiled), missing: [] };
  const list = each.evaluate(variables);
  if (isLongOrUnknown(list, compiled, factSet)) {
    const guard = compiled.guard()?.evaluate(variables);
    if (guard?.status === 'known' && !guard.value) return { ...base, outcome: 'quiet', occurrences: [], missing: [] };
  }
  if (list.status === 'unknown') {
    return { ...base, outcome: 'unknown', occurrences: [], missing: missingFor(compiled, each.reads, factSet) };
  }
  const occurrences: Occurrence[] = [];
  const unknownPaths: string[] = [];
  for (const element of list.value) {
    const scope = { ...variables, each: element };
    const reading = condition().evaluate(scope);
    if (reading.status === 'unknown')
      unknownPaths.push(reading.path.startsWith('each') ? (each.reads[0] ?? '') : reading.path);
    else if (reading.value) occurrences.push(occurrenceOf(compiled, side, scope));
  }
  if (occurrences.length > 0) return { ...base, outcome: 'fires', occurrences };
  if (unknownPaths.length > 0) {
    return { ...base, outcome: 'unknown', occurrences: [], missing: missingFor(compiled, unknownPaths, factSet) };
  }
  return quietOrIncomplete(compiled, factSet);
}

/** Below this it is sooner looked through than its guard compiled. */
const longList = 100;

function isLongOrUnknown(
  list: Reading<readonly unknown[]>,
  { each }: CompiledPrediction,
  factSet: PlacedCase,
): boolean {
  if (list.status === 'unknown' || list.value.length > longList) return true;
  return each?.reads.some((path) => isIncomplete(path, factSet)) === true;
}

/** No hit on a list that was not read to its end is no answer. */
function quietOrIncomplete(compiled: CompiledPrediction, factSet: PlacedCase): Judgement {
  const cut = compiled.reads.filter((path) => isIncomplete(path, factSet));
  const base = { prediction: compiled.prediction, occurrences: [], evidence: evidenceFor(compiled) };
  if (cut.length === 0) return { ...base, outcome: 'quiet', missing: [] };
  return { ...base, outcome: 'unknown', missing: missingFor(compiled, cut, factSet) };
}

function isIncomplete(path: string, { incomplete, hostSide }: PlacedCase): boolean {
  return incomplete.has(path) || (path.startsWith('host.') && incomplete.has(path.replace('host', hostSide)));
}

function occurrenceOf({ message, sides }: CompiledPrediction, side: Side, variables: Variables): Occurrence {
  const element = (variables['each'] ?? {}) as {
    readonly pid?: unknown;
    readonly fd?: unknown;
    readonly path?: unknown;
  };
  return {
    side,
    ...(typeof element.pid === 'number' ? { pid: element.pid } : {}),
    ...(typeof element.fd === 'number' ? { fd: element.fd } : {}),
    ...(typeof element.path === 'string' ? { path: element.path } : {}),
    message: message().render(variables),
    ...valuesOf(sides(), variables),
  };
}

function valuesOf(sides: ReturnType<CompiledPrediction['sides']>, variables: Variables): Pick<Occurrence, 'values'> {
  if (sides === undefined) return {};
  return {
    values: (['source', 'target'] as const).map((side) => ({ side, text: sides[side].render(variables) })),
  };
}

function evidenceFor(compiled: CompiledPrediction): readonly string[] {
  return unique(compiled.reads.flatMap(evidenceOf));
}

/**
 * The evidence behind the missing facts that could not be read; when all of it was read and still
 * does not tell, all of it.
 */
function missingFor(compiled: CompiledPrediction, paths: readonly string[], factSet: PlacedCase): readonly string[] {
  const wanted = paths.flatMap((path) => lacksOf(path, factSet));
  const lacks = wanted.length > 0 ? wanted : compiled.reads.flatMap((path) => lacksOf(path, factSet));
  const unread = lacks.filter(({ isUnread }) => isUnread);
  return unique((unread.length > 0 ? unread : lacks).map(({ key }) => key));
}

interface Lack {
  /** As {@link lackKey} makes it. */
  readonly key: string;
  /** It is known why it could not be read. */
  readonly isUnread: boolean;
}

/** The evidence behind a fact, on the side where it should have been read. */
function lacksOf(path: string, { gaps, hostSide }: PlacedCase): readonly Lack[] {
  const sides = sidesOf(path, hostSide);
  return evidenceOf(path).map((id) => {
    const unread = sides.find((each) => gaps.has(`${each}:${id}`));
    return { key: lackKey(unread ?? sides[0], id), isUnread: unread !== undefined };
  });
}

/** What is known of the instance comes from its own evidence and from that of either host. */
function sidesOf(path: string, hostSide: PlacedCase['hostSide']): readonly [Side, ...Side[]] {
  switch (/^\w+/.exec(path)?.[0]) {
    case 'target':
      return ['target'];
    case 'source':
    case 'engine':
      return ['source'];
    case 'instance':
      return ['instance', 'source', 'target'];
    default:
      return hostSide === 'target' ? ['target'] : ['source', 'instance'];
  }
}
