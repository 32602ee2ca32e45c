/** Colours of the terminal output, or none of them. */

import { Chalk, type ChalkInstance } from 'chalk';

/** What decides about colours. */
export interface ColorWish {
  readonly isTerminal: boolean;
  readonly noColor: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** How the words of a result are marked; each takes and gives one line of text. */
export interface Style {
  readonly strong: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly warn: (text: string) => string;
  readonly good: (text: string) => string;
  readonly unsure: (text: string) => string;
}

/**
 * Colours only on a terminal, or with FORCE_COLOR; never with --no-color, NO_COLOR (https://no-color.org:
 * set and not empty) or TERM=dumb.
 */
export function wantsColor({ isTerminal, noColor, env }: ColorWish): boolean {
  if (noColor || (env['NO_COLOR'] ?? '') !== '') return false;
  const force = env['FORCE_COLOR'];
  if (force !== undefined) return force !== '0' && force !== 'false';
  return isTerminal && env['TERM'] !== 'dumb';
}

/** The style for text output; without colour every function gives back what it got. */
export function makeStyle(hasColor: boolean): Style {
  const chalk: ChalkInstance = new Chalk({ level: hasColor ? 1 : 0 });
  return {
    strong: (text) => chalk.bold(text),
    faint: (text) => chalk.dim(text),
    bad: (text) => chalk.red.bold(text),
    warn: (text) => chalk.yellow.bold(text),
    good: (text) => chalk.green.bold(text),
    unsure: (text) => chalk.magenta.bold(text),
  };
}
