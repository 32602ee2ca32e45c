/** Reads the small files of /proc with as few system calls as can be, and writes names so that they stay on their line. */

import { closeSync, constants, openSync, readSync } from 'node:fs';

import { errorCode } from '../errors.js';

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

/** What `read` gives, or `otherwise` when the process, thread or descriptor has ended meanwhile. */
export function orGone<Value>(otherwise: Value, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    if (isGone(error)) return otherwise;
    throw error;
  }
}

/** What /proc says of something that has just ended, and of what is not there. */
export function isGone(error: unknown): boolean {
  const code = errorCode(error);
  return code === 'ENOENT' || code === 'ESRCH' || code === 'ENOTDIR';
}

export function isDenied(error: unknown): boolean {
  const code = errorCode(error);
  return code === 'EACCES' || code === 'EPERM';
}

/** A name on a line of its own, as the kernel writes names in tables: controls and the backslash in octal, `\012`. */
export function escapeOctal(name: string): string {
  return needsEscape.test(name) ? name.replaceAll(escaped, toOctal) : name;
}

const needsEscape = /[\\\u0000-\u001f\u007f]/;
const escaped = /[\\\u0000-\u001f\u007f]/g;

function toOctal(character: string): string {
  return `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`;
}
