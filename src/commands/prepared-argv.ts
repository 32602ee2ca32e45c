/** Rewrites the few arguments that yargs would take for something else. */

/** Stands for a lone `-`, which yargs drops from positional arguments. No argument can hold a NUL of its own. */
const standardInput = '\u0000-';

/** Options whose value is itself made of options. */
const holdsOptions: ReadonlySet<string> = new Set(['--criu-options']);

/** Commands that take the words behind `--` themselves, so that yargs must not look at them. */
const takesCommand: ReadonlySet<string> = new Set(['report', 'guard']);

/** Arguments for yargs; what is behind `--` stays as it is, or is left out where it is a command line of its own. */
export function prepareArgv(argv: readonly string[]): string[] {
  const prepared: string[] = [];
  const end = argv.indexOf('--');
  const own = end < 0 ? argv : argv.slice(0, end);
  for (let index = 0; index < own.length; index += 1) {
    const word = own[index] ?? '';
    const value = own[index + 1];
    if (holdsOptions.has(word) && value !== undefined) {
      prepared.push(`${word}=${value}`);
      index += 1;
    } else {
      prepared.push(word === '-' ? standardInput : word);
    }
  }
  const isCommandLine = takesCommand.has(own.find((word) => !word.startsWith('-')) ?? '');
  return end < 0 || isCommandLine ? prepared : [...prepared, ...argv.slice(end)];
}

/** A positional argument as the user wrote it. */
export function asWritten(word: string): string {
  return word === standardInput ? '-' : word;
}
