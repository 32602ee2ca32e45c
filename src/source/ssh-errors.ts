/** Says in one line why there is no connection to a host, and what to do about it. */

import { exitStatus, UserError } from '../errors.js';
import type { NoFarShell } from './far-shell.js';

interface Reason {
  /** In what ssh, sudo or a shell printed. */
  readonly sign: RegExp;
  readonly message: string;
  readonly hint: string;
}

/** What OpenSSH 9 prints (sshconnect.c, ssh.c, readconf.c), the first that matches. */
const reasons: readonly Reason[] = [
  {
    sign: /REMOTE HOST IDENTIFICATION HAS CHANGED/,
    message: 'the key of the host is another one than before',
    hint: 'Find out why it changed; if it was meant to, ssh-keygen -R HOST forgets the old one',
  },
  {
    sign: /Host key verification failed|No .* host key is known for/,
    message: 'the key of the host is not known',
    hint: 'Log in once by hand and compare its fingerprint, which makes it known',
  },
  {
    sign: /Could not resolve hostname/,
    message: 'there is no host of this name',
    hint: 'Look for a slip of the pen, and whether the name is known here: getent hosts HOST',
  },
  {
    sign: /Permission denied|Too many authentication failures|no matching host key type|Unable to negotiate/,
    message: 'it does not let us in',
    hint: 'crdoctor asks for no password: log in with a key, perhaps after ssh-add, and try ssh -o BatchMode=yes HOST true',
  },
  {
    sign: /sudo: a password is required|sudo: a terminal is required|is not in the sudoers|not allowed to (?:execute|run)/,
    message: 'sudo does not make us root there',
    hint: 'Allow it without a password (NOPASSWD), log in as root, or leave out --sudo and do with less',
  },
  {
    sign: /sudo: (?:command )?not found|sudo: No such file/,
    message: 'there is no sudo there',
    hint: 'Log in as root, or leave out --sudo',
  },
  {
    sign: /Connection refused|Connection timed out|No route to host|Network is unreachable|Host is down|Operation timed out|timed out during banner exchange/,
    message: 'it cannot be reached',
    hint: 'Look whether it is up and sshd listens there: ssh HOST true',
  },
  {
    sign: /\bsh: (?:command )?not found|sh: No such file|This account is currently not available|Could not chdir/,
    message: 'there is no shell there for this user',
    hint: 'Log in as a user who has one',
  },
];

/** The error for a connection that gave no shell. Nothing of the host is known, so the exit status is that of not knowing. */
export function explainNoShell(where: string, error: NoFarShell, sudo: boolean): UserError {
  const { end } = error;
  const unknown = exitStatus.unknown;
  if (end?.startError === 'ENOENT') {
    return new UserError(`${where}: there is no program ssh on this host`, {
      exitStatus: unknown,
      hint: 'Install the client of OpenSSH',
    });
  }
  const said = end?.stderr ?? '';
  const reason = reasons.find(({ sign }) => sign.test(said));
  if (reason !== undefined) {
    return new UserError(`${where}: ${reason.message} (${error.message})`, { exitStatus: unknown, hint: reason.hint });
  }
  return new UserError(`${where}: no shell answers there: ${error.message}`, {
    exitStatus: unknown,
    hint: `Try it by hand: ssh -T HOST ${sudo ? 'sudo -n ' : ''}sh, and type: echo works`,
  });
}
