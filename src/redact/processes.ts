/** Redacts environments and arguments of processes. */

import { editLines, hide, hideLines, isHarmless, type Edit } from './edits.js';
import { isSecretName } from './secret-names.js';

/** The mark by which a host is known to be a container itself (systemd: CONTAINER_INTERFACE), no secret. */
const harmlessVariables = new Set(['container']);

/** `/proc/PID/environ`: `NAME=value` closed by NUL each; a value may go over several lines. */
export function redactEnvironment(text: string): readonly Edit[] {
  const edits: Edit[] = [];
  for (let start = 0; start < text.length;) {
    const nul = text.indexOf('\0', start);
    const end = nul === -1 ? text.length : nul;
    const equals = text.slice(start, end).indexOf('=');
    const name = text.slice(start, start + Math.max(0, equals)).trim();
    if (!harmlessVariables.has(name)) {
      const rule = isSecretName(name) ? 'secret-option' : 'environment';
      for (const edit of hideLines(text, start + equals + 1, end, rule)) edits.push(edit);
    }
    start = end + 1;
  }
  return edits;
}

/** `/proc/PID/cmdline`: the program stays, what follows the first NUL (or blank) goes. */
export function redactCommandLine(text: string): readonly Edit[] {
  const [program = ''] = /^[^\0\s]*/.exec(text) ?? [];
  const rest = text.slice(program.length);
  const lead = rest.length - rest.replace(/^[\0\s]+/, '').length;
  return hideLines(text, program.length + lead, text.replace(/[\0\s]+$/, '').length, 'process-arguments');
}

/**
 * A table as `ps` prints it: the program stays, its arguments go. Where they begin is told by the column in
 * the first line; without one, everything behind the first word goes.
 *
 *       PID USER     COMMAND
 *         1 root     /sbin/init splash
 */
export function redactProcessTable(text: string): readonly Edit[] {
  const [header = ''] = text.split('\n', 1);
  const column = /\b(?:COMMAND|CMD|ARGS)\s*$/.exec(header)?.index;
  let isFirst = column !== undefined;
  return editLines(text, (line) => {
    const wasFirst = isFirst;
    isFirst = false;
    if (wasFirst) return [];
    // Trees and wide numbers move the program to the right, never to the left.
    const from = column ?? 0;
    const [program = ''] = /^[\s|\\_`-]*\S+/.exec(line.slice(from)) ?? [];
    const rest = line.slice(from + program.length);
    if (isHarmless(rest.trim())) return [];
    return [hide(from + program.length + 1, line.length, 'process-arguments')];
  });
}
