/** Runs the tests inside the rules, and proves that they bite. */

import { assessCompiled } from './assess.js';
import { diagnoseText } from './diagnose.js';
import { mutantsOf } from './mutants.js';
import { isDiagnoseTest, type Cause, type CauseTest, type DiagnoseTest, type PredictTest } from '../rules/cause.js';
import { compileCause, type CompiledCause } from '../rules/compile.js';
import type { RuleSet } from '../rules/load.js';
import type { Facts, FactSet } from '../facts/schema.js';
import type { Finding, Outcome } from './finding.js';

/** A test that did not come out as written, or a damage that no test noticed. */
export interface ProofFailure {
  readonly cause: string;
  readonly kind: 'test' | 'mutant';
  readonly name: string;
  readonly message: string;
}

export interface Proof {
  readonly causes: number;
  readonly tests: number;
  readonly mutants: number;
  readonly failures: readonly ProofFailure[];
}

const outcomeOrder: readonly Outcome[] = ['fires', 'unknown', 'quiet', 'not-applicable'];

/** Runs every in-file test, and against every mutant of every cause at least one test that must then fail. */
export function proveRules(rules: RuleSet): Proof {
  const failures: ProofFailure[] = [];
  let tests = 0;
  let mutants = 0;
  for (const cause of rules.causes) {
    tests += cause.tests.length;
    const failed = failingTests(cause, rules);
    failures.push(
      ...failed.map(({ test, message }) => ({ cause: cause.id, kind: 'test' as const, name: test.name, message })),
    );
    if (failed.length > 0) continue;
    for (const mutant of mutantsOf(cause)) {
      mutants += 1;
      if (failingTests(mutant.cause, rules, 1).length > 0) continue;
      const message = 'no test of the file notices this';
      failures.push({ cause: cause.id, kind: 'mutant', name: mutant.description, message });
    }
  }
  return { causes: rules.causes.length, tests, mutants, failures };
}

interface FailedTest {
  readonly test: CauseTest;
  readonly message: string;
}

/** The tests that fail; stops after `most` of them. */
function failingTests(cause: Cause, rules: RuleSet, most = Number.POSITIVE_INFINITY): readonly FailedTest[] {
  const compiled = compileCause(cause);
  const failed: FailedTest[] = [];
  for (const test of cause.tests) {
    if (failed.length >= most) break;
    const message = isDiagnoseTest(test)
      ? runDiagnoseTest(cause, test, rules.logRules)
      : runPredictTest(compiled, test);
    if (message !== undefined) failed.push({ test, message });
  }
  return failed;
}

function runPredictTest(compiled: CompiledCause, test: PredictTest): string | undefined {
  const operation = test.operation ?? (compiled.cause.scope === 'pair' ? 'move' : 'stop');
  const { findings } = assessCompiled([compiled], factSetOf(test), {
    operation,
    subject: { operation, source: { where: 'test' } },
  });
  const meant = findings.filter(
    (finding) => (test.phase ?? finding.phase) === finding.phase && matchesSeverity(finding, test),
  );
  const outcome = outcomeOrder.find((each) => meant.some((finding) => finding.outcome === each)) ?? 'not-applicable';
  if (outcome !== test.expect) return `expected ${test.expect}, got ${outcome}`;
  const texts = meant.flatMap((finding) => finding.occurrences.map((each) => each.message));
  if (test.message !== undefined && !texts.some((text) => text.includes(test.message ?? ''))) {
    return `no message contains ${JSON.stringify(test.message)}; got ${JSON.stringify(texts)}`;
  }
  return undefined;
}

/** The severity of what does not fire says nothing. */
function matchesSeverity(finding: Finding, test: PredictTest): boolean {
  return test.severity === undefined || test.expect !== 'fires' || finding.severity === test.severity;
}

function factSetOf(test: PredictTest): FactSet {
  const given = test.facts as Facts & { readonly host?: Facts['source'] };
  const { host, ...rest } = given;
  const facts: Facts = {
    ...rest,
    source: given.source ?? host,
    engine: { name: test.engine, ...given.engine },
  };
  return { facts, gaps: new Map(), incomplete: new Set() };
}

function runDiagnoseTest(cause: Cause, test: DiagnoseTest, logRules: RuleSet['logRules']): string | undefined {
  const triage = diagnoseText({ causes: [cause], logRules }, test.log, test.in);
  const own = triage.diagnoses.find((diagnosis) => diagnosis.cause === cause.id);
  const outcome = own === undefined ? 'silent' : 'diagnosed';
  if (outcome !== test.expect) return `expected ${test.expect}, got ${outcome}`;
  if (own !== undefined && test.message !== undefined && !own.explanation.includes(test.message)) {
    return `the explanation does not contain ${JSON.stringify(test.message)}: ${own.explanation}`;
  }
  return undefined;
}
