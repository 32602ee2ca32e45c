/** The middle of a guarded command: it runs, is shown, and is watched; it is never ended. */

import { isRunning } from '../actions/guard-store.js';
import { openTerminalLine, readEnding, startSupervised, watchSupervised } from '../actions/run-supervised.js';
import { exitStatus, UserError } from '../errors.js';
import type { GuardContext } from './guard-context.js';
import { finishGuard } from './guard-finish.js';
import { watchOver } from './guard-watch.js';

export async function runToTheEnd(context: GuardContext): Promise<number> {
  const { guard, invocation, voice } = context;
  invocation.signal.throwIfAborted();
  await guard.begin('run');
  const { command, cwd } = guard.record();
  const terminal = await invocation.terminal?.();
  const wish = terminal && { streams: terminal.streams, ...terminal.size() };
  const hasTerminal = await startSupervised(guard.directory, { argv: command, cwd }, invocation.env, wish);
  if (wish !== undefined && !hasTerminal) {
    voice.tell('the command sees no terminal: there is no `script` of util-linux, or no terminal is free');
  }
  return watchToTheEnd(context);
}

/** The command runs, or has ended while nobody looked. */
export async function watchToTheEnd(context: GuardContext): Promise<number> {
  const { guard, voice, store } = context;
  const record = guard.record();
  const ending = record.ending ?? (await watch(context));
  if (ending === 'detached') {
    const isOn = await isRunning(store, record.id);
    voice.tell(
      `${isOn ? 'the command runs on; nothing of it was stopped' : 'the command has ended'}: crdoctor guard --resume ${record.id} finishes this`,
    );
    return exitStatus.internal;
  }
  if (record.ending === undefined) await guard.note({ ending });
  if (ending.startError !== undefined) {
    await guard.begin('end');
    throw new UserError(`the command could not be started: ${ending.startError}`);
  }
  return finishGuard(context);
}

async function watch(context: GuardContext): ReturnType<typeof watchSupervised> {
  const { guard, invocation } = context;
  const { stdout, stderr, signal } = invocation;
  const isOver = (await readEnding(guard.directory)) !== undefined;
  const sinks = {
    stdout: (text: string) => stdout.write(text),
    stderr: (text: string) => stderr.write(text),
    terminal: (text: string) => (stdout.isTerminal ? stdout : stderr).write(text),
  };
  if (isOver) return watchSupervised({ directory: guard.directory, signal, ...sinks });
  const release = await attachTerminal(context);
  const stopWatching = watchOver(context, guard.directory);
  try {
    return await watchSupervised({ directory: guard.directory, signal, ...sinks });
  } finally {
    await release();
    await stopWatching();
  }
}

/** Hands what is typed and the size of the terminal on to the terminal of the command. */
async function attachTerminal({ guard, invocation }: GuardContext): Promise<() => Promise<void>> {
  const line = await openTerminalLine(guard.directory, invocation.env);
  const terminal = line && (await invocation.terminal?.());
  if (line === undefined || terminal === undefined) {
    await line?.close();
    return () => Promise.resolve();
  }
  const detach = terminal.attach(
    (bytes) => void line.send(bytes),
    () => {
      const { rows, columns } = terminal.size();
      void line.resize(rows, columns);
    },
  );
  return async () => {
    detach();
    await line.close();
  };
}
