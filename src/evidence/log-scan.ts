/** Cuts a stream of bytes into lines in one pass, and passes by what cannot matter in a huge CRIU log. */

/** Receives lines in the order of the log. */
export interface LineSink {
  /** A line without its end, decoded as UTF-8, cut at {@link maxLineBytes}; `number` is 1-based. */
  line(text: string, number: number): void;
  /** Whether what came so far is a CRIU log, so that its long middle may be skimmed for errors alone. */
  isSkimmable(): boolean;
}

/** Takes chunks of any size, none of which is kept after `push`; `end` hands over what is left. */
export interface LogScan {
  push(chunk: Buffer): void;
  end(): void;
  /** Lines seen, known after `end`. */
  lines(): number;
  /** Whether what was seen fills whole blocks of a file system, known after `end`. */
  endsWithBlock(): boolean;
  /** Whether a part of the log was passed by, because it holds more errors than anybody reads. */
  isCut(): boolean;
}

/** Bytes of a line that are kept; what follows, up to the line's end, is dropped. */
export const maxLineBytes = 64 * 1024;
/** Bytes at both ends of a log in which every line is looked at. */
const fullBytes = 1024 * 1024;
/** Lines before a hit in the skimmed middle that are read too: context of an error. */
const linesBefore = 40;
const linesAfter = 4;
/** Hits that get that context; of those after them the line itself and the next are read. */
const maxContexts = 200;
/** Hits in the skimmed middle after which the rest of it is passed by. */
const maxHits = 100_000;
const newline = 0x0a;
/** Smallest piece of a file that common file systems give out, and a page of tmpfs. */
const blockBytes = 4096;
/** Every Error and Warn line of CRIU holds one of these (criu/log.c). */
const needles = [Buffer.from('Error ('), Buffer.from('Warn  (')];

/** Offsets at which a needle begins, ascending, at most `limit`. */
const findHits = (bytes: Buffer, limit: number): number[] => {
  const hits: number[] = [];
  for (const needle of needles) {
    let at = bytes.indexOf(needle);
    while (at >= 0 && hits.length < limit) {
      hits.push(at);
      at = bytes.indexOf(needle, at + needle.length);
    }
  }
  return hits.toSorted((a, b) => a - b);
};

/** Start of the line that is `count` lines before the line that holds `offset`. */
const startOfLineBefore = (bytes: Buffer, offset: number, count: number): number => {
  let start = offset;
  for (let step = 0; step <= count; step += 1) {
    if (start <= 0) return 0;
    start = bytes.lastIndexOf(newline, start - 1);
    if (start < 0) return 0;
  }
  return start + 1;
};

/** First offset behind the line that is `count` lines after the line that holds `offset`. */
const endOfLineAfter = (bytes: Buffer, offset: number, count: number): number => {
  let end = offset;
  for (let step = 0; step <= count; step += 1) {
    const found = bytes.indexOf(newline, end);
    if (found < 0) return bytes.length;
    end = found + 1;
  }
  return end;
};

const countLines = (bytes: Buffer, from: number, to: number): number => {
  let count = 0;
  for (let at = bytes.indexOf(newline, from); at >= 0 && at < to; at = bytes.indexOf(newline, at + 1)) count += 1;
  return count;
};

/** Hands whole lines between two offsets to the sink; both are starts of lines. */
const feed = (sink: LineSink, bytes: Buffer, from: number, to: number, firstNumber: number): number => {
  let number = firstNumber;
  let start = from;
  while (start < to) {
    const found = bytes.indexOf(newline, start);
    const end = found < 0 || found > to ? to : found;
    sink.line(bytes.toString('utf8', start, Math.min(end, start + maxLineBytes)), number);
    number += 1;
    start = end + 1;
  }
  return number;
};

/** Chunks that wait, copied into memory that is used again and again; lengths in bytes. */
interface WaitingBytes {
  add(chunk: Buffer): void;
  takeOldest(use: (oldest: Buffer) => void): void;
  total(): number;
  oldest(): number;
}

