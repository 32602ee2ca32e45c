/** Looks at the processes outside of a tree for two things: who is attached to it, and whose terminals it uses. */

import { escapeOctal, isDenied, orGone, type ProcFiles } from './proc-files.js';
import { readStat, startTimeOf } from './task-block.js';

/**
 * Processes in the pid namespace `link` that are not in `inside`:
 *
 *     == attached
 *     attached 912 4711334 bash          pid, start time, name
 *     denied attached                    some could not be looked at
 */
export async function findAttached(
  files: ProcFiles,
  link: string,
  inside: ReadonlySet<number>,
  pause: () => Promise<void>,
): Promise<string> {
  let text = '== attached\n';
  let isDeniedOnce = false;
  for (const pid of listOutside(files, inside)) {
    await pause();
    try {
      if (orGone('', () => files.link(`/proc/${pid}/ns/pid`)) !== link) continue;
    } catch (error) {
      if (isDenied(error)) isDeniedOnce = true;
      continue;
    }
    const stat = readStat(files, `/proc/${pid}`);
    // One that has ended holds nothing.
    if (stat === undefined || / [ZX] /.test(stat.slice(stat.lastIndexOf(')') + 1, stat.lastIndexOf(')') + 4))) continue;
    const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
    text += `attached ${pid} ${startTimeOf(stat) ?? '0'} ${escapeOctal(name)}\n`;
  }
  return isDeniedOnce ? `${text}denied attached\n` : text;
}

/**
 * Sessions with a controlling terminal, as far as no process in `inside` has it:
 *
 *     == terminals
 *     terminal 34817 9123                number of the terminal (field 7 of stat), session
 */
export async function findTerminals(
  files: ProcFiles,
  inside: ReadonlySet<number>,
  pause: () => Promise<void>,
): Promise<string> {
  const lines = new Set<string>();
  for (const pid of listOutside(files, inside)) {
    await pause();
    const stat = readStat(files, `/proc/${pid}`);
    const [, , , session, terminal] = stat?.slice(stat.lastIndexOf(')') + 2).split(' ', 5) ?? [];
    if (session !== undefined && terminal !== undefined && terminal !== '0')
      lines.add(`terminal ${terminal} ${session}\n`);
  }
  return ['== terminals\n', ...lines].join('');
}

function listOutside(files: ProcFiles, inside: ReadonlySet<number>): readonly number[] {
  return files
    .names('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => !inside.has(pid));
}
