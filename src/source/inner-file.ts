/** Reads a regular file of a directory that others may write to: no link is followed, nothing else is opened. */

import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';

import { errorCode } from '../errors.js';
import { keepOutput, type KeptOutput } from '../process/kept-output.js';
import { runCommand } from '../process/run.js';
import { answerForError, answerWithin, type Answer } from './evidence.js';
import { unescapeFileName } from './file-name.js';
import type { ReadLimits } from './local-file.js';
import type { RunContext } from './slow-paths.js';
import type { InnerFileRequest } from './source.js';

const chunkBytes = 256 * 1024;
/** A packed file that holds more than this many times what may be kept is not unpacked to its end. */
const maxUnpackedTimes = 8;

const openDirectory = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NONBLOCK;
const openInner = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY;

/** Contents of the file as it was when opened. */
export function readInnerFile(request: InnerFileRequest, limits: ReadLimits): Promise<Answer> {
  const origin = originOf(request);
  return answerWithin(origin, limits.limitMs, async () => {
    try {
      const isPlain = request.encoding === 'base64';
      return encode(request, await readBelow(request, (file) => readOpened(origin, file, limits, isPlain)));
    } catch (error) {
      if (errorCode(error) === 'ELOOP') return { origin, status: 'failed', reason: 'a link, which is not followed' };
      return error instanceof NotRegular
        ? { origin, status: 'failed', reason: error.message }
        : answerForError(origin, error);
    }
  });
}

/** The same for a file system that may hang: through a program that can be killed. Gzip stays packed. */
export async function readSlowInnerFile(
  request: InnerFileRequest,
  limits: ReadLimits,
  context: RunContext,
): Promise<Answer> {
  const origin = originOf(request);
  // GNU dd; without O_NOFOLLOW for the directories in between, which are the administrator's.
  const argv = ['dd', `if=${origin}`, 'iflag=nofollow,nonblock', 'bs=256K', 'status=none'] as const;
  const { limitMs: timeoutMs, maxBytes, keep } = limits;
  const result = await runCommand(argv, { ...context, timeoutMs, maxBytes, keep });
  if (result.status === 'timed-out') return { origin, status: 'timed-out', reason: `no answer within ${timeoutMs} ms` };
  if (result.status === 'ok') {
    return encode(request, finish(origin, result.stdout, result.truncated));
  }
  const reason = result.stderr.toString('utf8').split('\n', 1)[0] ?? '';
  if (reason.includes('No such file or directory')) return { origin, status: 'absent', reason };
  return { origin, status: reason.includes('ermission denied') ? 'denied' : 'failed', reason };
}

class NotRegular extends Error {}

function originOf({ directory, name }: InnerFileRequest): string {
  return `${directory}/${name}`;
}

function encode({ encoding }: InnerFileRequest, answer: Answer): Answer {
  if (encoding !== 'base64' || answer.content === undefined) return answer;
  return { ...answer, content: Buffer.from(answer.content.toString('base64')) };
}

/** Opens one component after the other, each below the one opened before. */
async function readBelow(
  { directory, name }: InnerFileRequest,
  read: (file: FileHandle) => Promise<Answer>,
): Promise<Answer> {
  const components = name.split('/').map(unescapeFileName);
  const last = components.pop() ?? Buffer.alloc(0);
  if ([...components, last].some(isNoName)) throw new NotRegular('no name of a file');
  let parent = await open(directory, openDirectory);
  try {
    for (const component of components) {
      const next = await open(below(parent, component), openDirectory | constants.O_NOFOLLOW);
      await parent.close();
      parent = next;
    }
    const file = await open(below(parent, last), openInner);
    try {
      return await read(file);
    } finally {
      await file.close();
    }
  } finally {
    await parent.close();
  }
}

function isNoName(component: Buffer): boolean {
  return ['', '.', '..'].includes(component.toString('latin1')) || component.includes(0) || component.includes('/');
}

function below(directory: FileHandle, name: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`/proc/self/fd/${directory.fd}/`), name]);
}

async function readOpened(origin: string, file: FileHandle, limits: ReadLimits, isPlain: boolean): Promise<Answer> {
  const stats = await file.stat();
  if (!stats.isFile()) throw new NotRegular('not a regular file');
  const kept = keepOutput(limits.maxBytes, limits.keep);
  const magic = Buffer.alloc(2);
  const isGzip = (await file.read(magic, 0, 2, 0)).bytesRead === 2 && magic[0] === 0x1f && magic[1] === 0x8b;
  if (isGzip && !isPlain) return unpack(origin, file, kept, limits);
  const start = limits.keep === 'tail' ? Math.max(0, stats.size - limits.maxBytes) : 0;
  const end = Math.min(stats.size, start + limits.maxBytes);
  const content = Buffer.allocUnsafe(end - start);
  let filled = 0;
  while (filled < content.length) {
    const { bytesRead } = await file.read(
      content,
      filled,
      Math.min(chunkBytes, content.length - filled),
      start + filled,
    );
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return finish(origin, content.subarray(0, filled), start > 0 || end < stats.size);
}

async function unpack(origin: string, file: FileHandle, kept: KeptOutput, limits: ReadLimits): Promise<Answer> {
  const packed = file.createReadStream({ start: 0, autoClose: false });
  const plain = packed.pipe(createGunzip());
  packed.on('error', (error) => plain.destroy(error));
  let unpacked = 0;
  let broken: string | undefined;
  try {
    for await (const chunk of plain as AsyncIterable<unknown>) {
      if (!(chunk instanceof Uint8Array)) continue;
      unpacked += chunk.length;
      if (kept.push(chunk) && limits.keep === 'head') break;
      if (unpacked > limits.maxBytes * maxUnpackedTimes) break;
    }
  } catch (error) {
    broken = error instanceof Error ? error.message : 'cannot be unpacked';
  } finally {
    plain.destroy();
    packed.destroy();
  }
  const answer = finish(origin, kept.bytes(), kept.isTruncated());
  return broken === undefined ? answer : { ...answer, status: 'failed', reason: broken };
}

function finish(origin: string, content: Buffer, isTruncated: boolean): Answer {
  if (!isTruncated) return { origin, status: 'ok', content };
  return { origin, status: 'truncated', content, reason: `larger than ${content.length} bytes` };
}
