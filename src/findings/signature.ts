/** The failing line with its variable parts taken out: the same failure gives the same text on every host. */

import { endOfLog, isEndOfLog } from '../evidence/log-reading.js';
import { lineClassOf } from '../parse/line-class.js';

/** Captures whose values are kinds of things: a short list each, the same on every host, and telling. */
const kinds: ReadonlySet<string> = new Set([
  'action',
  'errno',
  'family',
  'image',
  'inner',
  'kind',
  'lsm',
  'need',
  'object',
  'operation',
  'option',
  'program',
  'proto',
  'protocol',
  'reason',
  'result',
  'signal',
  'state',
  'what',
]);

/** Where advice or details begin. */
const sentenceEnd = /(?<=^.{19,}[\w)}])(?:[.!] ?(?=[A-Z`])|\. (?=[a-z])|, consider |[.!]$)/s;

/** How a message of CRIU begins; advice and details behind it differ between releases. */
const firstSentence = (text: string): string => text.slice(0, sentenceEnd.exec(text)?.index ?? text.length);

/** What a rule took out of a line for its message, where that names one thing of many. */
const namesIn = (captures: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(captures)
    .filter(([name, value]) => value.length > 1 && !kinds.has(name))
    .map(([, value]) => value)
    .toSorted((a, b) => b.length - a.length);

/** What a signature is made of. */
export interface FailingLine {
  readonly message: string;
  readonly captures?: Readonly<Record<string, string>>;
  /** Left out where no cause is known. */
  readonly cause?: string;
  /** CRIU wrote the line, so what follows its first sentence is advice. */
  readonly isFromCriu?: boolean;
}

/**
 * The name of a failure: the cause and the class of the failing line. One message can have several
 * causes, and one cause several messages.
 *
 *     tcp-established-option-missing: Connected TCP socket
 */
export const signatureOf = ({ message, captures = {}, cause, isFromCriu = false }: FailingLine): string => {
  const line = lineClassOf(isEndOfLog(message) ? endOfLog : message, namesIn(captures));
  const shown = isFromCriu ? firstSentence(line) : line;
  return cause === undefined ? shown : `${cause}: ${shown}`;
};
