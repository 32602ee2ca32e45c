/** The pieces of Markdown that several renderings share. */

import { escapeMarkdownProse, markdownBlock } from './escape.js';
import { toBlocks } from './paragraphs.js';

/** A table; the cells are Markdown already. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** The prose of a cause file; its indented lines become fenced blocks. */
export function markdownParagraphs(text: string): string {
  return toBlocks(text)
    .map((block) => (block.kind === 'prose' ? escapeMarkdownProse(block.text) : markdownBlock(block.lines)))
    .join('\n\n');
}
