/** What was written for a tracker, as the user reads it. */

import type { LeftOutText } from '../../report/attachment.js';
import { formatBytes } from '../../rules/format-bytes.js';
import { escapeText } from '../escape.js';
import type { Prepared, PreparedFile } from './prepared.js';

/** More lines of a kind than this are counted. */
const maxLines = { blanks: 12, leftOut: 20 };

/** `directory`: as the user would write it. Ends with a line break. */
export function preparedText(prepared: Prepared, directory: string): string {
  const { tracker, title, tags, url, files, attachments, blanks, leftOut, notes } = prepared;
  const blocks = [
    [
      `For ${tracker}. Nothing was sent.`,
      `Title  ${title}`,
      ...(tags.length === 0 ? [] : [`Tags   ${tags.join(' ')}`]),
    ],
    // An address is never cut, and holds nothing but ASCII.
    ['Open', `  ${url}`],
    [`In ${directory}/`, ...fileLines(files)],
    attachments.length === 0 ? [] : ['To attach, the largest first', ...fileLines(bySize(attachments))],
    leftOut.length === 0
      ? []
      : [
          'Left out',
          ...leftOut.slice(0, maxLines.leftOut).map(leftOutLine),
          ...moreLine(leftOut.length - maxLines.leftOut),
        ],
    blanks.length === 0
      ? []
      : [
          `For you to answer: ${blanks.length} blanks`,
          ...blanks.slice(0, maxLines.blanks).map((question) => `  ${question}`),
          ...moreLine(blanks.length - maxLines.blanks),
        ],
    notes,
  ];
  const shown = blocks.filter((lines) => lines.length > 0);
  return `${shown.map((lines) => lines.map((line) => (line.endsWith(url) ? line : escapeText(line))).join('\n')).join('\n\n')}\n`;
}

function leftOutLine({ path, bytes, reason }: LeftOutText): string {
  return `  ${path}, ${formatBytes(bytes)}: ${reason}`;
}

function moreLine(count: number): readonly string[] {
  return count > 0 ? [`  and ${count} more`] : [];
}

/** What would be sent where, before the user is asked. Ends with a line break. */
export function sendingText(
  url: string,
  blobBytes: number,
  sent: readonly (readonly [name: string, bytes: number])[],
): string {
  const lines = [
    `To be sent to ${url}, ${formatBytes(blobBytes)} in all:`,
    '  the description',
    ...sent.map(([name, bytes]) => `  ${name}, ${formatBytes(bytes)}`),
    'It is filed when you open the address that comes then, log in and press the button.',
  ];
  return `${lines.map(escapeText).join('\n')}\n`;
}

function bySize(files: readonly PreparedFile[]): readonly PreparedFile[] {
  return files.toSorted((left, right) => bytesOf(right) - bytesOf(left));
}

function fileLines(files: readonly PreparedFile[]): readonly string[] {
  const sizes = files.map((file) => formatBytes(bytesOf(file)));
  const width = Math.max(...sizes.map((size) => size.length));
  return files.map(({ name, purpose }, index) => {
    const size = (sizes[index] ?? '').padStart(width);
    return `  ${size}  ${name}${purpose === undefined ? '' : `  (${purpose})`}`;
  });
}

function bytesOf({ content }: PreparedFile): number {
  return typeof content === 'string' ? Buffer.byteLength(content) : content.length;
}
