#!/usr/bin/env node
/** Where crdoctor begins: takes what the process gives, runs the command, turns its end into an exit status. */

import { isatty } from 'node:tty';
import { fileURLToPath } from 'node:url';

import packageFile from '../package.json' with { type: 'json' };

import type { Output } from './commands/invocation.js';

/** Exit statuses of a program that ended by a signal: 128 and the number of the signal. */
const signalStatuses = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
type StopSignal = keyof typeof signalStatuses;

/** How long a command may take to end its children after a signal, unless it asks for more. */
const usualGraceMs = 3000;
/** How long it may take to clean up when it is not waited for any more. */
const cleanUpMs = 3000;

const argv = process.argv.slice(2);
for (const stream of [process.stdout, process.stderr]) stream.on('error', onBrokenOutput);

if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
  process.stdout.write(`${packageFile.version}\n`);
} else {
  process.exitCode = await run();
}

/** Nothing here is loaded before it is known to be needed: `--version` stays as quick as Node itself. */
async function run(): Promise<number> {
  const stop = new AbortController();
  const stopped: { by?: StopSignal } = {};
  const forced = { graceMs: usualGraceMs, cleanUp: () => Promise.resolve() };
  const forceEnd = (name: StopSignal): void => {
    const exit = (): void => process.exit(signalStatuses[name]);
    setTimeout(exit, cleanUpMs);
    forced.cleanUp().then(exit, exit);
  };
  onStopSignal((name) => {
    if (stopped.by !== undefined) {
      forceEnd(name);
      return;
    }
    stopped.by = name;
    stop.abort(new Error(`stopped by ${name}`));
    setTimeout(() => forceEnd(name), forced.graceMs).unref();
  });
  let status: number;
  let input: NodeJS.ReadStream | undefined;
  try {
    const { runCommandLine } = await import('./commands/command-line.js');
    status = await runCommandLine({
      argv,
      version: packageFile.version,
      env: process.env,
      cwd: process.cwd(),
      packageDirectory: fileURLToPath(new URL('..', import.meta.url)),
      now: () => new Date(),
      signal: stop.signal,
      uid: process.geteuid?.(),
      onForcedEnd: (cleanUp, graceMs) => Object.assign(forced, { cleanUp, graceMs }),
      stdin: () => (input = process.stdin),
      terminal: async () => (await import('./commands/user-terminal.js')).findUserTerminal(process),
      canAsk: () => isatty(0) && isatty(2),
      stdout: toOutput(process.stdout),
      stderr: toOutput(process.stderr),
    });
  } catch (error) {
    if (stopped.by !== undefined) return signalStatuses[stopped.by];
    const { renderError } = await import('./render/error.js');
    const rendered = renderError(error, (process.env['CRDOCTOR_DEBUG'] ?? '') !== '');
    process.stderr.write(rendered.text);
    return rendered.status;
  } finally {
    // What nobody reads to its end would keep the process alive.
    input?.destroy();
  }
  return stopped.by === undefined ? status : signalStatuses[stopped.by];
}

function onStopSignal(listener: (name: StopSignal) => void): void {
  for (const name of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const) process.on(name, () => listener(name));
}

function toOutput(stream: NodeJS.WriteStream): Output {
  return {
    write: (text) => void stream.write(text),
    isTerminal: stream.isTTY,
    columns: stream.isTTY ? stream.columns : undefined,
  };
}

/** The reader went away (`crdoctor … | head`): no news for the user, and the exit status stays the verdict. */
function onBrokenOutput(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') return;
  // A full disk, say. What was not written must not look like a result.
  process.stderr.write(`crdoctor: the result cannot be written: ${error.code ?? error.message}\n`);
  process.exit(1);
}
