/** This machine as a source of evidence. */

import { setMaxListeners } from 'node:events';
import { delimiter } from 'node:path';

import { silent, type ProgressSink } from '../progress/progress.js';
import { runCommand } from '../process/run.js';
import { answerForRun } from './command-answer.js';
import { answerForError, timeAnswer, type Answer, type Clock } from './evidence.js';
import { writeFileBlock } from './file-block.js';
import { readInnerFile, readSlowInnerFile } from './inner-file.js';
import { isKernelFile, readKernelFile } from './kernel-file.js';
import { listDirectory } from './local-listing.js';
import { extendPath, findPrograms } from './local-programs.js';
import { readFileBounded, type ReadLimits } from './local-file.js';
import { measureSpace } from './local-space.js';
import { readTasks } from './local-tasks.js';
import { mapSideBySide } from './side-by-side.js';
import { findSlowMounts, type SlowPathTest } from './slow-mounts.js';
import { listSlowDirectory, readSlowFile } from './slow-paths.js';
import { sourceLimits } from './source-limits.js';
import type {
  CommandRequest,
  Evidence,
  EvidenceRequest,
  FileRequest,
  FilesRequest,
  InnerFileRequest,
  Source,
} from './source.js';

export interface LocalOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: ProgressSink;
  /** Environment of the programs; its PATH is also where programs are looked for. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** For commands that bring no limit of their own. */
  readonly timeoutMs?: number;
  /** For one file, listing or measurement. */
  readonly fileTimeoutMs?: number;
  readonly now?: () => Date;
}

/** Reading it takes a lock of the process, which may be stuck with it held. */
const mapsFile = /^\/proc\/\d+\/maps$/;

interface Context extends Clock {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly path: string;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: ProgressSink;
  readonly timeoutMs: number;
  readonly fileTimeoutMs: number;
  readonly isSlow: SlowPathTest;
  release(): Promise<string>;
}

/** Opens this machine. Nothing but its mount table is read before it is asked for. */
export function openLocal(options: LocalOptions = {}): Source {
  const context = createContext(options);
  return {
    where: 'local',
    gather: (requests) =>
      mapSideBySide(requests, sourceLimits.sideBySide, (request) => answerRequest(request, context)),
  };
}

function createContext(options: LocalOptions): Context {
  // Each program that runs listens, and Node warns of more than ten listeners.
  if (options.signal !== undefined) setMaxListeners(0, options.signal);
  const isSlow = findSlowMounts();
  // Looking for a program happens while starting it, where nothing could end a directory that hangs.
  const path = extendPath(options.env?.['PATH'])
    .split(delimiter)
    .filter((directory) => !isSlow(directory))
    .join(delimiter);
  let release: Promise<string> | undefined;
  return {
    env: { ...options.env, PATH: path },
    path,
    signal: options.signal,
    onProgress: options.onProgress ?? silent,
    timeoutMs: options.timeoutMs ?? sourceLimits.timeoutMs,
    fileTimeoutMs: options.fileTimeoutMs ?? sourceLimits.fileTimeoutMs,
    now: options.now ?? (() => new Date()),
    isSlow,
    release: () => (release ??= readRelease(options.fileTimeoutMs ?? sourceLimits.fileTimeoutMs)),
  };
}

async function readRelease(limitMs: number): Promise<string> {
  const { content } = await readFileBounded('/proc/sys/kernel/osrelease', { maxBytes: 256, keep: 'head', limitMs });
  const release = content?.toString('utf8').trim() ?? '';
  return /^[\w.+~-]+$/.test(release) ? release : 'unknown';
}

function answerRequest(request: EvidenceRequest, context: Context): Promise<Evidence> {
  return timeAnswer(request.id, context, async () => {
    try {
      return await answer(request, context);
    } catch (error) {
      return answerForError(request.id, error);
    }
  });
}

async function answer(request: EvidenceRequest, context: Context): Promise<Answer> {
  switch (request.kind) {
    case 'command':
      return answerCommand(request, context);
    case 'file':
      return answerFile(request, context);
    case 'files':
      return answerFiles(request, context);
    case 'listing':
      return context.isSlow(request.path)
        ? listSlowDirectory(request, context.fileTimeoutMs, context)
        : listDirectory(request, context.fileTimeoutMs);
    case 'inner-file':
      return answerInnerFile(request, context);
    case 'programs':
      return findPrograms(request.names, context.path);
    case 'space':
      return measureSpace(request.path, context.fileTimeoutMs, context.isSlow, context);
    case 'tasks':
    default:
      return readTasks(request.rootPid, request.maxBytes ?? sourceLimits.tasksMaxBytes, context);
  }
}

async function answerCommand(request: CommandRequest, context: Context): Promise<Answer> {
  const origin = request.argv.join(' ');
  const timeoutMs = Math.min(request.timeoutMs ?? context.timeoutMs, context.timeoutMs);
  context.onProgress({ type: 'started', step: request.id, detail: origin });
  const result = await runCommand(request.argv, {
    timeoutMs,
    maxBytes: request.maxBytes ?? sourceLimits.maxBytes,
    keep: request.keep ?? 'head',
    env: context.env,
    now: () => context.now(),
    ...(context.signal && { signal: context.signal }),
  });
  const answered = answerForRun(
    request,
    result,
    context.signal?.aborted === true ? 'interrupted' : `no end within ${timeoutMs} ms`,
  );
  const { durationMs } = result;
  context.onProgress({ type: 'ended', step: request.id, status: answered.status, durationMs });
  return answered;
}

async function answerFile(request: FileRequest, context: Context): Promise<Answer> {
  let answered: Answer | undefined;
  for (const template of request.paths) {
    const path = template.includes('{release}') ? template.replaceAll('{release}', await context.release()) : template;
    const next = await readOne(path, request, context);
    // Something there that cannot be read says more than something that is not there.
    if (next.status !== 'absent') return next;
    answered ??= next;
  }
  return answered ?? { origin: request.id, status: 'absent' };
}

async function answerFiles(request: FilesRequest, context: Context): Promise<Answer> {
  const blocks = await mapSideBySide(request.paths, sourceLimits.sideBySide, async (path) => {
    const maxBytes = request.maxBytes ?? sourceLimits.maxSmallBytes;
    return writeFileBlock(path, await readOne(path, { maxBytes }, context));
  });
  return { origin: request.paths.join(' '), status: 'ok', content: Buffer.from(blocks.join('')) };
}

async function answerInnerFile(request: InnerFileRequest, context: Context): Promise<Answer> {
  const { maxBytes = sourceLimits.maxBytes, keep = 'head' } = request;
  const limits: ReadLimits = {
    maxBytes,
    keep,
    limitMs: context.fileTimeoutMs + maxBytes / sourceLimits.slowestBytesPerMs,
  };
  return context.isSlow(request.directory)
    ? readSlowInnerFile(request, limits, context)
    : readInnerFile(request, limits);
}

async function readOne(
  path: string,
  request: Pick<FileRequest, 'maxBytes' | 'keep'>,
  context: Context,
): Promise<Answer> {
  const limits: ReadLimits = {
    maxBytes: request.maxBytes ?? sourceLimits.maxBytes,
    keep: request.keep ?? 'head',
    limitMs: context.fileTimeoutMs,
  };
  if (context.isSlow(path) || mapsFile.test(path)) return readSlowFile(path, limits, context);
  // The one packed file there takes the long way.
  return isKernelFile(path) && !path.endsWith('.gz') ? readKernelFile(path, limits) : readFileBounded(path, limits);
}
