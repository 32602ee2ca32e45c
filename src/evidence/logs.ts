/** Reads logs, from text or from streams of any length, in one pass and a bounded amount of memory. */

import { parseCommandHint } from '../parse/log-command.js';
import { parseStatedVersions } from '../parse/stated-versions.js';
import type { LogKind } from '../rules/cause.js';
import { isVersionsName } from '../source/log-name.js';
import type { LogInput } from '../source/log-files.js';
import type { LogReading } from './log-reading.js';
import { createLogReader, type ReaderOptions } from './log-reader.js';
import { createLogScan } from './log-scan.js';

/** What to look for in logs. */
export interface LogWatch {
  /** Words that rules look for; see `watchedWords` of the rules. */
  readonly words: readonly string[];
  /** Also keep what every line is like, to compare runs. */
  readonly isTraced?: boolean;
}

/** Reads a log that is in memory already: tests of rules, examples, pasted text. */
export const readLogText = (text: string, options: ReaderOptions): LogReading => {
  const reader = createLogReader(options);
  const scan = createLogScan(reader);
  scan.push(Buffer.from(text));
  scan.end();
  return reader.finish({ lines: scan.lines(), endsWithBlock: scan.endsWithBlock() });
};

const tooLoud = 'it holds more errors than are looked at; its middle was passed by';

/** Bytes of `versions.json` that are looked at. */
const maxVersionsBytes = 16 * 1024;

/** Reads what somebody wrote down beside logs: no lines, no runs, only what is stated. */
const readVersions = async (input: LogInput): Promise<LogReading> => {
  const { name } = input;
  const pieces: Buffer[] = [];
  let bytes = 0;
  let problem: string | undefined;
  try {
    for await (const chunk of input.open()) {
      pieces.push(Buffer.from(chunk.subarray(0, maxVersionsBytes - bytes)));
      bytes += chunk.length;
      if (bytes >= maxVersionsBytes) break;
    }
  } catch (error) {
    problem = error instanceof Error ? error.message : String(error);
  }
  const stated = parseStatedVersions(Buffer.concat(pieces).toString());
  if (stated === undefined) problem ??= `${name}: is no JSON object with versions, so it was passed by`;
  const { engine } = parseCommandHint(stated?.engine ?? '');
  const nothing = { kind: 'text', runs: [], events: [], lines: 0, isCutShort: false } as const;
  return {
    file: name,
    ...nothing,
    ...(engine === undefined ? {} : { engine }),
    ...(stated === undefined ? {} : { stated }),
    ...(problem === undefined ? {} : { problem }),
  };
};

/** Reads one log to its end. What keeps it from being read, wholly or in part, is told in `problem`. */
export const readLog = async (input: LogInput, watch: LogWatch, kind?: LogKind): Promise<LogReading> => {
  const { name, modifiedMs } = input;
  if (isVersionsName(name)) return await readVersions(input);
  const reader = createLogReader({
    file: name,
    words: watch.words,
    ...(watch.isTraced === true ? { isTraced: true } : {}),
    ...(kind === undefined ? {} : { kind }),
    ...(modifiedMs === undefined ? {} : { modifiedMs }),
  });
  const scan = createLogScan(reader);
  let problem: string | undefined;
  try {
    for await (const chunk of input.open()) scan.push(chunk);
  } catch (error) {
    problem = error instanceof Error ? error.message : String(error);
  }
  scan.end();
  const end = { lines: scan.lines(), endsWithBlock: scan.endsWithBlock() };
  if (problem !== undefined) return reader.finish({ ...end, problem, isCutShort: true });
  return reader.finish(scan.isCut() ? { ...end, problem: tooLoud } : end);
};

/** Reads logs one after the other, in the order given. */
export const readLogs = async (inputs: readonly LogInput[], watch: LogWatch): Promise<readonly LogReading[]> => {
  const readings: LogReading[] = [];
  for (const input of inputs) {
    // One at a time: each may be gigabytes, and memory is what is bounded here.
    readings.push(await readLog(input, watch));
  }
  return readings;
};
