/** Starts a program that is talked to for as long as it lives: words to its standard input, chunks from its output. */

import { spawn } from 'node:child_process';

import { keepOutput } from './kept-output.js';

export interface ConversationOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Every chunk of its standard output. */
  readonly onOutput: (chunk: Buffer) => void;
}

/** How the program ended. */
export interface ConversationEnd {
  readonly exitStatus: number | undefined;
  /** Name of the signal that ended it. */
  readonly signal: string | undefined;
  /** Why it did not even start: the code of the system (`ENOENT`). */
  readonly startError: string | undefined;
  /** The last of its standard error. Untrusted. */
  readonly stderr: string;
}

export interface Conversation {
  /** Hands it words; without effect when it has ended. */
  readonly say: (words: Buffer) => void;
  /** Closes its standard input. */
  readonly hangUp: () => void;
  /** Ends it and its process group at once. */
  readonly kill: () => void;
  /** Its end, once its output was read to the last byte; never rejects. */
  readonly ended: Promise<ConversationEnd>;
}

/** ssh with -v, at most. */
const maxErrorBytes = 64 * 1024;
/** How long its output may stay open after its end, held by something it left behind. */
const drainMs = 500;

/** Starts it in a process group of its own, so that a Ctrl-C of the terminal does not reach it before crdoctor decides. */
export function startConversation(
  [program, ...args]: readonly [string, ...string[]],
  { env, onOutput }: ConversationOptions,
): Conversation {
  const child = spawn(program, args, { env: { ...env, LC_ALL: 'C' }, stdio: 'pipe', detached: true });
  const stderr = keepOutput(maxErrorBytes, 'tail');
  child.stdout.on('data', onOutput);
  child.stderr.on('data', (chunk: Buffer) => void stderr.push(chunk));
  // It may end before it has heard everything; how it ended tells more.
  child.stdin.on('error', () => undefined);
  const ended = new Promise<ConversationEnd>((resolve) => {
    const end = (code: number | null, signal: string | null, startError?: string): void =>
      resolve({
        exitStatus: code ?? undefined,
        signal: signal ?? undefined,
        startError,
        stderr: stderr.bytes().toString('utf8'),
      });
    child.once('error', (error: NodeJS.ErrnoException) => end(null, null, error.code ?? error.message));
    child.once('close', end);
    child.once('exit', () => {
      setTimeout(() => {
        child.stdout.destroy();
        child.stderr.destroy();
      }, drainMs).unref();
    });
  });
  return {
    say: (words) => void (child.stdin.writable && child.stdin.write(words)),
    hangUp: () => void child.stdin.end(),
    kill: () => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It has ended already.
      }
    },
    ended,
  };
}
