/** What `rules check` refuses: unknown facts, wrong types, dangerous patterns, missing tests. */

import type { Fact, FactFields } from '../facts/fact.js';
import { factSchema } from '../facts/schema.js';
import { captureNames } from './captures.js';
import { checkResidue } from './check-residue.js';
import { isDiagnoseTest, type Cause, type Prediction, type Signature } from './cause.js';
import { compileCause, type CompiledPrediction } from './compile.js';
import { compileCondition, compileList, compileLogCondition, ExpressionError } from './language.js';
import { readRuleFiles, type RuleFile } from './load.js';
import { compileLogMessage } from './template.js';
import type { LogRules } from './noise.js';
import type { RuleProblem } from './parse-cause.js';
import { patternRisk } from './pattern-risk.js';

type Path = readonly (string | number)[];
interface Complaint {
  readonly path: Path;
  readonly message: string;
}

/** Lists can have thousands of elements; a loop in a loop is bearable, one more is not. */
const deepestNesting = 2;
const tooDeep = 'more than two of each, exists, all, filter and map inside each other take too long on long lists';

/** Every complaint about the rules of a directory, in the order of the files; empty = sound. */
export async function checkRules(directory: string): Promise<readonly RuleProblem[]> {
  return checkRuleFiles(await readRuleFiles(directory));
}

/** The same for files that were read already. */
export function checkRuleFiles(files: readonly RuleFile[]): readonly RuleProblem[] {
  return [...files.flatMap(checkFile), ...duplicateIds(files)];
}

function checkFile(rule: RuleFile): readonly RuleProblem[] {
  const { file, parsed } = rule;
  const complaints = complaintsAbout(rule);
  return [...parsed.problems, ...complaints.map(({ path, message }) => ({ file, ...parsed.locate(path), message }))];
}

function complaintsAbout(rule: RuleFile): readonly Complaint[] {
  if (rule.kind === 'log-rules') return rule.parsed.value === undefined ? [] : checkLogRules(rule.parsed.value);
  if (rule.kind === 'residue') return rule.parsed.value === undefined ? [] : checkResidue(rule.parsed.value);
  return rule.parsed.value === undefined ? [] : checkCause(rule.parsed.value);
}

function duplicateIds(files: readonly RuleFile[]): readonly RuleProblem[] {
  const first = new Map<string, string>();
  return files.flatMap(({ file, kind, parsed }) => {
    if (kind !== 'cause' || parsed.value === undefined) return [];
    const { id } = parsed.value;
    const other = first.get(id);
    if (other === undefined) first.set(id, file);
    return other === undefined ? [] : [{ file, line: 1, column: 1, message: `the cause ${id} stands in ${other} too` }];
  });
}

/** Complaints about one cause whose shape is already known to be right. */
export function checkCause(cause: Cause): readonly Complaint[] {
  const complaints = [
    ...compileComplaints(cause),
    ...cause.predict.flatMap((prediction, index) => partComplaints(prediction, ['predict', index])),
    ...cause.diagnose.flatMap((signature, index) => signatureComplaints(signature, ['diagnose', index])),
    ...testComplaints(cause),
  ];
  // The whole and its parts complain of the same thing.
  const byText = new Map(
    complaints.map((complaint) => [JSON.stringify([complaint.path, complaint.message]), complaint]),
  );
  return [...byText.values()];
}

function compileComplaints(cause: Cause): readonly Complaint[] {
  try {
    return compileCause(cause).predictions.flatMap((compiled, index) => {
      compiled.message();
      compiled.sides();
      return sidesComplaints(cause, compiled, ['predict', index]);
    });
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    const { path = [], message } = error.problem;
    return [{ path, message }];
  }
}

/** Who reads that two hosts differ wants to know in what. */
function sidesComplaints(cause: Cause, { prediction, reads }: CompiledPrediction, at: Path): readonly Complaint[] {
  const { scope = cause.scope, sides } = prediction;
  if (scope !== 'pair') return sides === undefined ? [] : [{ path: at, message: 'sides: nothing is compared here' }];
  const compares = ['target', 'source|instance|engine'].every((side) =>
    reads.some((path) => new RegExp(`^(?:${side})\\b`).test(path)),
  );
  return compares && sides === undefined ? [{ path: at, message: 'sides: what source and target have' }] : [];
}

