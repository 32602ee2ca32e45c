/** `crdoctor rules`: shows, checks and tests the knowledge base. */

import { join, resolve } from 'node:path';

import { exitStatus, UserError, type ExitStatus } from '../errors.js';
import { findNearNames } from '../evidence/near-names.js';
import { renderCause, renderProof, renderRuleList, renderRuleProblems, renderRulesJson } from '../render/rules-text.js';
import type { Cause } from '../rules/cause.js';
import type { RuleProblem } from '../rules/parse-cause.js';
import type { Invocation } from './invocation.js';
import { textOptionsOf } from './output-options.js';
import { openRules, type RulesArgument } from './rule-set.js';

export interface RulesArguments extends RulesArgument {
  readonly format: string;
  readonly 'no-color'?: boolean | undefined;
}

/** Lists the causes, shipped ones and those of --rules. */
export async function runRulesList(parsed: RulesArguments, invocation: Invocation): Promise<ExitStatus> {
  const { causes } = await openRules(parsed, invocation);
  const options = textOptionsOf({ ...textWishes, 'no-color': parsed['no-color'] }, invocation);
  invocation.stdout.write(parsed.format === 'json' ? renderRulesJson(causes) : renderRuleList(causes, options));
  return exitStatus.ok;
}

/**
 * Prints one cause.
 * @throws {UserError} there is no such cause
 */
export async function runRulesExplain(
  parsed: RulesArguments & { readonly cause: string },
  invocation: Invocation,
): Promise<ExitStatus> {
  const { causes } = await openRules(parsed, invocation);
  const cause = causes.find((each) => each.id === parsed.cause);
  if (cause === undefined) throw unknownCause(parsed.cause, causes);
  const options = textOptionsOf({ ...textWishes, 'no-color': parsed['no-color'] }, invocation);
  invocation.stdout.write(parsed.format === 'json' ? renderRulesJson([cause]) : renderCause(cause, options));
  return exitStatus.ok;
}

/** Prints every complaint about the rules of a directory. Status 2 when there are any. */
export async function runRulesCheck(directory: string | undefined, invocation: Invocation): Promise<ExitStatus> {
  const problems = await problemsOf(ruleDirectory(directory, invocation));
  invocation.stdout.write(renderRuleProblems(problems));
  return problems.length === 0 ? exitStatus.ok : exitStatus.usage;
}

/** Runs the tests inside the rules. Status 2 when one fails or some damage goes unnoticed. */
export async function runRulesTest(directory: string | undefined, invocation: Invocation): Promise<ExitStatus> {
  const path = ruleDirectory(directory, invocation);
  const problems = await problemsOf(path);
  if (problems.length > 0) {
    invocation.stdout.write(renderRuleProblems(problems));
    return exitStatus.usage;
  }
  const [{ proveRules }, { readRuleDirectory }] = await Promise.all([
    import('../findings/prove.js'),
    import('../rules/load.js'),
  ]);
  const proof = proveRules(await readRuleDirectory(path));
  invocation.stdout.write(renderProof(proof));
  return proof.failures.length === 0 ? exitStatus.ok : exitStatus.usage;
}

/** A directory without any rule is a mistake, not a sound one. */
async function problemsOf(directory: string): Promise<readonly RuleProblem[]> {
  const [{ checkRules }, { readRuleFiles }] = await Promise.all([
    import('../rules/check.js'),
    import('../rules/load.js'),
  ]);
  if ((await readRuleFiles(directory)).length === 0) throw new UserError(`there are no rules in ${directory}`);
  return checkRules(directory);
}

const textWishes = { format: 'text', explain: undefined, verbose: undefined } as const;

function ruleDirectory(directory: string | undefined, { cwd, packageDirectory }: Invocation): string {
  return directory === undefined ? join(packageDirectory, 'rules') : resolve(cwd, directory);
}

function unknownCause(id: string, causes: readonly Cause[]): UserError {
  const near = findNearNames(
    id,
    causes.map((cause) => cause.id),
  );
  const hint = near.length === 0 ? 'crdoctor rules list shows all causes' : `did you mean ${near.join(' or ')}?`;
  return new UserError(`there is no cause ${id}`, { hint });
}
