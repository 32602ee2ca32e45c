/** Options about how results and progress are shown, shared by all commands. */

import type { InferredOptionTypes, Options } from 'yargs';

import { UserError } from '../errors.js';
import { jsonSink, lineSink, slowStepSink } from '../progress/sinks.js';
import { silent, type ProgressSink } from '../progress/progress.js';
import { escapeJson, escapeText } from '../render/escape.js';
import type { TextOptions } from '../render/options.js';
import { wantsColor } from '../render/style.js';
import type { Invocation } from './invocation.js';

export const outputOptions = {
  format: {
    type: 'string',
    choices: ['text', 'json', 'html', 'markdown', 'junit'],
    default: 'text',
    describe: 'Format of the result',
  },
  'no-color': { type: 'boolean', describe: 'No colours' },
  explain: { type: 'boolean', describe: 'Also say why, and where it is documented' },
  verbose: { type: 'boolean', describe: 'Also list what was looked for and not found' },
} as const satisfies Record<string, Options>;

export const workOptions = {
  progress: {
    type: 'string',
    choices: ['auto', 'lines', 'json', 'off'],
    default: 'auto',
    describe: 'Progress on stderr; auto speaks only of steps that take longer than a second',
  },
  timeout: {
    type: 'string',
    requiresArg: true,
    describe: 'Seconds after which no more evidence is waited for; each command has a limit of its own',
  },
  rules: { type: 'string', requiresArg: true, describe: 'Directory with further rules; may be given several times' },
} as const satisfies Record<string, Options>;

export type OutputArguments = InferredOptionTypes<typeof outputOptions>;
export type WorkArguments = InferredOptionTypes<typeof workOptions>;

/** Narrower terminals exist, but nothing can be read on them; longer lines are hard to read. */
const width = { least: 40, most: 110, withoutTerminal: 100 };

/** A day. */
const maxTimeoutS = 86_400;

/** Options of text output from the command line and the terminal. */
export function textOptionsOf(wishes: OutputArguments, { stdout, env }: Invocation): TextOptions {
  const columns = stdout.columns ?? width.withoutTerminal;
  return {
    hasColor: wantsColor({ isTerminal: stdout.isTerminal, noColor: wishes['no-color'] ?? false, env }),
    columns: Math.min(width.most, Math.max(width.least, columns)),
    explain: wishes.explain ?? false,
    verbose: wishes.verbose ?? false,
  };
}

/** The sink that draws progress on stderr. */
export function progressOf({ progress }: WorkArguments, { stderr }: Invocation): ProgressSink {
  const writeText = (line: string): void => stderr.write(`crdoctor: ${escapeText(line)}\n`);
  switch (progress) {
    case 'json':
      return jsonSink((line) => stderr.write(`${escapeJson(line)}\n`));
    case 'lines':
      return lineSink(writeText);
    case 'auto':
      return slowStepSink(writeText);
    default:
      return silent;
  }
}

/**
 * Aborts when the user wants crdoctor to end or the time allowed is over. Not made with AbortSignal.any
 * and AbortSignal.timeout: Node 20 may collect what they made before its time has come.
 * @throws {UserError} the timeout is no number of seconds
 */
export function deadlineOf({ timeout }: Pick<WorkArguments, 'timeout'>, { signal }: Invocation): AbortSignal {
  if (timeout === undefined) return signal;
  const seconds = Number(timeout);
  if (!(seconds > 0 && seconds <= maxTimeoutS)) {
    throw new UserError(`--timeout ${timeout} is no number of seconds between 0 and ${maxTimeoutS}`);
  }
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(new Error('the time allowed is over')), seconds * 1000);
  timer.unref();
  signal.addEventListener('abort', () => deadline.abort(signal.reason), { once: true });
  return deadline.signal;
}
