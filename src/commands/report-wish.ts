/** What a `report` is asked for, options checked against each other. */

import { UserError } from '../errors.js';
import type { Operation } from '../rules/cause.js';
import { parseCommandHint } from '../parse/log-command.js';
import { parseWanted, type Wants } from '../report/wanted.js';
import type { Invocation } from './invocation.js';
import { asWritten } from './prepared-argv.js';
import type { ReportArguments } from './report-options.js';
import { readPlace, readPlaceOf, type Place } from './where-option.js';

/** A report as asked for. */
export interface ReportWish {
  readonly place: Place;
  readonly instance: string | undefined;
  readonly engine: string | undefined;
  readonly wants: Wants;
  /** Only a part is asked for, which is not enough to judge by. */
  readonly isPart: boolean;
  readonly errorFile: string | undefined;
  /** The command that failed, word by word; empty = it was not told. */
  readonly words: readonly string[];
  readonly output: string | undefined;
  readonly show: boolean;
  /** Where it was to go to; undefined = one host is reported. */
  readonly to: Place | undefined;
  /** Names of hosts and users and addresses get stand-ins. */
  readonly anonymize: boolean;
  /** What was being done, for the judgement. */
  readonly operation: Operation;
}

/** Enough for a daemon that hangs; no report is worth waiting longer for. */
export const defaultTimeout = '60';

/** @throws {UserError} for options that do not fit together */
export function readReportWish(parsed: ReportArguments, { argv }: Invocation): ReportWish {
  const place = readPlaceOf(['local', 'ssh', 'remote'], '--on', parsed.on);
  const { instance, only, output, show = false, anonymize = false } = parsed;
  if (instance === '') throw new UserError('the name of the container is empty');
  if (show && output !== undefined) throw new UserError('--show writes no file; -o does not go with it');
  const end = argv.indexOf('--');
  const words = end < 0 ? [] : argv.slice(end + 1);
  return {
    place,
    instance,
    engine: parsed.engine,
    wants: parseWanted(only),
    isPart: only !== undefined,
    errorFile: parsed.error === undefined ? undefined : asWritten(parsed.error),
    words,
    output,
    show,
    to: parsed.to === undefined ? undefined : readPlace('--to', parsed.to),
    operation: parsed.to !== undefined ? 'move' : instance === undefined ? 'host' : operationOf(words.join(' ')),
    anonymize,
  };
}

function operationOf(command: string): Operation {
  if (/\bsnapshot\b/.test(command)) return 'snapshot';
  const { operation } = parseCommandHint(command);
  if (operation === 'migrate') return 'move';
  return operation === 'restore' ? 'restore' : 'stop';
}
