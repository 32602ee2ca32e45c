/** Turns the lines of one log into a reading: what kind of log it is, its runs, the lines that matter. */

import { headerWords, nameWords, phaseMarks } from '../parse/log-marks.js';
import { parseLogLine, type LogRecord } from '../parse/log-line.js';
import type { LogKind } from '../rules/cause.js';
import { createEventStore } from './log-events.js';
import { createLogIdentity } from './log-identity.js';
import { phaseOfName, timeOfName } from './log-name.js';
import { endOfBlock, endOfLog, type LogEvent, type LogReading } from './log-reading.js';
import { createRunTracker } from './log-runs.js';
import type { LineSink } from './log-scan.js';
import { createTraceRecorder } from './log-trace.js';
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
  /** Also keep what every line is like, to compare runs: takes several times as long. */
  readonly isTraced?: boolean;
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

const maxMessage = 8 * 1024;
const maxText = 4 * 1024;
const maxRecent = 40;
const maxRecentText = 512;

/** A copy that does not keep the longer text it was cut from in memory. */
const cut = (text: string, max: number): string =>
  text.length <= max ? text : Buffer.from(text.slice(0, max)).toString();

const keyOf = (record: LogRecord): string =>
  `${record.kind} ${record.level} ${record.location?.includes(':') ? record.location : record.message.slice(0, 40).replaceAll(/\d+/g, '#')}`;

/** Makes a reader for one log. */
export const createLogReader = (options: ReaderOptions): LogReader => {
  const watched = compileWords(options.words);
  const interesting = compileInteresting(options.words);
  const store = createEventStore();
  const runs = createRunTracker();
  const traces = options.isTraced === true ? createTraceRecorder() : undefined;
  const identity = createLogIdentity(options.file);
  const recent: string[] = [];
  let lastLine = { text: '', line: 0 };
  let nextLine = 1;

  const eventOf = (record: LogRecord, text: string, line: number, key: string): LogEvent => {
    const step = runs.stepOf(record);
    return {
      line,
      text: cut(text.trimEnd(), maxText),
      ...record,
      message: cut(record.message, maxMessage),
      run: runs.current(),
      ...(step === undefined ? {} : { step }),
      ...(store.wantsContext(key) ? { recent: [...recent] } : {}),
    };
  };

  const take = (record: LogRecord, text: string, line: number): void => {
    runs.follow(record, line);
    identity.hear(record);
    if (record.level === 'info' && !watched.test(record.message)) return;
    store.add(keyOf(record), eventOf(record, text, line, keyOf(record)));
  };

  const lookAt = (text: string, line: number): void => {
    const isSample = identity.wantsMore();
    if (isSample || traces !== undefined || interesting.test(text)) {
      const records = parseLogLine(text);
      if (isSample && records.length > 0) identity.sample(records);
      for (const record of records) {
        take(record, text, line);
        traces?.record(runs.current(), record, text, line);
      }
    }
    if (text.trim() === '') return;
    lastLine = { text, line };
    recent.push(cut(text, maxRecentText));
    if (recent.length > maxRecent) recent.shift();
  };

  return {
    line(text, number) {
      if (number > nextLine) runs.skip();
      nextLine = number + 1;
      // Progress on a terminal is drawn over and over with carriage returns; each state is a line of its own.
      const plain = text.replace(/^\uFEFF/, '').trimEnd();
      if (plain.includes('\r')) for (const part of plain.split('\r')) lookAt(part, number);
      else lookAt(plain, number);
    },
    isSkimmable: () => identity.isOfCriu(),
    finish({ lines, problem, isCutShort = false, endsWithBlock = false }) {
      if (runs.endsOpen() && !isCutShort) {
        const message = endsWithBlock ? endOfBlock : endOfLog;
        const record: LogRecord = { kind: 'criu', isFromDaemon: false, level: 'info', message };
        store.add(message, eventOf(record, lastLine.text, lastLine.line, message));
      }
      const kind = options.kind ?? identity.kind();
      const writtenMs = timeOfName(options.file) ?? options.modifiedMs;
      return {
        file: options.file,
        kind,
        ...phaseOfName(options.file),
        ...identity.hints(),
        runs: runs.finish(),
        ...(traces === undefined ? {} : { traces: traces.finish(runs.current() + 1) }),
        events: store.all(),
        lines,
        isCutShort,
        ...(writtenMs === undefined ? {} : { writtenMs }),
        ...(problem === undefined ? {} : { problem }),
      };
    },
  };
};
