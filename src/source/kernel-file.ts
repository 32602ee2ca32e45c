/** Reads files that the kernel itself writes as they are read: those of /proc and /sys. */

import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

import { keepOutput } from '../process/kept-output.js';
import { answerForError, type Answer } from './evidence.js';
import type { ReadLimits } from './local-file.js';

const chunkBytes = 65_536;

/** True for paths whose reading does not wait for a disk, a network or another process. */
export function isKernelFile(path: string): boolean {
  return path.startsWith('/proc/') || path.startsWith('/sys/');
}

/**
 * Contents of such a file. Synchronous calls, because with some dozens of small files the others take
 * longer to arrange than to do.
 */
export function readKernelFile(path: string, limits: Omit<ReadLimits, 'limitMs'>): Answer {
  let file: number | undefined;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
    if (!fstatSync(file).isFile()) return { origin: path, status: 'failed', reason: 'not a regular file' };
    const kept = keepOutput(limits.maxBytes, limits.keep);
    const buffer = Buffer.alloc(chunkBytes);
    for (let bytesRead = -1; bytesRead !== 0;) {
      bytesRead = readSync(file, buffer, 0, buffer.length, null);
      if (kept.push(buffer.subarray(0, bytesRead)) && limits.keep === 'head') break;
    }
    const content = kept.bytes();
    if (!kept.isTruncated()) return { origin: path, status: 'ok', content };
    return { origin: path, status: 'truncated', content, reason: `longer than ${content.length} bytes` };
  } catch (error) {
    return answerForError(path, error);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
