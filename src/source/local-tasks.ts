/** Reads the task tree below a process of this machine. */

import type { Answer } from './evidence.js';
import { openLocalProcFiles } from './local-proc-files.js';
import type { RunContext } from './slow-paths.js';
import { readTaskTree } from './task-tree.js';

/** The text that {@link readTaskTree} describes. */
export function readTasks(rootPid: number, maxBytes: number, context: RunContext = {}): Promise<Answer> {
  return readTaskTree(openLocalProcFiles(context), rootPid, maxBytes, context.signal);
}
