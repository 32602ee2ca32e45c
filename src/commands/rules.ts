/** `crdoctor rules`: shows, checks and tests the knowledge base. */

import { join, resolve } from 'node:path';

import { exitStatus, UserError, type ExitStatus } from '../errors.js';
import { renderCause, renderProof, renderRuleList, renderRuleProblems, renderRulesJson } from '../render/rules-text.js';
import type { Cause } from '../rules/cause.js';
import { loadRules } from '../rules/load.js';
import type { Invocation } from './invocation.js';
import { nearest } from './nearest.js';
import { ruleDirectoriesOf, textOptionsOf } from './output-options.js';

export interface RulesArguments {
  readonly format: string;
  readonly rules?: string | undefined;
  readonly 'no-color'?: boolean | undefined;
}

/** Lists the causes, shipped ones and those of --rules. */
export async function runRulesList(parsed: RulesArguments, invocation: Invocation): Promise<ExitStatus> {
  const { causes } = await loadRules({ directories: directoriesOf(parsed, invocation) });
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
  const { causes } = await loadRules({ directories: directoriesOf(parsed, invocation) });
  const cause = causes.find((each) => each.id === parsed.cause);
  if (cause === undefined) throw unknownCause(parsed.cause, causes);
  const options = textOptionsOf({ ...textWishes, 'no-color': parsed['no-color'] }, invocation);
  invocation.stdout.write(parsed.format === 'json' ? renderRulesJson([cause]) : renderCause(cause, options));
  return exitStatus.ok;
}

/** Prints every complaint about the rules of a directory. Status 2 when there are any. */
export async function runRulesCheck(directory: string | undefined, invocation: Invocation): Promise<ExitStatus> {
  const { checkRules } = await import('../rules/check.js');
  const problems = await checkRules(ruleDirectory(directory, invocation));
  invocation.stdout.write(renderRuleProblems(problems));
  return problems.length === 0 ? exitStatus.ok : exitStatus.usage;
}

/** Runs the tests inside the rules. Status 2 when one fails or some damage goes unnoticed. */
export async function runRulesTest(directory: string | undefined, invocation: Invocation): Promise<ExitStatus> {
  const [{ proveRules }, { readRuleDirectory }] = await Promise.all([
    import('../findings/prove.js'),
    import('../rules/load.js'),
  ]);
  const proof = proveRules(await readRuleDirectory(ruleDirectory(directory, invocation)));
  invocation.stdout.write(renderProof(proof));
  return proof.failures.length === 0 ? exitStatus.ok : exitStatus.usage;
}

const textWishes = { format: 'text', explain: undefined, verbose: undefined } as const;

function directoriesOf(parsed: RulesArguments, { cwd }: Invocation): readonly string[] {
  return ruleDirectoriesOf(parsed).map((directory) => resolve(cwd, directory));
}

function ruleDirectory(directory: string | undefined, { cwd, packageDirectory }: Invocation): string {
  return directory === undefined ? join(packageDirectory, 'rules') : resolve(cwd, directory);
}

function unknownCause(id: string, causes: readonly Cause[]): UserError {
  const near = nearest(
    id,
    causes.map((cause) => cause.id),
  );
  const hint = near.length === 0 ? 'crdoctor rules list shows all causes' : `did you mean ${near.join(' or ')}?`;
  return new UserError(`there is no cause ${id}`, { hint });
}
