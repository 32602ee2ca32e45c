/**
 * A program of its own that starts a guarded command and waits for it, so that whatever happens to crdoctor or to
 * the terminal does not reach the command. Its working directory is the directory of the guard; it reads
 * `command.json` there and writes `started.json`, `stdout.log`, `stderr.log` and in the end `ended.json`. Where the
 * command is to have a terminal, this program is the leader of that terminal's session and hands it on.
 */

import { spawn, type StdioOptions } from 'node:child_process';
import { closeSync, fsyncSync, openSync, readFileSync, readlinkSync, renameSync, writeFileSync } from 'node:fs';

interface CommandFile {
  readonly argv: readonly [string, ...string[]];
  readonly cwd: string;
}

/** The standard streams of the command that are a terminal, which this program has got for it. */
const onTerminal = (process.argv[2] ?? '').split(',').filter((stream) => stream !== '');

/** Keeps its pid. What is lost when the terminal goes away is output, and not the command. */
const holdOn = ['/bin/sh', '-c', `trap '' HUP; exec "$@"`, 'sh'] as const;

// It ends when the command ends, and for no other reason that can be caught.
for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2', 'SIGPIPE'] as const) {
  process.on(signal, () => undefined);
}

supervise(readCommand());

function readCommand(): CommandFile {
  const data: unknown = JSON.parse(readFileSync('command.json', 'utf8'));
  if (typeof data === 'object' && data !== null && 'argv' in data && 'cwd' in data) {
    const { argv, cwd } = data;
    if (Array.isArray(argv) && typeof cwd === 'string') {
      const [file, ...args] = argv.map(String);
      if (file !== undefined) return { argv: [file, ...args], cwd };
    }
  }
  throw new TypeError('command.json holds no command');
}

function supervise({ argv, cwd }: CommandFile): void {
  const hasTerminal = onTerminal.length > 0;
  const [file, ...args] = hasTerminal ? ([...holdOn, ...argv] as const) : argv;
  // Made anew and for this program alone: whoever comes second does not run the command again.
  const [stdout, stderr] = [openLog('stdout.log'), openLog('stderr.log')];
  const stdio: StdioOptions = [
    onTerminal.includes('stdin') ? 'inherit' : 'ignore',
    onTerminal.includes('stdout') ? 'inherit' : stdout,
    onTerminal.includes('stderr') ? 'inherit' : stderr,
  ];
  // In a session of its own it would have no terminal.
  const child = spawn(file, args, { cwd, stdio, detached: !hasTerminal });
  child.once('error', (error) => finish({ startError: error.message.split('\n', 1)[0] }));
  child.once('exit', (exitStatus, signal) => {
    finish({ ...(exitStatus !== null && { exitStatus }), ...(signal !== null && { signal }) });
  });
  if (child.pid !== undefined) {
    write('started.json', {
      supervisor: markOf(process.pid),
      command: markOf(child.pid),
      ...(hasTerminal && { terminal: readlinkSync('/proc/self/fd/0') }),
    });
  }
  closeSync(stdout);
  closeSync(stderr);
}

function openLog(name: string): number {
  return openSync(name, 'ax', 0o600);
}

function finish(ending: object): void {
  write('ended.json', { ...ending, endedAt: new Date().toISOString() });
}

/** Whole or not at all; a full disk leaves no file, and crdoctor then says that nobody saw the end. */
function write(name: string, data: object): void {
  try {
    const file = openSync(`.${name}.part`, 'w', 0o600);
    writeFileSync(file, JSON.stringify(data));
    fsyncSync(file);
    closeSync(file);
    renameSync(`.${name}.part`, name);
  } catch {
    // There is nobody to tell, and the command is not to suffer from it.
  }
}

/** As src/actions/live-process.ts marks processes; this program has to stand alone. */
function markOf(pid: number): object {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return { pid, startTicks: text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? '' };
  } catch {
    // It has ended already, and its exit is told in a moment.
    return { pid, startTicks: '' };
  }
}
