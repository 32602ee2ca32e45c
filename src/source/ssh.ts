/** Another host as a source of evidence, over one connection of ssh. */

import { setMaxListeners } from 'node:events';

import { createFarSource } from './far-source.js';
import { NoFarShell, openFarShell } from './far-shell.js';
import type { LocalOptions } from './local.js';
import type { Source } from './source.js';
import { writeSshAddress, type SshAddress } from './ssh-address.js';
import { explainNoShell } from './ssh-errors.js';

/** What a host said of itself when the connection was made. */
export interface FarHost {
  readonly hostname: string;
  readonly isRoot: boolean;
  /** Why the connection was lost, one clause; undefined while it is there. */
  readonly lost: () => string | undefined;
}

export interface SshOptions extends LocalOptions {
  /** Become root there by `sudo -n`. */
  readonly sudo?: boolean | undefined;
}

/** A connection that is open; it serves any number of calls of `gather`. */
export interface OpenedSsh {
  readonly source: Source;
  readonly far: FarHost;
  /** Ends the connection and waits for the end of ssh; never throws. */
  readonly close: () => Promise<void>;
}

const connectTimeoutS = 10;
/** Beyond connecting: logging in, a profile that is slow, sudo. */
const helloMs = 30_000;

/**
 * Calls a host and starts a shell there.
 * @throws {UserError} it cannot be reached, does not let us in, or has no shell that works
 */
export async function openSsh(address: SshAddress, options: SshOptions): Promise<OpenedSsh> {
  const where = `ssh:${writeSshAddress(address)}`;
  const { signal, onProgress, sudo = false, now = () => new Date() } = options;
  if (signal !== undefined) setMaxListeners(0, signal);
  const started = now().getTime();
  onProgress?.({ type: 'started', step: where, detail: 'connecting' });
  try {
    const argv = writeSshArgv(address, sudo);
    const shell = await openFarShell({ argv, env: options.env ?? {}, helloMs, signal, now });
    onProgress?.({ type: 'ended', step: where, status: 'ok', durationMs: now().getTime() - started });
    return {
      source: createFarSource(shell, { ...options, where, signal, now }),
      far: {
        hostname: nameOf(shell.hello.get('hostname'), address),
        isRoot: shell.hello.get('user') === '0',
        lost: shell.lost,
      },
      close: shell.close,
    };
  } catch (error) {
    onProgress?.({ type: 'ended', step: where, status: 'failed', durationMs: now().getTime() - started });
    if (!(error instanceof NoFarShell)) throw error;
    if (signal?.aborted === true) signal.throwIfAborted();
    throw explainNoShell(where, error, sudo);
  }
}

/**
 * The system's own ssh, so that its configuration, agent, jump hosts and known hosts count. Nothing is asked of
 * the user, no terminal is made, and a connection that is dead is noticed.
 */
export function writeSshArgv({ user, host, port }: SshAddress, sudo: boolean): readonly [string, ...string[]] {
  const options = [
    'BatchMode=yes',
    `ConnectTimeout=${connectTimeoutS}`,
    'ServerAliveInterval=5',
    'ServerAliveCountMax=3',
  ];
  return [
    'ssh',
    '-T',
    ...options.flatMap((option) => ['-o', option]),
    ...(user === undefined ? [] : ['-l', user]),
    ...(port === undefined ? [] : ['-p', String(port)]),
    '--',
    host,
    sudo ? 'exec sudo -n sh' : 'exec sh',
  ];
}

function nameOf(told: string | undefined, { host }: SshAddress): string {
  return told !== undefined && /^[\w.-]{1,64}$/.test(told) ? told : host;
}
