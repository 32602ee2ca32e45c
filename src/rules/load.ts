/** Reads rules: the ones shipped with crdoctor (compiled to JSON by the build) and directories of the user. */

import type { Dirent } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { errorCode, UserError } from '../errors.js';
import type { Cause } from './cause.js';
import type { LogRules } from './noise.js';
import type { ParsedRule, RuleProblem } from './parse-cause.js';
import type { Residue, ResidueFile } from './residue.js';

/** Everything that lies in rules/. */
export interface RuleSet {
  readonly causes: readonly Cause[];
  /** Lines that belong to no cause: noise and consequences. */
  readonly logRules: readonly LogRules[];
  /** What failed actions can leave behind. */
  readonly residues: readonly Residue[];
}

/** A rule file as read, whether it is sound or not. */
export type RuleFile =
  | { readonly kind: 'cause'; readonly file: string; readonly parsed: ParsedRule<Cause> }
  | { readonly kind: 'log-rules'; readonly file: string; readonly parsed: ParsedRule<LogRules> }
  | { readonly kind: 'residue'; readonly file: string; readonly parsed: ParsedRule<ResidueFile> };

const maxRuleBytes = 256 * 1024;
const idPattern = /^[a-z0-9]+(-[a-z0-9]+)*$/;

/**
 * Reads every `<area>/<cause>.yaml` below a directory, and `<cause>.yaml` in it; broken files too.
 * @throws {UserError} the directory cannot be read
 */
export async function readRuleFiles(directory: string): Promise<readonly RuleFile[]> {
  const found = await Promise.all(
    (await entriesOf(directory)).map(async (entry) => {
      const path = join(directory, entry.name);
      if (!entry.isDirectory()) return await readEntry(directory, entry, 'engine');
      return (await Promise.all((await entriesOf(path)).map((inner) => readEntry(path, inner, entry.name)))).flat();
    }),
  );
  return found.flat();
}

const readEntry = async (directory: string, entry: Dirent, area: string): Promise<readonly RuleFile[]> =>
  (await isFile(directory, entry)) ? await readRuleFile(join(directory, entry.name), area) : [];

/** A link to a file counts: that is how configuration management lays files out. */
async function isFile(directory: string, entry: Dirent): Promise<boolean> {
  if (!entry.isSymbolicLink()) return entry.isFile();
  try {
    return (await stat(join(directory, entry.name))).isFile();
  } catch {
    return false;
  }
}

async function entriesOf(directory: string): Promise<readonly Dirent[]> {
  try {
    const entries = await readdir(directory, { withFileTypes: true });
    return entries
      .filter(({ name }) => !name.startsWith('.'))
      .toSorted((left, right) => (left.name < right.name ? -1 : 1));
  } catch (error) {
    throw new UserError(`cannot read the rules in ${directory}: ${errorCode(error) ?? 'unreadable'}`);
  }
}

async function readRuleFile(file: string, area: string): Promise<readonly RuleFile[]> {
  if (!/\.ya?ml$/.test(file)) return [];
  // What reads YAML is loaded only here: the shipped rules are JSON, and starting up is what users wait for.
  const [{ parseCause, parseRule }, { logRulesSchema }, { areas }, { residueSchema }] = await Promise.all([
    import('./parse-cause.js'),
    import('./noise.js'),
    import('./cause.js'),
    import('./residue.js'),
  ]);
  if ((await stat(file)).size > maxRuleBytes) return [broken(file, `is larger than ${maxRuleBytes} bytes`)];
  const text = await readFile(file, 'utf8');
  if (area === 'log') return [{ file, kind: 'log-rules', parsed: parseRule(text, file, logRulesSchema) }];
  if (area === 'residue') return [{ file, kind: 'residue', parsed: parseRule(text, file, residueSchema) }];
  const id = idOf(file);
  if (!idPattern.test(id)) return [broken(file, 'the name of a cause is lower case words joined by dashes')];
  if (!areas.some((each) => each === area)) return [broken(file, `${area} is no area; areas are ${areas.join(', ')}`)];
  return [{ file, kind: 'cause', parsed: parseCause(text, { file, id, area }) }];
}

/** The name of a rule file without its ending. */
function idOf(file: string): string {
  return basename(file).replace(/\.ya?ml$/, '');
}

function broken(file: string, message: string): RuleFile {
  const problem: RuleProblem = { file, line: 1, column: 1, message };
  return { file, kind: 'cause', parsed: { value: undefined, problems: [problem], locate: () => problem } };
}

/**
 * Reads the rules of a directory, all or nothing.
 * @throws {UserError} naming file, line and column of the first complaint
 */
export async function readRuleDirectory(directory: string): Promise<RuleSet> {
  return ruleSetOf(await readRuleFiles(directory));
}

/**
 * What the files of a directory hold, all or nothing.
 * @throws {UserError} naming file, line and column of the first complaint
 */
export function ruleSetOf(files: readonly RuleFile[]): RuleSet {
  const problem = files.flatMap((each) => each.parsed.problems)[0];
  if (problem !== undefined) throw ruleError(problem);
  return {
    causes: files.flatMap((each) => (each.kind === 'cause' && each.parsed.value ? [each.parsed.value] : [])),
    logRules: files.flatMap((each) => (each.kind === 'log-rules' && each.parsed.value ? [each.parsed.value] : [])),
    residues: files.flatMap((each) =>
      each.kind === 'residue' && each.parsed.value
        ? [{ ...each.parsed.value, id: idOf(each.file), file: each.file }]
        : [],
    ),
  };
}

/** A complaint about a rule as the error a user sees. */
export function ruleError(problem: RuleProblem): UserError {
  return new UserError(`${problem.file}:${problem.line}:${problem.column}: ${problem.message}`, {
    hint: 'crdoctor rules check DIR lists everything that is wrong with the rules of a directory',
  });
}

/**
 * The shipped rules and those of the given directories; a cause of a directory replaces the shipped one of its name.
 * @throws {UserError} a directory or a file in it is not acceptable
 */
export async function loadRules(options: { readonly directories?: readonly string[] } = {}): Promise<RuleSet> {
  return joinRules([
    await shippedRules(),
    ...(await Promise.all((options.directories ?? []).map((directory) => readRuleDirectory(directory)))),
  ]);
}

/** Several sets as one; a cause of a later one replaces that of its name. */
export function joinRules(sets: readonly RuleSet[]): RuleSet {
  const causes = new Map(sets.flatMap((set) => set.causes.map((cause) => [cause.id, cause] as const)));
  const residues = new Map(sets.flatMap((set) => set.residues.map((residue) => [residue.id, residue] as const)));
  return {
    causes: [...causes.values()],
    logRules: sets.flatMap((set) => set.logRules),
    residues: [...residues.values()],
  };
}

/** In the package the rules lie beside the program as JSON; in a checkout they are read as they are. */
async function shippedRules(): Promise<RuleSet> {
  const compiled = new URL('./rules.json', import.meta.url);
  try {
    const rules: unknown = JSON.parse(await readFile(compiled, 'utf8'));
    if (isRuleSet(rules)) return rules;
    throw new TypeError(`${fileURLToPath(compiled)} holds no rules`);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    return readRuleDirectory(fileURLToPath(new URL('../../rules', import.meta.url)));
  }
}

/** The inside is not checked again: the build wrote it from rules that were checked. */
function isRuleSet(value: unknown): value is RuleSet {
  return typeof value === 'object' && value !== null && 'causes' in value && 'logRules' in value && 'residues' in value;
}
