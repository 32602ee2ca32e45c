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

const entities: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  quot: '"',
  '#34': '"',
  '#39': "'",
  '#x27': "'",
  amp: '&',
};

/** A page saved from the web has its signs written out. */
const withoutEntities = (line: string): string =>
  line.includes('&')
    ? line.replace(/&(lt|gt|quot|#34|#39|#x27|amp);/g, (_, name: string) => entities[name] ?? '')
    : line;

/** Takes off what pasting, quoting and logging put around a line: indents, `> `, `- \``, `b'…'`, runc's `457:(`. */
const unwrap = (raw: string): string => {
  const plain = withoutEntities(raw.includes('\x1b') ? raw.replace(colours, '') : raw);
  const trimmed = plain.trim().replace(/^(?:> ?)+/, '');
  const quoted = /^(?:[-*] |b)?(['"`])(.*)\1,?$/.exec(trimmed);
  return (quoted?.[2] ?? trimmed).replace(/^\d{1,9}:(?=\(\d)/, '');
};

/**
 * What loggers and tools put before a line, ahead of which nothing is lost: docker's json-file and the
 * journal's JSON, CRI's `TIME stderr F `, `cat -n`, `grep -Hn`, a wall clock.
 */
const jsonFields = /^\{.{0,4096}?"(?:log|MESSAGE|message|msg)" ?: ?("(?:[^"\\]|\\.){0,16384}")/;
const leader = /^[^()]{0,300}?(?=\(\d{1,9}\.\d{1,6}\) |(?:Error|Warn ) \([\w./+-]{1,200}\.[chS]:\d{1,7}\): )/;

/** The line in a logger's wrapping, and the words in front of it when they say something themselves. */
const withoutLeader = (line: string): { readonly before: string; readonly line: string } => {
  const json = jsonFields.exec(line)?.[1];
  if (json !== undefined) return { before: '', line: unquoteJson(json).trim() };
  const before = leader.exec(line)?.[0] ?? '';
  return { before: /[A-Za-z]{2,} [A-Za-z]{2,}/.test(before) ? before.trim() : '', line: line.slice(before.length) };
};

const unquoteJson = (text: string): string => {
  try {
    return String(JSON.parse(text));
  } catch {
    return text;
  }
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

/** Go programs print errors of several lines with `\n` written out; this is how lines of CRIU begin behind one. */
const writtenOutBreak = /\\n(?:\(\d|(?:Error|Warn ) \()/;

/** Records of a line that no known program wrote, or that one wrote in pieces. */
const plainRecords = (line: string, kind: LogKind): LogRecord[] => {
  if (writtenOutBreak.test(line)) return line.split('\\n').flatMap((part) => recordsOf(unwrap(part), kind));
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
  if (kernel !== undefined) return [textRecord(kernel, 'kernel', 'info')];
  const inner = writtenOutBreak.test(line) ? { before: '', line } : withoutLeader(line);
  if (inner.line === line) return plainRecords(line, kind);
  const own = inner.before === '' ? [] : plainRecords(inner.before, kind);
  return [...own, ...recordsOf(unwrap(inner.line), kind)];
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
