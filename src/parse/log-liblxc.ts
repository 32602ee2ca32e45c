/** The grammar of one line of liblxc's own log (`lxc.log`, `lxc info NAME --show-log`). */

import type { LogLevel } from './criu-log.js';

/** A line of a liblxc log taken apart. */
export interface LiblxcLine {
  readonly level: LogLevel;
  /** Source file, `criu.c`. */
  readonly location: string;
  /** Text, with the text of errno in front where there was one. */
  readonly message: string;
}

/*
 * lxc/src/lxc/log.c (5.0): log_append_logfile() writes "%15s%s%s %s %-8s %s - %s:%s:%d - " with
 * prefix, name, time, level and category. Terminal output of the lxc-* tools is shorter.
 */
const loggedLine =
  /^lxc\S* (?:\S+ )?\d{14}\.\d{3} (TRACE|DEBUG|INFO|NOTICE|WARN|ERROR|CRIT|ALERT|FATAL) +[\w-]+ - (?:[\w.-]+\/)*([\w-]+\.c):\w+:\d+ - (.*)$/;
const toolLine = /^lxc-[\w-]+: (?:\S+: )?(?:[\w.-]+\/)*([\w-]+\.c): \w+: \d+ (.*)$/;

const levelOf = (name: string): LogLevel => {
  if (name === 'WARN') return 'warn';
  return ['ERROR', 'CRIT', 'ALERT', 'FATAL'].includes(name) ? 'error' : 'info';
};

/**
 * Takes a line apart; undefined when it is none of liblxc.
 *
 *     lxc j2 20261120122848.342 ERROR    criu - ../src/lxc/criu.c:__criu_restore:1403 - restore process died
 *     lxc-checkpoint: p1: ../src/lxc/criu.c: do_dump: 1311 criu output:
 */
export const parseLiblxcLine = (line: string): LiblxcLine | undefined => {
  const logged = loggedLine.exec(line);
  if (logged !== null) {
    const [, level = '', location = '', message = ''] = logged;
    return { level: levelOf(level), location, message };
  }
  const tool = toolLine.exec(line);
  if (tool === null) return undefined;
  const [, location = '', message = ''] = tool;
  return { level: 'error', location, message };
};
