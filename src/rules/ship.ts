/** Makes the rules as the package ships them; the build runs this. */

import type { Cause } from './cause.js';
import { compileCause } from './compile.js';
import { readRuleDirectory, type RuleSet } from './load.js';

/**
 * The rules of a directory without their tests, each prediction with what it reads.
 * @throws {UserError} a file is not acceptable
 * @throws {ExpressionError} an expression is not
 */
export async function shipRules(directory: string): Promise<RuleSet> {
  const { causes, logRules, residues } = await readRuleDirectory(directory);
  return {
    causes: causes.map(shipCause),
    logRules,
    residues: residues.map((residue) => ({ ...residue, tests: [] })),
  };
}

function shipCause(cause: Cause): Cause {
  const predict = compileCause(cause).predictions.map(({ prediction, condition }) => ({
    ...prediction,
    reads: condition().reads,
  }));
  return { ...cause, predict, tests: [] };
}
