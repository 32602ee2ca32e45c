/** Finds out while a log is read whose it is: the kind of most of its lines, the engine, the command that was typed. */

import { isCommand, parseCommandHint, parseEnginePath, type CommandHint } from '../parse/log-command.js';
import type { LogRecord } from '../parse/log-line.js';
import type { LogKind } from '../rules/cause.js';
import { kindOfName } from './log-name.js';

/** What is known of a log so far. */
export interface LogIdentity {
  /** More lines are wanted in full, whatever they hold. */
  wantsMore(): boolean;
  /** Takes a line as one of those that tell the kind; `records` is what it says. */
  sample(records: readonly LogRecord[]): void;
  /** Takes what a line tells of engine and command. */
  hear(record: LogRecord): void;
  /** Most of it so far is of CRIU. */
  isOfCriu(): boolean;
  kind(): LogKind;
  hints(): CommandHint & { readonly command?: string };
}

/** Lines that are looked at in full to tell what kind of log it is. */
const sampleLines = 300;
const maxCommand = 1024;

/** Kind that most of the sampled lines are of; whose daemon a logfmt log is of follows from its engine. */
const kindOf = (votes: ReadonlyMap<LogKind, number>, hints: CommandHint, fromDaemon: number, file: string): LogKind => {
  const [best] = [...votes].toSorted((a, b) => b[1] - a[1]);
  if (best === undefined) return kindOfName(file) ?? 'text';
  if (best[0] !== 'text') return best[0];
  if (fromDaemon * 2 > best[1] && hints.engine !== undefined) return hints.engine;
  return kindOfName(file) === 'criu' ? 'text' : (kindOfName(file) ?? 'text');
};

/** Follows the log with the given name. */
export const createLogIdentity = (file: string): LogIdentity => {
  const votes = new Map<LogKind, number>();
  let hints: CommandHint = {};
  let command: string | undefined;
  let sampled = 0;
  let fromDaemon = 0;

  /** Long CRIU logs tell their engine early, in an error, or never. */
  const hintOf = (record: LogRecord): CommandHint => {
    if (record.kind !== 'criu') return parseCommandHint(record.message);
    return sampled <= sampleLines || record.level !== 'info' ? parseEnginePath(record.message) : {};
  };

  return {
    wantsMore: () => sampled < sampleLines,
    sample(records) {
      sampled += 1;
      for (const record of records) {
        votes.set(record.kind, (votes.get(record.kind) ?? 0) + 1);
        if (record.isFromDaemon) fromDaemon += 1;
      }
    },
    hear(record) {
      hints = { ...hintOf(record), ...hints };
      if (command !== undefined || record.kind !== 'text' || record.isFromDaemon || sampled > sampleLines) return;
      if (isCommand(record.message)) command = Buffer.from(record.message.slice(0, maxCommand)).toString();
    },
    isOfCriu: () => (votes.get('criu') ?? 0) * 2 > sampled && sampled > 0,
    kind: () => kindOf(votes, hints, fromDaemon, file),
    hints: () => ({ ...hints, ...(command === undefined ? {} : { command }) }),
  };
};
