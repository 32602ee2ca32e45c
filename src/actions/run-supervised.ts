/** Runs the guarded command under its supervisor and shows its output as it comes. */

import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';

import { errorCode } from '../errors.js';
import { launchSupervisor, resizeTerminal, type TerminalWish } from '../process/launch-supervisor.js';
import { readJsonFile, writeDurably } from './durable-file.js';
import type { Ending } from './guard-record.js';
import { isAlive, markProcess, readProcessMark, type ProcessMark } from './live-process.js';

/** Where the output of the command goes, piece by piece and as it is. */
export interface OutputSinks {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  /** What the command displayed on its terminal. */
  readonly terminal?: (text: string) => void;
}

export interface WatchOptions extends OutputSinks {
  readonly directory: string;
  /** Aborts when the user does not want to wait any longer; the command goes on. */
  readonly signal: AbortSignal;
}

type Environment = Readonly<Record<string, string | undefined>>;

const pollMs = 40;
/** The supervisor writes down what it has started within this, or it never will. */
const startMs = 10_000;

/**
 * Starts the command. Its output goes to files, so that no pipe can break, and its standard input is empty; but what
 * is a terminal in `terminal` is one for the command as well. Gives whether it has one.
 * @throws when the supervisor cannot be started
 */
export async function startSupervised(
  directory: string,
  command: { readonly argv: readonly string[]; readonly cwd: string },
  env: Environment,
  terminal?: TerminalWish,
): Promise<boolean> {
  await writeDurably(join(directory, 'command.json'), JSON.stringify(command));
  return launchSupervisor(directory, env, terminal);
}

/** What the user does at the terminal, for the command. */
export interface TerminalLine {
  /** What was typed. What nobody reads is dropped. */
  send(bytes: Uint8Array): Promise<void>;
  resize(rows: number, columns: number): Promise<void>;
  close(): Promise<void>;
}

/** Undefined: the command has no terminal, or nobody holds it any more. */
export async function openTerminalLine(directory: string, env: Environment): Promise<TerminalLine | undefined> {
  let pipe: FileHandle;
  try {
    pipe = await open(join(directory, 'input'), constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENXIO') return undefined;
    throw error;
  }
  return {
    async send(bytes) {
      await pipe.write(bytes).catch(() => undefined);
    },
    async resize(rows, columns) {
      const data = await readJsonFile(join(directory, 'started.json'));
      if (typeof data !== 'object' || data === null || !('terminal' in data)) return;
      if (typeof data.terminal === 'string') await resizeTerminal(data.terminal, rows, columns, env);
    },
    close: () => pipe.close(),
  };
}

/** Waits for the end of the command and shows its output; `detached` when the user stopped waiting. */
export async function watchSupervised(options: WatchOptions): Promise<Ending | 'detached'> {
  const { directory, signal } = options;
  const tails = [
    createTail(join(directory, 'stdout.log'), options.stdout),
    createTail(join(directory, 'stderr.log'), options.stderr),
    createTail(join(directory, 'terminal.log'), options.terminal ?? options.stderr),
  ];
  const started = Date.now();
  try {
    for (;;) {
      // Asked first, so that what was written until then is shown before the end is believed.
      const ending = await readEnding(directory);
      const marks = await readMarks(directory);
      for (const tail of tails) await tail.read();
      if (ending !== undefined) return ending;
      const isGone = marks === undefined ? Date.now() - started > startMs : !marks.some(isAlive);
      if (isGone) {
        for (const tail of tails) await tail.read();
        return (await readEnding(directory)) ?? {};
      }
      if (signal.aborted) return 'detached';
      await new Promise((resolve) => setTimeout(resolve, pollMs));
    }
  } finally {
    for (const tail of tails) await tail.close();
  }
}

/** Undefined as long as the supervisor has not written it down. */
async function readMarks(directory: string): Promise<readonly (ProcessMark | undefined)[] | undefined> {
  const data = await readJsonFile(join(directory, 'started.json'));
  if (typeof data !== 'object' || data === null) return undefined;
  return [
    readProcessMark('supervisor' in data ? data.supervisor : undefined),
    readProcessMark('command' in data ? data.command : undefined),
  ];
}

/** How the command ended, as its supervisor saw it; undefined while it runs. */
export async function readEnding(directory: string): Promise<Ending | undefined> {
  const data = await readJsonFile(join(directory, 'ended.json'));
  return isEnding(data) ? data : undefined;
}

/** Written by the supervisor, in a directory that nobody else can write to. */
function isEnding(data: unknown): data is Ending {
  return typeof data === 'object' && data !== null && 'endedAt' in data;
}

/** Pid of the command while it runs, for messages about what the user can do. */
export async function commandPid(directory: string): Promise<number | undefined> {
  const mark = (await readMarks(directory))?.[1];
  return mark !== undefined && markProcess(mark.pid) !== undefined ? mark.pid : undefined;
}

interface Tail {
  read(): Promise<void>;
  close(): Promise<void>;
}

const chunkBytes = 65_536;

function createTail(path: string, show: (text: string) => void): Tail {
  const decoder = new StringDecoder('utf8');
  const buffer = Buffer.alloc(chunkBytes);
  let file: FileHandle | undefined;
  return {
    async read() {
      file ??= await openIfThere(path);
      if (file === undefined) return;
      for (;;) {
        const { bytesRead } = await file.read(buffer, 0, buffer.length, null);
        if (bytesRead === 0) return;
        show(decoder.write(buffer.subarray(0, bytesRead)));
      }
    },
    async close() {
      await file?.close();
    },
  };
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
