/** A host behind a far shell as a source of evidence: the same answers as local.ts, with other means. */

import { silent, type ProgressSink } from '../progress/progress.js';
import { answerForRun } from './command-answer.js';
import { answerForError, timeAnswer, type Answer } from './evidence.js';
import { fitFile, readFarFile, readFarFiles, type RawFile } from './far-files.js';
import { readFarInnerFile } from './far-inner-file.js';
import { listFarDirectory, measureFarSpace } from './far-listing.js';
import { findFarPrograms } from './far-programs.js';
import type { FarShell } from './far-shell.js';
import { readFarTasks } from './far-tasks.js';
import { writeFileBlock } from './file-block.js';
import { mapSideBySide } from './side-by-side.js';
import type { CommandRequest, Evidence, EvidenceRequest, FileRequest, FilesRequest, Source } from './source.js';
import { sourceLimits } from './source-limits.js';

export interface FarSourceOptions {
  readonly where: string;
  readonly signal: AbortSignal | undefined;
  readonly onProgress?: ProgressSink | undefined;
  /** For commands that bring no limit of their own. */
  readonly timeoutMs?: number | undefined;
  /** For one file, listing or measurement. */
  readonly fileTimeoutMs?: number | undefined;
  readonly now: () => Date;
}

interface Context extends FarSourceOptions {
  readonly shell: FarShell;
  readonly onProgress: ProgressSink;
  readonly timeoutMs: number;
  readonly fileTimeoutMs: number;
  readonly release: string;
}

/** The files of one call of gather, all read at once. */
type Batch = Promise<ReadonlyMap<string, RawFile>>;

/** Reading it takes a lock of the process, which may be stuck with it held. */
const mapsFile = /^\/proc\/\d+\/maps$/;

/** The source that asks `shell`. */
export function createFarSource(shell: FarShell, options: FarSourceOptions): Source {
  const release = shell.hello.get('release') ?? '';
  const context: Context = {
    ...options,
    shell,
    onProgress: options.onProgress ?? silent,
    timeoutMs: options.timeoutMs ?? sourceLimits.timeoutMs,
    fileTimeoutMs: options.fileTimeoutMs ?? sourceLimits.fileTimeoutMs,
    release: /^[\w.+~-]+$/.test(release) ? release : 'unknown',
  };
  return {
    where: options.where,
    gather: (requests) => gather(requests, context),
  };
}

async function gather(requests: readonly EvidenceRequest[], context: Context): Promise<readonly Evidence[]> {
  const { shell, fileTimeoutMs } = context;
  const paths = requests.flatMap((request) => batchedPaths(request, context));
  const batch: Batch =
    paths.length === 0 ? Promise.resolve(new Map()) : readFarFiles(shell, paths, { limitMs: fileTimeoutMs });
  return await mapSideBySide(requests, sourceLimits.sideBySide + paths.length, (request) =>
    timeAnswer(request.id, context, async () => {
      try {
        return await answer(request, batch, context);
      } catch (error) {
        return answerForError(request.id, error);
      }
    }),
  );
}

/** What is small and needs no care of its own. */
function batchedPaths(request: EvidenceRequest, context: Context): readonly string[] {
  if (request.kind === 'files') return request.paths;
  if (request.kind !== 'file' || !isBatched(request)) return [];
  return pathsOf(request, context);
}

function isBatched({ paths, keep }: FileRequest): boolean {
  return keep !== 'tail' && !paths.some((path) => mapsFile.test(path));
}

function pathsOf({ paths }: FileRequest, { release }: Context): readonly string[] {
  return paths.map((path) => path.replaceAll('{release}', release));
}

async function answer(request: EvidenceRequest, batch: Batch, context: Context): Promise<Answer> {
  const { shell, fileTimeoutMs } = context;
  switch (request.kind) {
    case 'command':
      return answerCommand(request, context);
    case 'file':
      return answerFile(request, batch, context);
    case 'files':
      return answerFiles(request, await batch);
    case 'listing':
      return listFarDirectory(shell, request, fileTimeoutMs);
    case 'inner-file':
      return readFarInnerFile(shell, request, fileTimeoutMs);
    case 'programs':
      return findFarPrograms(shell, request.names, fileTimeoutMs);
    case 'space':
      return measureFarSpace(shell, request.path, fileTimeoutMs);
    case 'tasks':
    default:
      return readFarTasks(shell, request.rootPid, request.maxBytes ?? sourceLimits.tasksMaxBytes, context.signal);
  }
}

async function answerCommand(request: CommandRequest, context: Context): Promise<Answer> {
  const timeoutMs = Math.min(request.timeoutMs ?? context.timeoutMs, context.timeoutMs);
  context.onProgress({ type: 'started', step: request.id, detail: `${context.where}: ${request.argv.join(' ')}` });
  const result = await context.shell.run(request.argv, {
    timeoutMs,
    maxBytes: request.maxBytes ?? sourceLimits.maxBytes,
    keep: request.keep ?? 'head',
  });
  const late = context.signal?.aborted === true ? 'interrupted' : `no end within ${timeoutMs} ms`;
  const answered = answerForRun(request, result, late);
  const { durationMs } = result;
  context.onProgress({ type: 'ended', step: request.id, status: answered.status, durationMs });
  return answered;
}

async function answerFile(request: FileRequest, batch: Batch, context: Context): Promise<Answer> {
  let answered: Answer | undefined;
  for (const path of pathsOf(request, context)) {
    const next = isBatched(request)
      ? await fitFile((await batch).get(path) ?? unread(path), request)
      : await readFarFile(context.shell, path, request, context.fileTimeoutMs);
    // Something there that cannot be read says more than something that is not there.
    if (next.status !== 'absent') return next;
    answered ??= next;
  }
  return answered ?? { origin: request.id, status: 'absent' };
}

async function answerFiles(request: FilesRequest, read: ReadonlyMap<string, RawFile>): Promise<Answer> {
  const limits = { maxBytes: request.maxBytes ?? sourceLimits.maxSmallBytes };
  const blocks = await Promise.all(
    request.paths.map(async (path) => writeFileBlock(path, await fitFile(read.get(path) ?? unread(path), limits))),
  );
  return { origin: request.paths.join(' '), status: 'ok', content: Buffer.from(blocks.join('')) };
}

function unread(path: string): RawFile {
  return { origin: path, status: 'failed', reason: 'it was not read' };
}
