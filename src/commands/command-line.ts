/** The command table: what can be written on the command line, and which module does it. */

import yargs, { type Argv } from 'yargs';

import { exitStatus, UserError } from '../errors.js';
import { checkOptions } from './check-options.js';
import { fileOptions } from './file-options.js';
import { guardOptions } from './guard-options.js';
import type { Invocation } from './invocation.js';
import { outputOptions, workOptions } from './output-options.js';
import { prepareArgv } from './prepared-argv.js';
import { redactedReport, redactOptions } from './redact-options.js';
import { reportOptions } from './report-options.js';
import { triageEpilogue, triageOptions } from './triage-options.js';

/** What a command line asks for; runs after it was read to its end. */
type Task = () => Promise<number>;

/**
 * Reads the command line and runs the command it names.
 * @throws {UserError} for wrong use, and what the commands throw
 */
export async function runCommandLine(invocation: Invocation): Promise<number> {
  const { task, output } = await parse(invocation);
  if (output !== '') invocation.stdout.write(`${output}\n`);
  return task === undefined ? exitStatus.ok : task();
}

async function parse(invocation: Invocation): Promise<{ readonly task: Task | undefined; readonly output: string }> {
  const chosen: { task?: Task } = {};
  let output = '';
  const parser = commandTable(invocation, (task) => {
    chosen.task = task;
  });
  try {
    await parser.parseAsync(prepareArgv(invocation.argv), {}, (_error: unknown, _parsed: unknown, text: string) => {
      output = text;
    });
  } catch (error) {
    throw beforeCommand(error instanceof UserError ? error : usageError(error), invocation.argv);
  }
  return { task: chosen.task, output };
}

function commandTable(invocation: Invocation, choose: (task: Task) => void): Argv {
  return yargs()
    .scriptName('crdoctor')
    .locale('en')
    .usage('$0 <command>\n\nSays why a container cannot be frozen and brought back to life.')
    .command(
      'check [instance]',
      'Say whether a container, or this host, can be checkpointed and restored',
      (command) =>
        command
          .positional('instance', { type: 'string', describe: 'Container to judge; without it the host is judged' })
          .options(checkOptions)
          .options(outputOptions)
          .options(workOptions),
      (parsed) => choose(async () => (await import('./check.js')).runCheck(parsed, invocation)),
    )
    .command('triage [path..]', 'Find the cause of a failure in its logs', triageCommand, (parsed) =>
      choose(async () => (await import('./triage.js')).runTriage(parsed, invocation)),
    )
    .command(
      'report [instance]',
      'Write everything that a bug report needs into one archive',
      (command) =>
        command
          .usage('$0 report [instance] [-- failed command...]')
          .positional('instance', { type: 'string', describe: 'Container to report; without it the host is reported' })
          .options(reportOptions)
          .options(workOptions),
      (parsed) => choose(async () => (await import('./report.js')).runReport(parsed, invocation)),
    )
    .command(
      'redact <report>',
      'Take secrets out of a report that exists already; writes a new one',
      (command) => command.positional('report', redactedReport).options(redactOptions),
      (parsed) => choose(async () => (await import('./redact.js')).runRedact(parsed, invocation)),
    )
    .command(
      'guard',
      'Run a command that saves or restores the state of a container, safely',
      (command) => command.usage('$0 guard [options] -- command...').options(guardOptions),
      (parsed) => choose(async () => (await import('./guard.js')).runGuard(parsed, invocation)),
    )
    .command('file <report>', 'Write what a bug tracker asks for, out of a report', fileCommand, (parsed) =>
      choose(async () => (await import('./file.js')).runFile(parsed, invocation)),
    )
    .command('rules', 'Show, check and test the knowledge behind check and triage', (command) =>
      ruleCommands(command, invocation, choose),
    )
    .completion('completion', 'Print a completion script for bash or zsh')
    .demandCommand(1, 'no command was given')
    .recommendCommands()
    .strict()
    .middleware(refuse, true)
    .version(invocation.version)
    .alias('version', 'V')
    .alias('help', 'h')
    .epilogue('Exit status: 0 nothing blocks, 2 wrong use, 3 blocked, 4 risks with --strict, 5 could not tell.')
    .wrap(Math.min(100, invocation.stdout.columns ?? 100))
    .parserConfiguration({
      'boolean-negation': false,
      'dot-notation': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
    })
    .exitProcess(false)
    .fail(false);
}

