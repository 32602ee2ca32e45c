/** Finds certificates and keys in PEM form, in several lines or, as JSON has them, in one. */

import { hideLines, type Edit } from './edits.js';

const beginMark = /-----BEGIN [A-Z0-9 ]{1,60}-----/g;
const endMark = /-----END [A-Z0-9 ]{1,60}-----/g;
/** No key or certificate is longer; an end further away belongs to something else. */
export const maxPemLength = 65_536;
/** Lines of a body have 64 characters, or 76 (RFC 7468, RFC 1421). */
const fullLine = 40;
/** A line of the body, or of the header that old encrypted keys have. */
const bodyLine = /^[\s|>]*(?:[A-Za-z0-9+/=]{1,100}|(?:Proc-Type|DEK-Info): .{1,80})?\s*$/;

/** True for what may be a line in the middle of a key. */
export function isPemBodyLine(line: string): boolean {
  return line.trim() !== '' && line.length <= 200 && bodyLine.test(line);
}

/** All blocks; of one that was cut off at either end, what is left of it. */
export function findPemBlocks(text: string): readonly Edit[] {
  // One search tells that there is none, as in nearly every text.
  if (!/-----(?:BEGIN|END) /.test(text)) return [];
  const findEndMark = searchForward(text, '-----END ');
  const findBeginMark = searchForward(text, '-----BEGIN ');
  const blocks: (readonly Edit[])[] = [];
  let done = 0;
  beginMark.lastIndex = 0;
  for (let begin = beginMark.exec(text); begin !== null; begin = beginMark.exec(text)) {
    const orphan = hideOrphan(text, findEndMark(done), done, begin.index);
    const body = begin.index + begin[0].length;
    done = findEnd(text, body, findEndMark(body), findBeginMark(body));
    blocks.push(orphan, hideLines(text, begin.index, done, 'pem-block'));
    beginMark.lastIndex = done;
  }
  return [...blocks.flat(), ...hideOrphan(text, findEndMark(done), done, text.length)];
}

/** Offset of a word at or behind ever later places, the length of the text when there is none; walks the text once. */
function searchForward(text: string, word: string): (from: number) => number {
  let found = -1;
  return (from) => {
    if (found < from) found = text.indexOf(word, from);
    if (found === -1) found = text.length;
    return found;
  };
}

/** Where the block ends whose body begins at `from`; without an end mark, behind the last line that can be its body. */
function findEnd(text: string, from: number, nextEnd: number, nextBegin: number): number {
  endMark.lastIndex = nextEnd;
  const isNear = nextEnd - from <= maxPemLength && nextEnd < nextBegin;
  const found = isNear ? endMark.exec(text) : null;
  if (found?.index === nextEnd) return nextEnd + found[0].length;
  // In one line, with the line ends written as \n: to the end of what can be a body.
  const inLine = /(?:\\+[nr]|[A-Za-z0-9+/=])*/y;
  inLine.lastIndex = from;
  let end = from + (inLine.exec(text)?.[0].length ?? 0);
  if (end > from) return end;
  for (let length = fullLine; text[end] === '\n' || text[end] === '\r';) {
    const newline = text.indexOf('\n', end + 1);
    const lineEnd = newline === -1 ? text.length : newline;
    const line = text.slice(end + 1, Math.min(lineEnd, end + 200)).trim();
    // Only the last line is shorter than the others.
    if (length < fullLine || !bodyLine.test(line)) break;
    length = line.includes(':') || line === '' ? fullLine : line.length;
    end = lineEnd;
  }
  return end;
}

/** An end mark without a beginning: the text was cut off in front, so the block begins where its body does. */
function hideOrphan(text: string, mark: number, from: number, to: number): readonly Edit[] {
  if (mark >= to) return [];
  let start = text.lastIndexOf('\n', mark) + 1;
  while (start > from) {
    const previous = text.lastIndexOf('\n', start - 2) + 1;
    const line = text.slice(previous, start - 1);
    if (!isPemBodyLine(line)) break;
    start = previous;
  }
  return hideLines(text, Math.max(from, start), mark, 'pem-block');
}