const createWaitingBytes = (): WaitingBytes => {
  const chunks: Buffer[] = [];
  const spare: Buffer[] = [];
  let total = 0;
  return {
    add(chunk) {
      const used = spare.pop();
      const memory = used !== undefined && used.length >= chunk.length ? used : Buffer.allocUnsafeSlow(chunk.length);
      chunk.copy(memory);
      chunks.push(memory.subarray(0, chunk.length));
      total += chunk.length;
    },
    takeOldest(use) {
      const oldest = chunks.shift();
      if (oldest === undefined) return;
      total -= oldest.length;
      use(oldest);
      if (spare.length < 2) spare.push(oldest);
    },
    total: () => total,
    oldest: () => chunks[0]?.length ?? 0,
  };
};

/** Makes a scan that looks at every line of both ends and, in the middle of a CRIU log, around errors. */
export const createLogScan = (sink: LineSink): LogScan => {
  let carry: Buffer | undefined;
  let bytesSeen = 0;
  let number = 1;
  let fullyRead = 0;
  let hitsLeft = maxHits;
  const waiting = createWaitingBytes();

  const skim = (bytes: Buffer): void => {
    let done = 0;
    for (const hit of findHits(bytes, hitsLeft)) {
      const hasContext = maxHits - hitsLeft < maxContexts;
      hitsLeft -= 1;
      if (hit < done) continue;
      const from = Math.max(done, startOfLineBefore(bytes, hit, hasContext ? linesBefore : 0));
      number += countLines(bytes, done, from);
      done = endOfLineAfter(bytes, hit, hasContext ? linesAfter : 1);
      number = feed(sink, bytes, from, done, number);
    }
    number += countLines(bytes, done, bytes.length);
  };

  /** Completes the line begun in the chunk before; returns where the next line begins. */
  const finishCarry = (chunk: Buffer): number => {
    if (carry === undefined) return 0;
    const found = chunk.indexOf(newline);
    const end = found < 0 ? chunk.length : found;
    const room = Math.max(0, maxLineBytes - carry.length);
    // Not a copy for each chunk of a line that is longer than what is kept of it.
    if (room > 0) carry = Buffer.concat([carry, chunk.subarray(0, Math.min(end, room))]);
    if (found < 0) return chunk.length;
    sink.line(carry.toString('utf8'), number);
    number += 1;
    carry = undefined;
    return found + 1;
  };

  const take = (chunk: Buffer, isSkimmed: boolean): void => {
    const start = finishCarry(chunk);
    if (start >= chunk.length) return;
    const stop = chunk.lastIndexOf(newline) + 1;
    const whole = Math.max(start, stop);
    if (isSkimmed) skim(chunk.subarray(start, whole));
    else number = feed(sink, chunk, start, whole, number);
    if (whole < chunk.length) carry = Buffer.from(chunk.subarray(whole, whole + maxLineBytes));
  };

  const isInFull = (): boolean => waiting.total() === 0 && (fullyRead < fullBytes || !sink.isSkimmable());

  const push = (chunk: Buffer): void => {
    bytesSeen += chunk.length;
    let rest = chunk;
    while (rest.length > 0 && isInFull()) {
      // A large first chunk is not read in full before it is known whether it may be skimmed.
      const part = fullyRead < fullBytes ? rest.subarray(0, fullBytes - fullyRead) : rest;
      fullyRead += part.length;
      take(part, false);
      rest = rest.subarray(part.length);
    }
    // What comes last is looked at in full, so nothing is skimmed before enough has come after it.
    if (rest.length > 0) waiting.add(rest);
    while (waiting.total() - waiting.oldest() >= fullBytes) waiting.takeOldest((oldest) => take(oldest, true));
  };

  return {
    push,
    end() {
      while (waiting.total() > 0) {
        const skimmed = Math.max(0, waiting.total() - fullBytes);
        waiting.takeOldest((oldest) => {
          take(oldest.subarray(0, skimmed), true);
          take(oldest.subarray(skimmed), false);
        });
      }
      if (carry !== undefined) {
        sink.line(carry.toString('utf8'), number);
        number += 1;
        carry = undefined;
      }
    },
    lines: () => number - 1,
    endsWithBlock: () => bytesSeen > 0 && bytesSeen % blockBytes === 0,
    isCut: () => hitsLeft <= 0,
  };
};
