/** Reads what `criu check` prints. */

import { splitLines } from './lines.js';

export interface CriuCheck {
  /**
   * good: all that was looked for is there; partial: the needed is, something optional is not; bad:
   * something needed is missing. Undefined: it gave up before judging.
   */
  readonly verdict: 'good' | 'partial' | 'bad' | undefined;
  /** The other lines, without time stamp, level and source line; long ones are cut, and so is a long list. */
  readonly messages: readonly string[];
}

/** `criu/cr-check.c`, CRIU 2.0 to 4.2; the exit status of `--all` is 1 for "partial" as well. */
const partialText = [
  'Looks good but some kernel features are missing',
  'which, depending on your process tree, may cause',
  'dump or restore failure.',
];

/**
 * The verdict and the messages, from standard output and standard error together. Needed features
 * are tried first and the first one missing ends the check, so that in a "partial" answer all
 * messages are about optional ones.
 *
 *     Error (criu/util.c:1533): rlimit: Can't setup RLIMIT_NOFILE for self: Operation not permitted
 *     (00.012345) Warn  (criu/cr-check.c:772): Dirty tracking is OFF. Memory snapshot will not work.
 *     Looks good but some kernel features are missing
 *     which, depending on your process tree, may cause
 *     dump or restore failure.
 */
export function parseCriuCheck(text: string): CriuCheck {
  const lines = splitLines(text)
    .map(stripPrefix)
    .filter((line) => line !== '');
  return {
    verdict: verdictOf(lines),
    messages: [...new Set(lines.filter((line) => !verdictTexts.has(line)).map(cut))].slice(0, maxMessages),
  };
}

const verdictTexts: ReadonlySet<string> = new Set(['Looks good.', 'Does not look good.', ...partialText]);

/** CRIU has fewer things to complain about, and says each in less; what goes on and on is another program. */
const maxMessages = 40;
const maxMessageLength = 200;

function cut(line: string): string {
  return line.length > maxMessageLength ? `${line.slice(0, maxMessageLength)}…` : line;
}

function verdictOf(lines: readonly string[]): CriuCheck['verdict'] {
  if (lines.includes('Does not look good.')) return 'bad';
  if (lines.includes('Looks good.')) return 'good';
  return lines.includes(partialText[0] ?? '') ? 'partial' : undefined;
}

function stripPrefix(line: string): string {
  return line
    .replace(/^\(\d{2,}\.\d+\)\s*/, '')
    .replace(/^(?:pie: )?\s*\d+: (?=Error|Warn)/, '')
    .replace(/^(?:Error|Warn)\s+\([^)]{1,200}\):\s*/, '')
    .trim();
}
