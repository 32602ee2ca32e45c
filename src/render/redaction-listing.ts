/** Lists what was taken out of a report, for people to see before anything leaves their machine. */

import type { ShownLine, ShownRedactions } from '../report/shown-redactions.js';
import { escapeText, markdownBlock, markdownName } from './escape.js';

/** More lines of one artifact say nothing to a reader; redactions.json has them all. */
const maxLines = 100;
/** Letters shown before and behind what was taken out. */
const context = 60;

/** Markdown, a section of its own; ends with a line break. Values are never in it, marks stand in their place. */
export function renderRedactionListing(shown: readonly ShownRedactions[]): string {
  const intro = '## What was taken out';
  if (shown.length === 0) return `${intro}\n\nNothing: no secret was found.\n`;
  const parts = shown.map(({ artifact, lines }) => `${markdownName(artifact)}\n\n${markdownBlock(linesOf(lines))}`);
  return `${[intro, 'Lines as they are in the report.', ...parts].join('\n\n')}\n`;
}

function linesOf(lines: readonly ShownLine[]): readonly string[] {
  const shown = lines.slice(0, maxLines).map(lineOf);
  const rest = lines.length - shown.length;
  return rest === 0 ? shown : [...shown, `… and ${rest} more, in redactions.json`];
}

function lineOf({ line, rule, count, text }: ShownLine): string {
  const where = line === 0 ? 'aside' : `line ${line}`;
  const times = count === 1 ? rule : `${rule} ×${count}`;
  return text === undefined ? `${where}  ${times}` : `${where}  ${times}  ${escapeText(excerptOf(text, rule))}`;
}

/** Around the first mark; a line without one (a stand-in is there) from its beginning. */
function excerptOf(text: string, rule: string): string {
  const mark = `[redacted:${rule}]`;
  const at = Math.max(0, text.indexOf(mark));
  const start = at <= context ? 0 : at - context;
  const end = at + mark.length + context;
  return `${start > 0 ? '…' : ''}${text.slice(start, end)}${end < text.length ? '…' : ''}`;
}
