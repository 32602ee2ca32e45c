/** Starts the program that watches over a guarded command, with a terminal of its own where the user has one. */

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { runCommand } from './run.js';

/** Lies beside this module once it is built. */
const program = fileURLToPath(new URL('./supervisor.js', import.meta.url));

/** Which standard streams of the command are a terminal, and how large that is. */
export interface TerminalWish {
  readonly streams: readonly ('stdin' | 'stdout' | 'stderr')[];
  readonly rows: number;
  readonly columns: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Starts it in a session of its own; from then on it owes nothing to crdoctor. `directory` holds `command.json`.
 * Gives whether the command has a terminal: without `script` of util-linux, or without a free terminal, it has none.
 * @throws the error of the system when it cannot be started
 */
export async function launchSupervisor(
  directory: string,
  env: Environment,
  terminal: TerminalWish | undefined,
): Promise<boolean> {
  if (terminal !== undefined && (await launchOnTerminal(directory, env, terminal))) return true;
  const child = spawn(process.execPath, [program], { cwd: directory, env, stdio: 'ignore', detached: true });
  await once(child, 'spawn');
  child.unref();
  return false;
}

/**
 * What `script` hands to a shell: a fixed text, with everything that is not fixed in the environment, which the
 * command then gets as the user has it. Without a terminal of its own `script` makes one of size zero that does not
 * echo.
 */
const script = [
  'stty sane rows "$CRDOCTOR_ROWS" cols "$CRDOCTOR_COLUMNS" 2>/dev/null',
  'set -- "$CRDOCTOR_NODE" "$CRDOCTOR_SUPERVISOR" "$CRDOCTOR_TERMINALS"',
  'if [ -n "${CRDOCTOR_SHELL+x}" ]; then SHELL=$CRDOCTOR_SHELL; else unset SHELL; fi',
  'unset CRDOCTOR_NODE CRDOCTOR_SUPERVISOR CRDOCTOR_TERMINALS CRDOCTOR_SHELL CRDOCTOR_ROWS CRDOCTOR_COLUMNS',
  'exec "$@"',
].join('\n');

const quick = { timeoutMs: 5000, maxBytes: 4096, keep: 'head' } as const;
/** A busy machine takes its time to start two programs. */
const startMs = 20_000;
const pollMs = 10;

/**
 * `script` holds the terminal: it reads what is typed from the pipe `input`, which it keeps open by itself, and
 * writes what is displayed to `terminal.log`. No end of crdoctor breaks either of them.
 */
async function launchOnTerminal(directory: string, env: Environment, wish: TerminalWish): Promise<boolean> {
  const version = await runCommand(['script', '--version'], { ...quick, env });
  // Others of that name know other options.
  if (version.status !== 'ok' || !version.stdout.toString('utf8').includes('util-linux')) return false;
  const pipe = join(directory, 'input');
  const made = await runCommand(['mkfifo', '--mode=600', '--', pipe], { ...quick, env });
  if (made.status !== 'ok') return false;
  const input = await open(pipe, 'r+');
  const output = await open(join(directory, 'terminal.log'), 'ax', 0o600);
  try {
    const child = spawn('script', ['-q', '-e', '-f', '-c', script, '/dev/null'], {
      cwd: directory,
      env: {
        ...env,
        SHELL: '/bin/sh',
        CRDOCTOR_SHELL: env['SHELL'],
        CRDOCTOR_NODE: process.execPath,
        CRDOCTOR_SUPERVISOR: program,
        CRDOCTOR_TERMINALS: wish.streams.join(','),
        CRDOCTOR_ROWS: String(wish.rows),
        CRDOCTOR_COLUMNS: String(wish.columns),
      },
      stdio: [input.fd, output.fd, output.fd],
      detached: true,
    });
    return await hasBegun(directory, child);
  } finally {
    await input.close();
    await output.close();
  }
}

/** True as soon as the supervisor is at work; false when there will be none. */
async function hasBegun(directory: string, child: ChildProcess): Promise<boolean> {
  let isOver = false;
  child.once('error', () => (isOver = true));
  child.once('exit', () => (isOver = true));
  for (let waitedMs = 0; waitedMs < startMs && !isOver; waitedMs += pollMs) {
    if (existsSync(join(directory, 'stdout.log'))) break;
    await wait(pollMs);
  }
  child.unref();
  // From its log on it may have started the command, which must not be started a second time.
  return !isOver || existsSync(join(directory, 'stdout.log'));
}

/** Gives a terminal another size, which its programs are told of by the kernel. */
export async function resizeTerminal(device: string, rows: number, columns: number, env: Environment): Promise<void> {
  if (!/^\/dev\/pts\/\d{1,7}$/.test(device)) return;
  await runCommand(['stty', '-F', device, 'rows', String(rows), 'cols', String(columns)], { ...quick, env });
}
