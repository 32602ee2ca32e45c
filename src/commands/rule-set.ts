/** The rules that a command works with: the shipped ones and those of --rules, checked before use. */

import { resolve } from 'node:path';

import { UserError } from '../errors.js';
import {
  joinRules,
  loadRules,
  readRuleFiles,
  ruleError,
  ruleSetOf,
  type RuleFile,
  type RuleSet,
} from '../rules/load.js';
import type { Invocation } from './invocation.js';

/** What --rules gave: nothing, one directory or several. */
export interface RulesArgument {
  readonly rules?: string | readonly string[] | undefined;
}

/**
 * Loads the rules. Those of a user get the full check first: what is wrong with them is to be told
 * with file and line, and not by an expression that fails later.
 * @throws {UserError} for the first complaint about a directory
 */
export async function openRules({ rules }: RulesArgument, { cwd }: Invocation): Promise<RuleSet> {
  const given = rules === undefined ? [] : typeof rules === 'string' ? [rules] : rules;
  const shipped = await loadRules();
  if (given.length === 0) return shipped;
  const { checkRuleFiles } = await import('../rules/check.js');
  const read = await Promise.all(given.map((directory) => readGiven(resolve(cwd, directory))));
  const problem = read.flatMap(checkRuleFiles)[0];
  if (problem !== undefined) throw ruleError(problem);
  return joinRules([shipped, ...read.map(ruleSetOf)]);
}

/** @throws {UserError} there is nothing to read */
async function readGiven(directory: string): Promise<readonly RuleFile[]> {
  const files = await readRuleFiles(directory);
  if (files.length === 0) throw new UserError(`there are no rules in ${directory}`);
  return files;
}
