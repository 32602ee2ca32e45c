/** Reads the task tree below a process of another host. */

import type { Answer } from './evidence.js';
import type { FarShell } from './far-shell.js';
import type { RunContext } from './slow-paths.js';

export async function readFarTasks(
  _shell: FarShell,
  rootPid: number,
  _maxBytes: number,
  _context: RunContext,
): Promise<Answer> {
  return { origin: `/proc/${rootPid}`, status: 'failed', reason: 'processes of another host are not read yet' };
}
