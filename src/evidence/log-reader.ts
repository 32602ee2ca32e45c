/** Turns the lines of one log into a reading: what kind of log it is, its runs, the lines that matter. */

import { headerWords, nameWords, phaseMarks } from '../parse/log-marks.js';
import { parseCommandHint, parseEnginePath, type CommandHint } from '../parse/log-command.js';
import { parseLogLine, type LogRecord } from '../parse/log-line.js';
import type { LogKind } from '../rules/cause.js';
import { createEventStore } from './log-events.js';
import { kindOfName, phaseOfName, timeOfName } from './log-name.js';
import { endOfBlock, endOfLog, type LogEvent, type LogReading } from './log-reading.js';
import { createRunTracker } from './log-runs.js';
import type { LineSink } from './log-scan.js';
import { compileWords, type WordIndex } from './log-words.js';

/** What a reader needs to know beforehand. */
export interface ReaderOptions {
  /** Name as the user knows it; also a hint at the kind of log. */
  readonly file: string;
  /** Words that rules look for: a line below the level of a warning is kept when it holds one. */
  readonly words: readonly string[];
  /** Known kind; left out = told from the content. */
  readonly kind?: LogKind;
  /** When the file was written last, milliseconds since 1970. */
  readonly modifiedMs?: number;
}

/** How the reading of a log ended. */
export interface ReadingEnd {
  readonly lines: number;
  /** Why not all of it was looked at. */
  readonly problem?: string;
  /** Reading stopped before the end of the log: that it just ends says nothing. */
  readonly isCutShort?: boolean;
  /** What was read fills whole blocks of a file system. */
  readonly endsWithBlock?: boolean;
}

/** A sink for lines that becomes a reading. */
export interface LogReader extends LineSink {
  finish(end: ReadingEnd): LogReading;
}

/** Words without which a line is neither an error, nor a step, nor a name. */
const loudWords = [
  'Error',
  'ERROR',
  'error',
  'ERRO',
  'eror',
  'Warn',
  'WARN',
  'warn',
  'FATA',
  'atal',
  'panic',
  'ailed',
  'FAIL',
  'ailure',
];
const interestingWords = new WeakMap<readonly string[], readonly string[]>();

/** Finds the lines that can be of any use; made once for the many logs that one list of words is looked for in. */
const compileInteresting = (words: readonly string[]): Pick<WordIndex<true>, 'test'> => {
  const marks = phaseMarks.map((mark) => mark.words);
  const known = interestingWords.get(words) ?? [...words, ...marks, ...headerWords, ...nameWords, ...loudWords];
  interestingWords.set(words, known);
  return compileWords(known);
};

/** Lines that are looked at in full to tell what kind of log it is. */
const sampleLines = 300;
const maxMessage = 8 * 1024;
const maxText = 4 * 1024;
const maxRecent = 40;
const maxRecentText = 512;

/** A copy that does not keep the longer text it was cut from in memory. */
const cut = (text: string, max: number): string =>
  text.length <= max ? text : Buffer.from(text.slice(0, max)).toString();

/** Kind that most of the sampled lines are of; whose daemon a logfmt log is of follows from its engine. */
const kindOf = (votes: ReadonlyMap<LogKind, number>, hints: CommandHint, fromDaemon: number, file: string): LogKind => {
  const [best] = [...votes].toSorted((a, b) => b[1] - a[1]);
  if (best === undefined) return kindOfName(file) ?? 'text';
  if (best[0] !== 'text') return best[0];
  if (fromDaemon * 2 > best[1] && hints.engine !== undefined) return hints.engine;
  return kindOfName(file) === 'criu' ? 'text' : (kindOfName(file) ?? 'text');
};

const keyOf = (record: LogRecord): string =>
  `${record.kind} ${record.level} ${record.location?.includes(':') ? record.location : record.message.slice(0, 40).replaceAll(/\d+/g, '#')}`;

/** Makes a reader for one log. */
export const createLogReader = (options: ReaderOptions): LogReader => {
  const watched = compileWords(options.words);
  const interesting = compileInteresting(options.words);
  const store = createEventStore();
  const runs = createRunTracker();
  const votes = new Map<LogKind, number>();
  const recent: string[] = [];
  let hints: CommandHint = {};
  let sampled = 0;
  let fromDaemon = 0;
  let lastLine = { text: '', line: 0 };

  const eventOf = (record: LogRecord, text: string, line: number, key: string): LogEvent => {
    return {
      line,
      text: cut(text.trimEnd(), maxText),
      ...record,
      message: cut(record.message, maxMessage),
      run: runs.current(),
      ...(store.wantsContext(key) ? { recent: [...recent] } : {}),
    };
  };

  const take = (record: LogRecord, text: string, line: number): void => {
    runs.follow(record, line);
    hints = { ...hintOf(record), ...hints };
    if (record.level === 'info' && !watched.test(record.message)) return;
    store.add(keyOf(record), eventOf(record, text, line, keyOf(record)));
  };

  /** Long CRIU logs tell their engine early, in an error, or never. */
  const hintOf = (record: LogRecord): CommandHint => {
    if (record.kind !== 'criu') return parseCommandHint(record.message);
    return sampled <= sampleLines || record.level !== 'info' ? parseEnginePath(record.message) : {};
  };

  const sample = (records: readonly LogRecord[]): void => {
    sampled += 1;
    for (const record of records) {
      votes.set(record.kind, (votes.get(record.kind) ?? 0) + 1);
      if (record.isFromDaemon) fromDaemon += 1;
    }
  };

  const lookAt = (text: string, line: number): void => {
    const isSample = sampled < sampleLines;
    if (isSample || interesting.test(text)) {
      const records = parseLogLine(text);
      if (isSample && records.length > 0) sample(records);
      for (const record of records) take(record, text, line);
    }
    if (text.trim() === '') return;
    lastLine = { text, line };
    recent.push(cut(text, maxRecentText));
    if (recent.length > maxRecent) recent.shift();
  };

  return {
    line(text, number) {
      // Progress on a terminal is drawn over and over with carriage returns; each state is a line of its own.
      const plain = text.replace(/^\uFEFF/, '').trimEnd();
      if (plain.includes('\r')) for (const part of plain.split('\r')) lookAt(part, number);
      else lookAt(plain, number);
    },
    isSkimmable: () => (votes.get('criu') ?? 0) * 2 > sampled && sampled > 0,
    finish({ lines, problem, isCutShort = false, endsWithBlock = false }) {
      if (runs.endsOpen() && !isCutShort) {
        const message = endsWithBlock ? endOfBlock : endOfLog;
        const record: LogRecord = { kind: 'criu', isFromDaemon: false, level: 'info', message };
        store.add(message, eventOf(record, lastLine.text, lastLine.line, message));
      }
      const kind = options.kind ?? kindOf(votes, hints, fromDaemon, options.file);
      const writtenMs = timeOfName(options.file) ?? options.modifiedMs;
      return {
        file: options.file,
        kind,
        ...phaseOfName(options.file),
        ...hints,
        runs: runs.finish(),
        events: store.all(),
        lines,
        isCutShort,
        ...(writtenMs === undefined ? {} : { writtenMs }),
        ...(problem === undefined ? {} : { problem }),
      };
    },
  };
};
