/** Reads the small files of /proc with as few system calls as can be. */

import { closeSync, constants, openSync, readSync } from 'node:fs';

/** Holds a part of a file; synchronous calls alone use it, so that nobody else is in between. */
const shared = Buffer.alloc(65_536);

/**
 * Contents of a file that the kernel writes in one go (status, stat, fdinfo): a read that fills less than the
 * buffer is the end. A read of such a file as the kernel hands out in parts takes {@link readParts}.
 */
export function readShown(path: string): string {
  const file = openSync(path, constants.O_RDONLY);
  try {
    let bytesRead = readSync(file, shared, 0, shared.length, null);
    let text = shared.toString('utf8', 0, bytesRead);
    while (bytesRead === shared.length) {
      bytesRead = readSync(file, shared, 0, shared.length, null);
      text += shared.toString('utf8', 0, bytesRead);
    }
    return text;
  } finally {
    closeSync(file);
  }
}

/** Contents of a file that the kernel hands out in parts, so that only an empty one is the end; undefined when it is longer than `maxLength`. */
export function readParts(path: string, maxLength = Number.POSITIVE_INFINITY): string | undefined {
  const file = openSync(path, constants.O_RDONLY);
  try {
    let text = '';
    for (let bytesRead = -1; bytesRead !== 0;) {
      bytesRead = readSync(file, shared, 0, shared.length, null);
      text += shared.toString('utf8', 0, bytesRead);
      if (text.length > maxLength) return undefined;
    }
    return text;
  } finally {
    closeSync(file);
  }
}

/**
 * The lines of such a file, for tables too long to be held; false when they were more than `maxLength` characters
 * together, and then the rest is left out.
 */
export function readLines(path: string, maxLength: number, take: (line: string) => void): boolean {
  const file = openSync(path, constants.O_RDONLY);
  try {
    let rest = '';
    let length = 0;
    for (let bytesRead = -1; bytesRead !== 0;) {
      bytesRead = readSync(file, shared, 0, shared.length, null);
      length += bytesRead;
      const lines = (rest + shared.toString('utf8', 0, bytesRead)).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) take(line);
      if (length > maxLength) return false;
    }
    if (rest !== '') take(rest);
    return true;
  } finally {
    closeSync(file);
  }
}

/** The first bytes of a file, at most so many. */
export function readHead(path: string, maxBytes: number): Buffer {
  const file = openSync(path, constants.O_RDONLY);
  try {
    const head = Buffer.alloc(maxBytes);
    return head.subarray(0, readSync(file, head, 0, maxBytes, 0));
  } finally {
    closeSync(file);
  }
}
