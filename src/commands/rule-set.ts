/** The rules that a command works with: the shipped ones and those of --rules, checked before use. */

import { resolve } from 'node:path';

import { UserError } from '../errors.js';
import { loadRules, readRuleFiles, ruleError, type RuleSet } from '../rules/load.js';
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
  const directories = given.map((directory) => resolve(cwd, directory));
  if (directories.length > 0) {
    const { checkRules } = await import('../rules/check.js');
    for (const directory of directories) {
      if ((await readRuleFiles(directory)).length === 0) throw new UserError(`there are no rules in ${directory}`);
    }
    const problems = (await Promise.all(directories.map(checkRules))).flat();
    if (problems[0] !== undefined) throw ruleError(problems[0]);
  }
  return loadRules({ directories });
}
