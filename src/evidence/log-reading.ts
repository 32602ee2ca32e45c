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
  /** The step that the run, on restore the task that wrote the line, was in; undefined = in none that is known. */
  readonly step?: PhaseMark;
  /** Up to 40 lines before this one, oldest first, each cut at 512 characters; undefined = not kept. */
  readonly recent?: readonly string[];
}

/** A step that a run came to; times are seconds since the log began. */
export interface LogMark {
  readonly mark: PhaseMark;
  /** Where it began first. */
  readonly line: number;
  readonly timeS?: number;
  /** All of its rounds together, each up to the next step; undefined = not told, or not all of it was looked at. */
  readonly durationS?: number;
  /** How often it began: a dump comes to its steps anew with each task. */
  readonly rounds: number;
}

/** How long the tasks of a dump stood still, as far as the log tells. */
export interface FrozenSpan {
  /** The first of them was stopped; undefined = without a time. */
  readonly fromS?: number;
  /** They were let go or ended. */
  readonly untilS?: number;
  /** What they became: 1, 2 and 3 of `Unfreezing tasks into` (TASK_ALIVE, TASK_DEAD, TASK_STOPPED in criu/include/pid.h). */
  readonly into?: 'running' | 'ended' | 'stopped';
  /** A line says that they do not wait any more. */
  readonly isOver: boolean;
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
  /** Undefined: no line says that tasks were stopped. */
  readonly frozen?: FrozenSpan;
  /** Time of the last step, or of the last error if that came later. */
  readonly lastS?: number;
  /** A part of it was passed by, so steps may be missing. */
  readonly hasGap?: boolean;
  /** Comm by pid, as far as named. Untrusted. */
  readonly tasks: Readonly<Record<string, string>>;
  /** Mount point by mount id. Untrusted. */
  readonly mounts: Readonly<Record<string, string>>;
}

/** Lines of one kind, alike but for their numbers, paths and names. */
export interface LineClass {
  /** Where the first of them stands. */
  readonly line: number;
  /** The first of them, cut at 512 characters. Untrusted. */
  readonly text: string;
  readonly level: LogLevel;
  readonly count: number;
}

/** Every kind of line of one run, to compare it with another one. */
export interface RunTrace {
  /** By their class, in the order in which they came first. */
  readonly classes: ReadonlyMap<string, LineClass>;
  /** What the run handled, by name: tasks, open files, mounts, pages. */
  readonly counts: Readonly<Record<string, number>>;
  /** There were more kinds of lines than are kept. */
  readonly isFull: boolean;
}

/** One log, read once. */
export interface LogReading {
  /** Name as the user knows it. Untrusted. */
  readonly file: string;
  readonly kind: LogKind;
  readonly engine?: EngineName;
  readonly operation?: LoggedOperation;
  /** The first command in what a terminal showed. Untrusted. */
  readonly command?: string;
  /** What the words of an engine or the name of the file say about the phase; the runs know better. */
  readonly phase?: RunPhase;
  readonly runs: readonly LogRun[];
  /** One for each run; undefined = not asked for. */
  readonly traces?: readonly RunTrace[];
  /** In the order of the log. Of lines that repeat, the first sixteen and the last four. */
  readonly events: readonly LogEvent[];
  readonly lines: number;
  /** Versions that somebody wrote down beside the logs. */
  readonly stated?: StatedVersions;
  /** When the log was written last, by its name or else by its file, milliseconds since 1970. */
  readonly writtenMs?: number;
  /** The log of a whole host: what it says of other things is none of a failed checkpoint. */
  readonly isOfHost?: boolean;
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
