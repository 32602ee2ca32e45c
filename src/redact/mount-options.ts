/** Redacts credentials in mount tables, mount options and the arguments of the kernel. */

import { findAddressCredentials } from './addresses.js';
import { editLines, findAll, hide, isHarmless, type Edit } from './edits.js';
import type { RedactionRule } from './ledger.js';
import { isAccountName, isSecretName } from './secret-names.js';

/** `NAME=VALUE` as it stands between commas, blanks or parentheses. */
const assignment = /(?<![^\s,()])([^\s,()=]{1,200})=([^\s,()]*)/g;

function findAssignments(text: string, rule: RedactionRule, isSecret: (name: string) => boolean): readonly Edit[] {
  return findAll(assignment, text).flatMap((match) => {
    const [, name = '', value = ''] = match;
    if (!isSecret(name) || isHarmless(value)) return [];
    const start = match.index + name.length + 1;
    return [hide(start, start + value.length, rule)];
  });
}

/**
 * Options and sources, in a table of mounts as the kernel or `mount` prints it, or as one list of options:
 *
 *     36 35 0:52 / /mnt rw - cifs //u:w@server/share rw,username=u,password=w
 */
export function redactMounts(text: string): readonly Edit[] {
  return editLines(text, redactMount);
}

/** The tasks of an instance, among which stand the mount tables of namespaces of their own: `mount 36 35 0:52 …`. */
export function redactTaskMounts(text: string): readonly Edit[] {
  return editLines(text, (line) => (line.startsWith('mount ') ? redactMount(line) : []));
}

/** ` - TYPE SOURCE OPTIONS` of a mount table; whatever stands before the `@` of a source is who logs in there. */
const accountOfSource = / - \S+ (\S+)@/;

function redactMount(line: string): readonly Edit[] {
  const source = accountOfSource.exec(line);
  const end = source === null ? 0 : source.index + source[0].length - 1;
  if (source?.[1] !== undefined && !isHarmless(source[1])) {
    return [
      hide(end - source[1].length, end, 'mount-option'),
      ...findAssignments(line, 'mount-option', (name) => isSecretName(name) || isAccountName(name)),
    ];
  }
  return [
    ...findAddressCredentials(line),
    ...findAssignments(line, 'mount-option', (name) => isSecretName(name) || isAccountName(name)),
  ];
}

/** `/proc/cmdline`: `root=/dev/sda1 rd.iscsi.password=w`. A network root may carry its user and password. */
export function redactKernelArguments(text: string): readonly Edit[] {
  return editLines(text, (line) => [
    ...findAddressCredentials(line),
    ...findAssignments(
      line,
      'kernel-argument',
      (name) => isSecretName(name) || /^netroot$|setenv$|set_credential/.test(name),
    ),
  ]);
}
