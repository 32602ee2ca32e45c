/** Turns the prose of a cause file (why, fix) into lines: prose is reflowed, indented commands stay as written. */

import { escapeLines } from './escape.js';
import { wrap } from './wrap.js';

/** A run of prose, or lines to be shown as they are. */
export type Block =
  | { readonly kind: 'prose'; readonly text: string }
  | { readonly kind: 'verbatim'; readonly lines: readonly string[] };

/** Splits at empty lines and where indentation begins or ends. Everything is escaped. */
export function toBlocks(text: string): readonly Block[] {
  const blocks: Block[] = [];
  let prose: string[] = [];
  let verbatim: string[] = [];
  const flush = (): void => {
    if (prose.length > 0) blocks.push({ kind: 'prose', text: prose.join(' ') });
    if (verbatim.length > 0) blocks.push({ kind: 'verbatim', lines: verbatim });
    prose = [];
    verbatim = [];
  };
  for (const line of escapeLines(text)) {
    const isIndented = /^ {2,}\S/.test(line);
    const isListItem = /^([-*]|\d+[.)]) /.test(line);
    if (line.trim() === '' || isListItem || isIndented !== verbatim.length > 0) flush();
    if (line.trim() === '') continue;
    if (isIndented) verbatim.push(line.trim());
    else prose.push(line.trim());
  }
  flush();
  return blocks;
}

/** Lines for a terminal, each beginning with `indent`; the first with `first`. */
export function fillParagraphs(text: string, columns: number, first: string, indent: string): readonly string[] {
  const blocks = toBlocks(text);
  return blocks.flatMap((block, index) => {
    const lead = index === 0 ? first : indent;
    if (block.kind === 'prose') return wrap(block.text, columns, lead, indent);
    return block.lines.map((line, row) => `${index === 0 && row === 0 ? first : `${indent}  `}${line}`);
  });
}
