/** A program called ssh that connects to nothing: it notes how it was called and runs a shell, or a script of a test. */

import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { execFileSync } from 'node:child_process';

import { afterAll } from 'vitest';

import { openSsh, type OpenedSsh, type SshOptions } from '../../src/source/ssh.js';

export interface FakeSsh {
  /** Its environment; the PATH begins with the directory of the program. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The arguments of each call so far. */
  readonly calls: () => readonly string[];
  readonly open: (options?: SshOptions) => Promise<OpenedSsh>;
}

/** `body`: what the program does, in POSIX sh, with the shell to be run as `$SHELL_THERE`. */
export function createFakeSsh(body = 'exec $SHELL_THERE', shell = 'sh'): FakeSsh {
  const directory = mkdtempSync(join(tmpdir(), 'crdoctor-ssh-'));
  afterAll(() => rmSync(directory, { recursive: true }));
  const program = join(directory, 'ssh');
  const log = join(directory, 'calls');
  writeFileSync(program, `#!/bin/sh\nprintf '%s\\n' "$*" >>${log}\nSHELL_THERE='${shell}'\n${body}\n`);
  chmodSync(program, 0o755);
  const env = { ...process.env, PATH: `${directory}${delimiter}${process.env['PATH'] ?? ''}` };
  return {
    env,
    calls: () => (existsSync(log) ? readFileSync(log, 'utf8').split('\n').slice(0, -1) : []),
    open: (options = {}) => openSsh({ user: undefined, host: 'far', port: undefined }, { env, ...options }),
  };
}

/** A directory with nothing but the programs of busybox; undefined where there is none. */
export function createBusyboxPath(): string | undefined {
  const busybox = findBusybox();
  if (busybox === undefined) return undefined;
  const directory = mkdtempSync(join(tmpdir(), 'crdoctor-busybox-'));
  afterAll(() => rmSync(directory, { recursive: true }));
  mkdirSync(join(directory, 'bin'));
  const names = execFileSync(busybox, ['--list'], { encoding: 'utf8' }).split('\n').filter(Boolean);
  for (const name of names) symlinkSync(busybox, join(directory, 'bin', name));
  return join(directory, 'bin');
}

function findBusybox(): string | undefined {
  const places = (process.env['PATH'] ?? '').split(delimiter).map((place) => join(place, 'busybox'));
  return [process.env['CRDOCTOR_BUSYBOX'] ?? '', ...places].find((place) => place !== '' && existsSync(place));
}
