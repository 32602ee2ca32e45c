/** What reading a log leaves in memory: its runs and the few lines that can matter, with their context. */

import type { LogLevel } from '../parse/criu-log.js';
import type { LoggedOperation } from '../parse/log-command.js';
import type { PhaseMark, RunPhase } from '../parse/log-marks.js';
import type { StatedVersions } from '../parse/stated-versions.js';
import type { EngineName, LogKind } from '../rules/cause.js';

/** A line that can matter: Error, Warn, or one that holds words of a rule. */
export interface LogEvent {
  /** 1-based; two events may share a line when it quotes several. */
  readonly line: number;
  /** The whole line as it stands in the file, cut at 4 KiB. Untrusted. */
  readonly text: string;
  /** The words without time stamp, pid and `Error (file:line): `. Untrusted. */
  readonly message: string;
  readonly kind: LogKind;
  readonly isFromDaemon: boolean;
  readonly level: LogLevel;
  readonly timeS?: number;
  readonly pid?: number;
  /** CRIU's or liblxc's source file, with the line for CRIU. */
  readonly location?: string;
  /** Index into `runs`. */
  readonly run: number;
  /** Up to 40 lines before this one, oldest first, each cut at 512 characters; undefined = not kept. */
  readonly recent?: readonly string[];
}

/** A step that a run came to. */
export interface LogMark {
  readonly mark: PhaseMark;
  readonly line: number;
  readonly timeS?: number;
}

/** One run of CRIU in a log; a log without any CRIU line has one as well. */
export interface LogRun {
  readonly phase?: RunPhase;
  readonly criu?: string;
  readonly kernel?: string;
  readonly succeeded: boolean;
  readonly failed: boolean;
  /** CRIU wrote errors and warnings alone (`-v2` and below), so the log of a good run would not say so. */
  readonly isTerse: boolean;
  /** Steps in the order of the log, the first of each kind. */
  readonly marks: readonly LogMark[];
  /** Comm by pid, as far as named. Untrusted. */
  readonly tasks: Readonly<Record<string, string>>;
  /** Mount point by mount id. Untrusted. */
  readonly mounts: Readonly<Record<string, string>>;
}

/** One log, read once. */
export interface LogReading {
  /** Name as the user knows it. Untrusted. */
  readonly file: string;
  readonly kind: LogKind;
  readonly engine?: EngineName;
  readonly operation?: LoggedOperation;
  /** What the words of an engine or the name of the file say about the phase; the runs know better. */
  readonly phase?: RunPhase;
  readonly runs: readonly LogRun[];
  /** In the order of the log. Of lines that repeat, the first sixteen and the last four. */
  readonly events: readonly LogEvent[];
  readonly lines: number;
  /** Versions that somebody wrote down beside the logs. */
  readonly stated?: StatedVersions;
  /** When the log was written last, by its name or else by its file, milliseconds since 1970. */
  readonly writtenMs?: number;
  /** Reading stopped before the end of the log, so what is missing may say how it went. */
  readonly isCutShort: boolean;
  /** Why not all of it was looked at: damaged, endless, no text, too many errors. */
  readonly problem?: string;
}

/**
 * Message of the event that stands for the end of a CRIU log that never says how the run went. Rules
 * match it like any other line; its text is the last line there is.
 */
export const endOfLog = '(the log ends here)';

/**
 * The same for a log that ends where a block of a file system does: a full one takes what still fits into
 * the last block, in most cases a part of a line (seen in the lab; a process that is killed leaves whole lines).
 */
export const endOfBlock = '(the log ends here, at the end of a block)';

/** Whether a message is one of those that stand for the end of a log. */
export const isEndOfLog = (message: string): boolean => message === endOfLog || message === endOfBlock;
