/** One line of any log or of pasted terminal output, told apart and freed from its wrappings. */

import type { LogKind } from '../rules/cause.js';
import { parseCriuLine, type LogLevel } from './criu-log.js';
import { parseJournalLine, parseKernelLine, parseKlogLine, parseLogfmtLine } from './log-daemon.js';
import { parseLiblxcLine } from './log-liblxc.js';

/** What one line says. A daemon's line that quotes several CRIU lines gives several records. */
export interface LogRecord {
  /** Whose words these are; `text` = unknown, or what a command printed. */
  readonly kind: LogKind;
  /** The words reached us in the log of an engine's daemon, in logfmt. */
  readonly isFromDaemon: boolean;
  readonly level: LogLevel;
  readonly message: string;
  readonly timeS?: number;
  readonly pid?: number;
  readonly location?: string;
}

/** Programs in the journal, and whose log that makes. Names of units of snaps end in `.daemon`. */
const programs: readonly (readonly [RegExp, LogKind])[] = [
  [/^kernel$/, 'kernel'],
  [/lxd/, 'lxd'],
  [/incus/, 'incus'],
  [/kubelet/, 'kubelet'],
  [/^dockerd?$/, 'docker'],
  [/^containerd/, 'containerd'],
  [/^(?:podman|conmon)/, 'podman'],
  [/^criu/, 'criu'],
];

/** What programs print first when they give up on a terminal. */
const printedError = /^(?:\S{1,80}: )?(?:error|fatal|panic|fail(?:ed|ure)|erro\[\d|fata\[\d)/i;
const printedWarning = /^(?:\S{1,80}: )?warn(?:ing)?\b/i;

const colours = /\x1b\[[0-9;]*[A-Za-z]/g;

/** Takes off what pasting, quoting and logging put around a line: indents, `> `, `b'…'`, runc's `457:(`. */
const unwrap = (raw: string): string => {
  const plain = raw.includes('\x1b') ? raw.replace(colours, '') : raw;
  const trimmed = plain.trim().replace(/^(?:> )+/, '');
  const bytes = /^b(['"])(.*)\1$/.exec(trimmed);
  return (bytes?.[2] ?? trimmed).replace(/^\d{1,9}:(?=\(\d)/, '');
};

const textRecord = (message: string, kind: LogKind, level?: LogLevel): LogRecord => ({
  kind,
  isFromDaemon: false,
  level: level ?? (printedError.test(message) ? 'error' : printedWarning.test(message) ? 'warn' : 'info'),
  message,
});

const quotedRecords = (message: string, kind: LogKind, level: LogLevel): LogRecord[] =>
  message
    .split('\n')
    .map(unwrap)
    .filter((line) => line !== '')
    .map((line) => {
      const criu = parseCriuLine(line);
      return criu === undefined
        ? { kind, isFromDaemon: true, level, message: line }
        : { kind: 'criu', isFromDaemon: false, ...criu };
    });

/** Records of a line that no known program wrote, or that one wrote in pieces. */
const plainRecords = (line: string, kind: LogKind): LogRecord[] => {
  // Go programs print errors of several lines with `\n` written out; lines of CRIU begin with a parenthesis.
  const parts = line.split('\\n');
  if (parts.length > 1 && line.includes('\\n(')) return parts.flatMap((part) => recordsOf(unwrap(part), kind));
  return [textRecord(line, kind, kind === 'kernel' ? 'info' : undefined)];
};

const recordsOf = (line: string, kind: LogKind): LogRecord[] => {
  if (line === '') return [];
  const criu = parseCriuLine(line);
  if (criu !== undefined) return [{ kind: 'criu', isFromDaemon: false, ...criu }];
  const liblxc = parseLiblxcLine(line);
  if (liblxc !== undefined) return [{ kind: 'lxc', isFromDaemon: false, ...liblxc }];
  const daemon = parseLogfmtLine(line) ?? parseKlogLine(line);
  if (daemon !== undefined) return quotedRecords(daemon.message, kind, daemon.level);
  const kernel = parseKernelLine(line);
  return kernel === undefined ? plainRecords(line, kind) : [textRecord(kernel, 'kernel', 'info')];
};

/**
 * Tells what a line says; an empty line says nothing and gives no record.
 *
 *     time="…" level=warning msg="457:(00.009609) Error (criu/files-ext.c:94): Can't dump file 9 …"
 *     -> one record of kind `criu`, level `error`, message `Can't dump file 9 …`
 */
export const parseLogLine = (raw: string): readonly LogRecord[] => {
  const line = unwrap(raw);
  const journal = parseJournalLine(line);
  if (journal === undefined) return recordsOf(line, 'text');
  const kind = programs.find(([name]) => name.test(journal.program))?.[1] ?? 'text';
  return recordsOf(unwrap(journal.rest), kind);
};
