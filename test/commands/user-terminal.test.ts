import { EventEmitter } from 'node:events';

import { expect, it } from 'vitest';

import { findUserTerminal, type TerminalProcess } from '../../src/commands/user-terminal.js';

/** A process of whose streams those named are a terminal. */
function processWith(...terminals: readonly string[]) {
  const stream = (name: string) =>
    Object.assign(new EventEmitter(), { isTTY: terminals.includes(name), rows: 40, columns: 99 });
  const streams = { stdin: stream('stdin'), stdout: stream('stdout'), stderr: stream('stderr') };
  return { ...streams, pid: 1, kill: () => true } as unknown as TerminalProcess;
}

it('is none where nothing is a terminal', () => {
  expect(findUserTerminal(processWith())).toBeUndefined();
});

it('tells which streams are one, and how large it is', () => {
  const terminal = findUserTerminal(processWith('stderr'));
  expect(terminal?.streams).toEqual(['stderr']);
  expect(terminal?.size()).toEqual({ rows: 40, columns: 99 });
});

it('hears of new sizes until it is let go', () => {
  const own = processWith('stdout');
  let heard = 0;
  const release = findUserTerminal(own)?.attach(
    () => undefined,
    () => (heard += 1),
  );
  own.stdout.emit('resize');
  release?.();
  own.stdout.emit('resize');
  expect(heard).toBe(1);
});
