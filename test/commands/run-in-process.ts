/** Runs a command without starting a program. */

import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';

import { runCommandLine } from '../../src/commands/command-line.js';
import type { Invocation } from '../../src/commands/invocation.js';
import { renderError } from '../../src/render/error.js';

/** What a user gets. */
export interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export function crdoctor(...argv: string[]): Promise<Ran> {
  return crdoctorWith(Buffer.alloc(0), ...argv);
}

/** `input`: what comes from standard input. */
export function crdoctorWith(input: Buffer, ...argv: string[]): Promise<Ran> {
  return crdoctorIn({ stdin: () => Readable.from([input]) }, ...argv);
}

/** `changes`: what is not as usual around the command. */
export async function crdoctorIn(changes: Partial<Invocation>, ...argv: string[]): Promise<Ran> {
  const written = { stdout: '', stderr: '' };
  const output = (stream: 'stdout' | 'stderr'): Invocation['stdout'] => ({
    write: (text) => void (written[stream] += text),
    isTerminal: false,
    columns: undefined,
  });
  const invocation: Invocation = {
    argv,
    version: '0.1.0',
    env: {},
    cwd: tmpdir(),
    packageDirectory: join(import.meta.dirname, '../..'),
    now: () => new Date(),
    signal: new AbortController().signal,
    uid: 0,
    onForcedEnd: () => {},
    stdin: () => Readable.from([Buffer.alloc(0)]),
    stdout: output('stdout'),
    stderr: output('stderr'),
    ...changes,
  };
  try {
    return { status: await runCommandLine(invocation), ...written };
  } catch (error) {
    const { text, status } = renderError(error, false);
    return { status, stdout: written.stdout, stderr: written.stderr + text };
  }
}