/** Each part by itself, so that a parenthesis closed in one and opened in another does not pass. */
function partComplaints(prediction: Prediction, at: Path): readonly Complaint[] {
  const elementType = attempt(() =>
    prediction.each === undefined ? undefined : compileList(prediction.each).elementType,
  ).value;
  const scope = elementType === undefined ? {} : { each: elementType };
  return (['when', 'unless'] as const).flatMap((field) => {
    const text = prediction[field];
    if (text === undefined) return [];
    const { value, complaint } = attempt(() => compileCondition(text, scope));
    if (complaint !== undefined) return [{ path: [...at, field], message: `${field}: ${complaint}` }];
    const depth = (value?.nesting ?? 0) + (prediction.each === undefined ? 0 : 1);
    return [
      ...(value?.patterns ?? []).flatMap((pattern) => patternComplaints(pattern, [...at, field])),
      ...(depth > deepestNesting ? [{ path: [...at, field], message: `${field}: ${tooDeep}` }] : []),
    ];
  });
}

function attempt<Value>(action: () => Value): { readonly value?: Value; readonly complaint?: string } {
  try {
    return { value: action() };
  } catch (error) {
    if (error instanceof ExpressionError) return { complaint: error.problem.message };
    throw error;
  }
}

function patternComplaints(pattern: string, path: Path): readonly Complaint[] {
  try {
    void new RegExp(pattern);
  } catch (error) {
    return [{ path, message: error instanceof Error ? error.message : String(error) }];
  }
  const risk = patternRisk(pattern);
  return risk === undefined ? [] : [{ path, message: `too slow on hostile text: ${risk}` }];
}

function signatureComplaints(signature: Signature, at: Path): readonly Complaint[] {
  const captures = captureNames(signature.line);
  const complaints = [...patternComplaints(signature.line, [...at, 'line'])];
  if (complaints.length === 0 && new RegExp(signature.line).test('')) {
    complaints.push({ path: [...at, 'line'], message: 'the pattern matches an empty line' });
  }
  const { when, message } = signature;
  const tried = [
    { field: 'when', ...(when === undefined ? {} : attempt(() => compileLogCondition(when, captures))) },
    { field: 'message', ...(message === undefined ? {} : attempt(() => compileLogMessage(message, captures))) },
  ];
  for (const { field, complaint } of tried) {
    if (complaint !== undefined) complaints.push({ path: [...at, field], message: `${field}: ${complaint}` });
  }
  return complaints;
}

function checkLogRules(rules: LogRules): readonly Complaint[] {
  return rules.lines.flatMap((line, index) => patternComplaints(line.line, ['lines', index, 'line']));
}

function testComplaints(cause: Cause): readonly Complaint[] {
  const complaints: Complaint[] = [];
  const expectations = new Set(cause.tests.map((test) => test.expect));
  const needed = [
    ...(cause.predict.length > 0 ? (['fires', 'quiet'] as const) : []),
    ...(cause.diagnose.some((each) => each.role === 'root') ? (['diagnosed', 'silent'] as const) : []),
  ];
  for (const expectation of needed) {
    if (!expectations.has(expectation)) complaints.push({ path: ['tests'], message: `no test expects ${expectation}` });
  }
  for (const [index, test] of cause.tests.entries()) {
    if (isDiagnoseTest(test)) continue;
    for (const message of unknownFacts(test.facts)) complaints.push({ path: ['tests', index, 'facts'], message });
  }
  return complaints;
}

/** A fact in a test that the vocabulary does not have, or of another kind: a test of nothing. */
function unknownFacts(facts: Readonly<Record<string, unknown>>): readonly string[] {
  return mismatches({ kind: 'record', fields: factSchema.fields }, facts, '');
}

function mismatches(fact: Fact, value: unknown, path: string): readonly string[] {
  switch (fact.kind) {
    case 'record':
      return fieldMismatches(fact.fields, value, path);
    case 'records':
      if (!Array.isArray(value)) return [`${path} is a list`];
      return value.flatMap((item, index) => fieldMismatches(fact.fields, item, `${path}[${String(index)}]`));
    case 'texts':
      return Array.isArray(value) && value.every((item) => typeof item === 'string')
        ? []
        : [`${path} is a list of texts`];
    case 'text-map':
      return isRecord(value) && Object.values(value).every((item) => typeof item === 'string')
        ? []
        : [`${path} is a map of texts`];
    default: {
      const type = { text: 'string', number: 'number', flag: 'boolean' }[fact.kind];
      return typeof value === type ? [] : [`${path} is a ${fact.kind}`];
    }
  }
}

function fieldMismatches(fields: FactFields, value: unknown, path: string): readonly string[] {
  if (!isRecord(value)) return [`${path || 'facts'} has members`];
  return Object.entries(value).flatMap(([name, item]) => {
    const fact = fields[name];
    const inner = path === '' ? name : `${path}.${name}`;
    return fact === undefined ? [`there is no fact ${inner}`] : mismatches(fact, item, inner);
  });
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