function triageCommand(command: Argv) {
  return command
    .usage('$0 triage PATH... [--against GOOD]')
    .positional('path', {
      type: 'string',
      array: true,
      describe:
        'Log, directory, report, sosreport, checkpoint of podman, any tar or zip with logs in it, or - for stdin; gzip, xz, zstd and bzip2 are unpacked',
    })
    .options({ ...outputOptions, ...triageOptions })
    .options(workOptions)
    .epilogue(triageEpilogue);
}

function fileCommand(command: Argv) {
  return command
    .usage('$0 file REPORT --to TRACKER [--upload]')
    .positional('report', { type: 'string', demandOption: true, describe: 'Report, packed or unpacked' })
    .options(fileOptions)
    .options(workOptions);
}

function ruleCommands(command: Argv, invocation: Invocation, choose: (task: Task) => void): Argv {
  const options = { format: { ...outputOptions.format, choices: ['text', 'json'] }, rules: workOptions.rules } as const;
  return command
    .command(
      'list',
      'List the causes that are known',
      (list) => list.options(options),
      (parsed) => choose(async () => (await import('./rules.js')).runRulesList(parsed, invocation)),
    )
    .command(
      'explain <cause>',
      'Say everything about one cause',
      (explain) =>
        explain
          .positional('cause', {
            type: 'string',
            demandOption: true,
            describe: 'Its id, as check, triage and list print it',
          })
          .options({ ...options, 'no-color': outputOptions['no-color'] }),
      (parsed) => choose(async () => (await import('./rules.js')).runRulesExplain(parsed, invocation)),
    )
    .command(
      'check [directory]',
      'Say what is wrong with the rules of a directory',
      (check) => check.positional('directory', { type: 'string', describe: 'Without it the shipped rules' }),
      (parsed) => choose(async () => (await import('./rules.js')).runRulesCheck(parsed.directory, invocation)),
    )
    .command(
      'test [directory]',
      'Run the tests inside the rules and prove that they bite',
      (test) => test.positional('directory', { type: 'string', describe: 'Without it the shipped rules' }),
      (parsed) => choose(async () => (await import('./rules.js')).runRulesTest(parsed.directory, invocation)),
    )
    .demandCommand(1, 'crdoctor rules needs list, explain, check or test');
}

/** Options that may be given more than once. */
const repeatable: ReadonlySet<string> = new Set(['_', '--', 'rules', 'path', 'force']);

/** Runs before yargs checks types and choices. */
function refuse(parsed: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(parsed)) {
    if (Array.isArray(value) && !repeatable.has(name)) throw new UserError(`--${name} can be given once only`);
  }
}

/** A status of guard must not look like one of the command that it was to run. */
function beforeCommand(error: UserError, argv: readonly string[]): UserError {
  if (argv[0] !== 'guard' || !argv.includes('--')) return error;
  const { message, hint } = error;
  return new UserError(message, { exitStatus: exitStatus.refused, ...(hint !== undefined && { hint }) });
}

/** What yargs complains of, as one line in our words. */
function usageError(error: unknown): UserError {
  const message = error instanceof Error ? error.message : String(error);
  const choice = /Argument: (.+), Given: (.+), Choices: (.+)/s.exec(message);
  const text =
    choice === null ? inOurWords(message) : `--${choice[1]} cannot be ${choice[2]}; it is one of ${choice[3]}`;
  return new UserError(text.charAt(0).toLowerCase() + text.slice(1), {
    hint: 'crdoctor --help and crdoctor COMMAND --help tell what can be written',
  });
}

function inOurWords(message: string): string {
  if (message.startsWith('Not enough non-option arguments'))
    return 'something is missing behind the name of the command';
  return message.replace(/^Unknown argument/, 'unknown option or argument').replace(/\s*\n\s*/g, ' ');
}
