/** The answer to a field of a form: prose and verbatim text, with blanks for what only the user knows. */

import { markdownBlock, markdownCode } from '../escape.js';

/** A piece of an answer. Lines of prose are Markdown already; verbatim ones are not escaped. */
export type AnswerPart =
  | { readonly kind: 'prose'; readonly lines: readonly string[] }
  | { readonly kind: 'verbatim'; readonly lines: readonly string[] };

export interface Answer {
  readonly parts: readonly AnswerPart[];
  /** What the user is asked, a clause each. */
  readonly blanks: readonly string[];
}

/** A place for the user to write. */
export function blank(question: string): string {
  return `[[ write here: ${question} ]]`;
}

export function askFor(question: string): Answer {
  return { parts: [prose(blank(question))], blanks: [question] };
}

export function prose(...lines: readonly string[]): AnswerPart {
  return { kind: 'prose', lines };
}

export function verbatim(lines: readonly string[]): AnswerPart {
  return { kind: 'verbatim', lines };
}

export function joinAnswers(answers: readonly Answer[]): Answer {
  return { parts: answers.flatMap(({ parts }) => parts), blanks: answers.flatMap(({ blanks }) => blanks) };
}

/** As Markdown. `language`: the field makes one code block of all of it. */
export function answerMarkdown({ parts }: Answer, language?: string): string {
  if (language !== undefined) {
    return markdownBlock(
      parts.flatMap(({ lines }) => lines),
      language,
    );
  }
  return parts.map((part) => (part.kind === 'prose' ? part.lines.join('\n') : markdownBlock(part.lines))).join('\n\n');
}

/** A short value of a host in prose: as it is when it cannot mean anything else. */
export function plainValue(value: string): string {
  return /^[\w.+~/][\w.+~/ ()|-]*$/.test(value) ? value : markdownCode(value);
}
