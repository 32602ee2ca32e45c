/** Tells whether this process may read and set its terminal. */

import { readFileSync } from 'node:fs';

/** Whether its process group is the one that the terminal listens to (`man 5 proc_pid_stat`, pgrp and tpgid). */
export function isInForeground(): boolean {
  const text = readFileSync('/proc/self/stat', 'utf8');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return fields[2] !== undefined && fields[2] === fields[5];
}
