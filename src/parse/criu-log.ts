/** The grammar of one line of a CRIU log, whatever its level, with or without a time stamp. */

/** How loud a line is; everything that is neither Error nor Warn is `info`. */
export type LogLevel = 'error' | 'warn' | 'info';

/** A line of a CRIU log taken apart. */
export interface CriuLine {
  /** Seconds since the log began; only at `-v3` and above, and not on parasite lines of a dump. */
  readonly timeS?: number;
  /** Task that wrote the line: the virtual pid on restore, the pid of injected code on `pie:` lines. */
  readonly pid?: number;
  readonly level: LogLevel;
  /** Source file and line, `criu/net.c:3282`; only on Error and Warn. They differ in every release. */
  readonly location?: string;
  /** What is left: subsystem (`net: `, absent in older releases) and text. */
  readonly message: string;
}

/*
 * criu/log.c (4.2): print_on_level() puts "(%02d.%06d) " for -v3 and above, log_get_fd() readers of
 * restored tasks add "%6d: "; pr_err/pr_warn add "Error (%s:%d): " and "Warn  (%s:%d): "; code
 * injected by compel logs as "pie: %d: ". From 100 s on the microseconds lose digits.
 */
const criuLine =
  /^(?:\((\d{1,9}\.\d{1,6})\) )?(?:pie: +(\d{1,10}): | *(\d{1,10}): )?(?:(Error|Warn) +\(([\w./+-]{1,200}:\d{1,7})\): )?/;

/**
 * Takes a line apart; undefined when nothing in it says that CRIU wrote it.
 *
 *     (00.009082)      6: Error (criu/files-reg.c:2175): File usr/local/bin/counter has bad size 146 (expect 139)
 *     Error (criu/util.c:641): execvp("iptables-restore", ...) failed: Permission denied
 *     pie: 621: __fetched msg: 66 0 0
 *     (00.036232) net: Unlock network
 */
export const parseCriuLine = (line: string): CriuLine | undefined => {
  const match = criuLine.exec(line);
  if (match === null) return undefined;
  const [prefix, time, piePid, columnPid, level, location] = match;
  const isCriu = time !== undefined || piePid !== undefined || level !== undefined;
  if (!isCriu) return undefined;
  const pid = piePid ?? columnPid;
  return {
    ...(time === undefined ? {} : { timeS: Number(time) }),
    ...(pid === undefined ? {} : { pid: Number(pid) }),
    level: level === 'Error' ? 'error' : level === 'Warn' ? 'warn' : 'info',
    ...(location === undefined ? {} : { location }),
    message: line.slice(prefix.length),
  };
};
