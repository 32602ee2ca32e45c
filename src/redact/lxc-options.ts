/** Redacts a liblxc configuration line by line: known options stay, commands, environment and the unknown go. */

import { editLines, hide, isHarmless, type Edit } from './edits.js';
import { redactMounts } from './mount-options.js';
import { isSecretName } from './secret-names.js';

/** Options whose values say how the container is built (liblxc 1.0 to 7.0, `confile.c`, legacy names included). */
const knownOptions = new RegExp(
  String.raw`^lxc\.(?:${[
    String.raw`aa_profile|aa_allow_incomplete|se_context|apparmor\..*|selinux\..*|no_new_privs`,
    String.raw`seccomp(?:\.(?:profile|allow_nesting|notify\.proxy))?`,
    String.raw`arch|autodev(?:\..*)?|cap\.(?:drop|keep)|cgroup2?(?:\..*)?|console(?:\..*)?|devttydir|ephemeral|group`,
    String.raw`halt_?signal|reboot_?signal|stop_?signal|signal\..*|id_?map|include|init_?(?:uid|gid)|init\.(?:uid|gid|groups|cwd)`,
    String.raw`kmsg|log(?:file|level|\..*)?|monitor\..*|mount(?:\.(?:auto|entry|fstab))?|namespace\..*|pivotdir`,
    String.raw`net\.(?:\d+\.)?(?!script)[\w.]*|network\.(?!script)[\w.]*`,
    String.raw`prlimit\..*|proc\..*|pts|pty\.max|rootfs(?:\..*)?|sched\..*|start\..*|sysctl\..*|time\..*|tty(?:\..*)?`,
    String.raw`uts\.name|utsname|hook\.version|keyring\.session`,
  ].join('|')})$`,
);

/** Commands that liblxc runs: a path alone stays, arguments go. */
const commandOptions =
  /^lxc\.(?:hook\.(?!version$)[\w-]+|net\.(?:\d+\.)?script\..*|network\.script\..*|init\.cmd|init_cmd|execute\.cmd)$/;

/** What LXD and Incus themselves write there: `/proc/82/exe callhook /var/lib/lxd "default" "c1" start`. */
const engineHook =
  /^(?:\/proc\/\d+\/exe|\/[\w./-]*\/(?:lxd|incusd?)) callhook [\w./-]+(?: (?:"[\w.-]*"|\d+)){1,2} [a-z]+$/;

/** Works for `lxc.conf`, `/var/lib/lxc/NAME/config` and `raw.lxc`, and for one line of them. */
export function redactLxcOptions(text: string): readonly Edit[] {
  return editLines(text, redactLine);
}

function redactLine(line: string): readonly Edit[] {
  const content = line.trimStart();
  const begin = line.length - content.length;
  if (content.startsWith('#')) return hideRest(line, begin + 1, 'lxc-comment');
  const equals = line.indexOf('=');
  if (equals < 0) return hideRest(line, begin, 'lxc-comment');
  const key = line.slice(0, equals).trim();
  const start = equals + 1;
  if (commandOptions.test(key)) return redactCommand(line, start);
  if (!knownOptions.test(key) || isSecretName(key)) return hideRest(line, start, 'lxc-option');
  return redactMounts(line.slice(start)).map((edit) => ({
    ...edit,
    start: edit.start + start,
    end: edit.end + start,
  }));
}

function redactCommand(line: string, from: number): readonly Edit[] {
  const command = line.slice(from).trim();
  if (engineHook.test(command)) return [];
  const program = /^"?\/[\w./+-]+(?=\s)/.exec(command)?.[0];
  if (program === undefined) return /^\/[\w./+-]+$/.test(command) ? [] : hideRest(line, from, 'lxc-option');
  return hideRest(line, line.indexOf(program, from) + program.length, 'lxc-option');
}

/** Everything from an offset to the end of the line, the blanks before it stay. */
function hideRest(line: string, from: number, rule: 'lxc-option' | 'lxc-comment'): readonly Edit[] {
  const rest = line.slice(from);
  if (isHarmless(rest.trim())) return [];
  return [hide(from + (rest.length - rest.trimStart().length), line.length, rule)];
}
