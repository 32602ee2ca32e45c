/** The terminal that the user sits at, for commands that hand it on. */

import { isInForeground } from '../process/is-in-foreground.js';
import type { UserTerminal } from './invocation.js';

/** What of a process this needs. */
export type TerminalProcess = Pick<NodeJS.Process, 'stdin' | 'stdout' | 'stderr' | 'pid' | 'kill'>;

/** Ctrl-C, Ctrl-\ and Ctrl-Z as a keyboard sends them (`man 3 termios`). */
const interruptKeys: readonly number[] = [0x03, 0x1c];
const suspendKey = 0x1a;

/** Undefined: none of the standard streams is a terminal. */
export function findUserTerminal(own: TerminalProcess): UserTerminal | undefined {
  const { stdin, stdout, stderr } = own;
  // In the background it may neither read nor set the terminal: the kernel would stop it.
  const hasKeyboard = stdin.isTTY && isInForeground();
  const streams = [
    ...(hasKeyboard ? (['stdin'] as const) : []),
    ...(stdout.isTTY ? (['stdout'] as const) : []),
    ...(stderr.isTTY ? (['stderr'] as const) : []),
  ];
  if (streams.length === 0) return undefined;
  const screen = stdout.isTTY ? stdout : stderr;
  return {
    streams,
    size: () => ({ rows: screen.isTTY ? screen.rows : 24, columns: screen.isTTY ? screen.columns : 80 }),
    attach: (onInput, onResize) => {
      screen.on('resize', onResize);
      const release = hasKeyboard ? takeKeyboard(own, onInput) : undefined;
      return () => {
        screen.off('resize', onResize);
        release?.();
      };
    },
  };
}

/** Key by key and unseen, because the terminal of the command shows what is typed where it should be seen. */
function takeKeyboard({ stdin, pid, kill }: TerminalProcess, onInput: (bytes: Uint8Array) => void): () => void {
  const onData = (bytes: Buffer): void => {
    if (bytes.some((byte) => interruptKeys.includes(byte))) kill(pid, 'SIGINT');
    const typed = bytes.filter((byte) => !interruptKeys.includes(byte) && byte !== suspendKey);
    if (typed.length > 0) onInput(typed);
  };
  stdin.setRawMode(true);
  stdin.on('data', onData);
  stdin.resume();
  return () => {
    stdin.off('data', onData);
    stdin.pause();
    stdin.setRawMode(false);
    stdin.unref();
  };
}
