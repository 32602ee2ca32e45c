/** Messages of rules: text with `{expression}` in it, each type checked like any other expression. */

import { compilePrintable, ExpressionError, type Expression, type Scope, type Variables } from './language.js';
import type { LogFacts } from '../facts/schema.js';

export interface Template {
  readonly reads: readonly string[];
  /** Never throws; what is not known reads as `(unknown)`. */
  render(variables: Variables): string;
}

type Piece = string | Expression<string>;

/**
 * Compiles a template. A brace that belongs to no expression is an error, so that a typo is seen.
 * @throws {ExpressionError} with offsets in the template
 */
export function compileTemplate(text: string, scope: Scope = {}): Template {
  const pieces: Piece[] = [];
  let position = 0;
  while (position < text.length) {
    const open = text.indexOf('{', position);
    pieces.push(text.slice(position, open === -1 ? undefined : open));
    if (open === -1) break;
    const close = closingBrace(text, open);
    pieces.push(compileAt(text, open + 1, close, scope));
    position = close + 1;
  }
  return {
    reads: pieces.flatMap((piece) => (typeof piece === 'string' ? [] : piece.reads)),
    render: (variables) => pieces.map((piece) => renderPiece(piece, variables)).join(''),
  };
}

function compileAt(text: string, start: number, end: number, scope: Scope): Exclude<Piece, string> {
  try {
    return compilePrintable(text.slice(start, end), scope);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    const { message, start: from, end: to } = error.problem;
    throw new ExpressionError({ message, start: start + from, end: start + to });
  }
}

/** Offset of the brace that ends the expression, passing over quoted text. */
function closingBrace(text: string, open: number): number {
  let quote = '';
  for (let index = open + 1; index < text.length; index += 1) {
    const character = text.charAt(index);
    if (quote !== '') quote = character === quote ? '' : quote;
    else if (character === "'" || character === '"') quote = character;
    else if (character === '}') return index;
  }
  throw new ExpressionError({ message: 'a { without its }', start: open, end: text.length });
}

function renderPiece(piece: Piece, variables: Variables): string {
  if (typeof piece === 'string') return piece;
  const reading = piece.evaluate(variables);
  return reading.status === 'known' ? reading.value : '(unknown)';
}

export type LogMessage = (log: LogFacts, captures: Readonly<Record<string, string>>) => string;

/**
 * A message over what a log tells and the captures of the line.
 * @throws {ExpressionError}
 */
export function compileLogMessage(text: string, captures: readonly string[]): LogMessage {
  const template = compileTemplate(text, { captures });
  return (log, values) => template.render({ log, ...values });
}
