/** The grammars in which the daemons of engines log: logfmt (logrus, log15), klog, journal and kernel. */

import type { LogLevel } from './criu-log.js';

/** A line of a daemon's log taken apart. */
export interface DaemonLine {
  readonly level: LogLevel;
  /** `msg`, and after `: ` the `err` that came with it; line breaks in them are real here. */
  readonly message: string;
}

const levelOf = (name: string): LogLevel => {
  if (/^(?:err|eror|crit|fatal|panic)/i.test(name)) return 'error';
  return /^warn/i.test(name) ? 'warn' : 'info';
};

const field = /(?:^|\s)(level|lvl|msg|err|error)=("(?:[^"\\]|\\.)*"?|\S+)/g;
const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '' };
const unquote = (value: string): string =>
  value.startsWith('"')
    ? value.replace(/^"|(?<!\\)"$/g, '').replace(/\\(.)/g, (_, letter: string) => escapes[letter] ?? letter)
    : value;

/**
 * Reads a line in logfmt as LXD, Incus, podman, runc, docker and containerd write it.
 *
 *     time="2026-11-20T12:24:25Z" level=error msg="criu failed: type RESTORE errno 0"
 *     t=2019-05-06T07:08:09+0000 lvl=eror msg="Failed migrating" err="migration dump failed\n(00.1) Error …"
 */
export const parseLogfmtLine = (line: string): DaemonLine | undefined => {
  if (!line.includes('msg=') || !/\b(?:level|lvl)=/.test(line)) return undefined;
  const fields = new Map<string, string>();
  for (const [, name = '', value = ''] of line.matchAll(field)) fields.set(name, unquote(value));
  const problem = fields.get('err') ?? fields.get('error');
  const message = fields.get('msg') ?? '';
  return {
    level: levelOf(fields.get('level') ?? fields.get('lvl') ?? ''),
    message: problem === undefined || message.includes(problem) ? message : `${message}: ${problem}`,
  };
};

const klogLine = /^([IWEF])\d{4} \d\d:\d\d:\d\d\.\d+ +\d+ [\w.-]+:\d+\] (.*)$/;
const klogLevels: Readonly<Record<string, LogLevel>> = { W: 'warn', E: 'error', F: 'error' };

/**
 * Reads a line in klog's format, as the kubelet writes it.
 *
 *     E0914 09:52:40.718821   20447 run.go:72] "command failed" err="failed to set feature gates …"
 */
export const parseKlogLine = (line: string): DaemonLine | undefined => {
  const match = klogLine.exec(line);
  if (match === null) return undefined;
  return { level: klogLevels[match[1] ?? ''] ?? 'info', message: match[2] ?? '' };
};

/** Which program the journal says wrote a line, and the rest of the line. */
export interface JournalLine {
  readonly program: string;
  readonly rest: string;
}

const journalLine =
  /^(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT[\d:.+Z-]{8,30}) [\w.-]+ ([\w.@/-]+)(?:\[\d+\])?: (.*)$/;

/**
 * Takes the journal's or syslog's prefix off.
 *
 *     Sep 14 09:52:40 node-a kubelet[20447]: E0914 09:52:40.718821 …
 */
export const parseJournalLine = (line: string): JournalLine | undefined => {
  const match = journalLine.exec(line);
  return match === null ? undefined : { program: match[1] ?? '', rest: match[2] ?? '' };
};

const kernelLine = /^(?:<\d{1,3}>)?\[(?: *\d+\.\d{3,6}|\w{3} \w{3} [ \d]\d [\d:]{8} \d{4})\] (.*)$/;

/**
 * Takes the time stamp of dmesg off; undefined when there is none.
 *
 *     [12345.678901] audit: type=1400 audit(1700000000.123:45): apparmor="DENIED" operation="…"
 */
export const parseKernelLine = (line: string): string | undefined => kernelLine.exec(line)?.[1];
