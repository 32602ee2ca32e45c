import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { Invocation } from '../../src/commands/invocation.js';
import { deadlineOf, progressOf, textOptionsOf } from '../../src/commands/output-options.js';

const written: string[] = [];

function invocation(overrides: Partial<Invocation> = {}): Invocation {
  const output = { write: (text: string) => void written.push(text), isTerminal: false, columns: undefined };
  return {
    argv: [],
    version: '0',
    env: {},
    cwd: '/',
    packageDirectory: '/',
    now: () => new Date(0),
    signal: new AbortController().signal,
    uid: 0,
    onForcedEnd: () => {},
    stdin: () => {
      throw new Error('nothing reads standard input here');
    },
    stdout: output,
    stderr: output,
    ...overrides,
  };
}

beforeEach(() => {
  written.length = 0;
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('deadlineOf', () => {
  const work = { progress: 'auto', rules: undefined } as const;

  it('ends when the time is over', () => {
    const signal = deadlineOf({ ...work, timeout: '1.5' }, invocation());
    vi.advanceTimersByTime(1400);
    expect(signal.aborted).toBe(false);
    vi.advanceTimersByTime(200);
    expect(signal.aborted).toBe(true);
  });

  it('ends when the user wants it to, with or without a limit', () => {
    for (const timeout of [undefined, '60']) {
      const user = new AbortController();
      const signal = deadlineOf({ ...work, timeout }, invocation({ signal: user.signal }));
      user.abort();
      expect(signal.aborted).toBe(true);
    }
  });

  it.each(['', '0', '-1', 'soon', 'Infinity', '1e9'])('refuses %j', (timeout) => {
    expect(() => deadlineOf({ ...work, timeout }, invocation())).toThrow('is no number of seconds');
  });
});

describe('progressOf', () => {
  const step = { type: 'started', step: 'a\u001bb' } as const;

  it.each([
    ['lines', String.raw`crdoctor: a\x1bb …` + '\n'],
    ['json', String.raw`{"type":"started","step":"a\u001bb"}` + '\n'],
    ['off', ''],
    ['auto', ''],
  ] as const)('%s', (progress, expected) => {
    progressOf({ progress, timeout: undefined, rules: undefined }, invocation())(step);
    expect(written.join('')).toBe(expected);
  });
});

describe('textOptionsOf', () => {
  const wishes = { format: 'text', 'no-color': undefined, explain: undefined, verbose: undefined } as const;

  it.each([
    [undefined, 100],
    [20, 40],
    [72, 72],
    [300, 110],
  ])('a terminal of %s columns gives lines of %s', (columns, expected) => {
    const stdout = { write: () => {}, isTerminal: columns !== undefined, columns };
    expect(textOptionsOf(wishes, invocation({ stdout })).columns).toBe(expected);
  });
});
