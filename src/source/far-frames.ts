/** Takes apart what comes back over the wire, and trusts none of it. */

import type { FrameWord } from './far-prelude.js';

export interface FrameListener {
  /** What the far side says of itself. Untrusted. */
  readonly onHello: (name: string, value: string) => void;
  /** A program was started. */
  readonly onStarted: (id: number, pid: number) => void;
  /** The most that may follow for this program; undefined when none such was asked for. */
  readonly limitOf: (id: number) => number | undefined;
  /** It has ended; all that was told of it. */
  readonly onEnded: (id: number, body: Buffer) => void;
  /** What comes is no answer any more, one clause; nothing more is read. */
  readonly onBroken: (problem: string) => void;
}

export interface FrameReader {
  readonly push: (chunk: Buffer) => void;
}

/** What a login shell, its profile and a banner may print before the first frame, and anybody in between later. */
const maxStrayBytes = 256 * 1024;
const maxLineBytes = 8 * 1024;

/** The state of reading: a line, or the body that a line announced. */
interface Reading {
  buffered: Buffer[];
  length: number;
  body: { readonly id: number; readonly bytes: number } | undefined;
  strayBytes: number;
  isBroken: boolean;
}

/** Reads frames as {@link FrameWord} marks them; anything else between them is left out, up to a limit. */
export function createFrameReader(word: FrameWord, listener: FrameListener): FrameReader {
  const reading: Reading = { buffered: [], length: 0, body: undefined, strayBytes: 0, isBroken: false };
  const fail = (problem: string): void => {
    reading.isBroken = true;
    reading.buffered = [];
    listener.onBroken(problem);
  };
  return {
    push(chunk) {
      if (reading.isBroken) return;
      reading.buffered.push(chunk);
      reading.length += chunk.length;
      // A body is put together once, not with each chunk of it.
      if (reading.body !== undefined && reading.length <= reading.body.bytes) return;
      readOn(word, reading, listener, fail);
    },
  };
}

function readOn(word: string, reading: Reading, listener: FrameListener, fail: (problem: string) => void): void {
  let rest = Buffer.concat(reading.buffered);
  while (!reading.isBroken) {
    if (reading.body !== undefined) {
      const { id, bytes } = reading.body;
      if (rest.length <= bytes) break;
      reading.body = undefined;
      const body = rest.subarray(0, bytes);
      rest = rest.subarray(bytes + 1);
      listener.onEnded(id, body);
      continue;
    }
    const end = rest.indexOf(0x0a);
    if (end < 0) {
      if (rest.length > maxStrayBytes) fail(strayProblem);
      break;
    }
    const line = rest.subarray(0, end);
    rest = rest.subarray(end + 1);
    if (!readLine(word, line, reading, listener, fail)) reading.strayBytes += line.length + 1;
    if (reading.strayBytes > maxStrayBytes) fail(strayProblem);
  }
  if (reading.isBroken) return;
  reading.buffered = [rest];
  reading.length = rest.length;
}

const strayProblem = 'it sends something else than answers, without end';

/** False for a line that is none of ours. */
function readLine(
  word: string,
  line: Buffer,
  reading: Reading,
  listener: FrameListener,
  fail: (problem: string) => void,
): boolean {
  if (line.length > maxLineBytes) return false;
  const [first, kind = '', ...words] = line.toString('utf8').split(' ');
  if (first !== word) return false;
  const [id, number] = words.map((each) => (/^\d{1,10}$/.test(each) ? Number(each) : -1));
  if (kind === 'hello') listener.onHello(words[0] ?? '', words.slice(1).join(' '));
  else if (kind === 'p' && id !== undefined && number !== undefined && id >= 0 && number > 1) {
    listener.onStarted(id, number);
  } else if (kind === 'r' && id !== undefined && number !== undefined && id >= 0 && number >= 0) {
    const limit = listener.limitOf(id);
    if (limit === undefined) fail('it answers what was not asked');
    else if (number > limit) fail(`it sends more than was asked for (${number} bytes)`);
    else reading.body = { id, bytes: number };
  } else fail('its answers are damaged');
  return true;
}
