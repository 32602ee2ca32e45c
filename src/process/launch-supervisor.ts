/** Starts the program that watches over a guarded command. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Lies beside this module once it is built. */
const program = fileURLToPath(new URL('./supervisor.js', import.meta.url));

/**
 * Starts it in a session of its own and without a terminal; from then on it owes nothing to crdoctor.
 * `directory` holds `command.json`. Gives its pid.
 * @throws the error of the system when it cannot be started
 */
export async function launchSupervisor(
  directory: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const child = spawn(process.execPath, [program], { cwd: directory, env, stdio: 'ignore', detached: true });
  await once(child, 'spawn');
  child.unref();
  if (child.pid === undefined) throw new Error('the supervisor has no pid');
  return child.pid;
}
