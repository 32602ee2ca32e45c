/** Reads many small files of another host with one program. */

import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';

import type { RunResult } from '../process/run.js';
import type { Answer } from './evidence.js';
import type { FarShell } from './far-shell.js';
import { mapSideBySide } from './side-by-side.js';
import { unpackGzip } from './local-file.js';
import { explainFailure } from './slow-paths.js';
import type { FileRequest } from './source.js';
import { sourceLimits } from './source-limits.js';

/** A file as it came, not yet unpacked, and not yet cut to what a request wants of it. */
export type RawFile = Answer;

export type FarFileLimits = Pick<FileRequest, 'maxBytes' | 'keep'>;

const pathsPerRun = 200;
const maxBatchBytes = 32 * 1024 * 1024;
const batchesSideBySide = 4;

/**
 * `cat` with a file between any two whose content nobody else knows: the name of the shell that runs it, which
 * the kernel takes from the shell and gives back as a file. Where more or fewer of them come back than were asked
 * for, somebody has put one into a file, and each is read by itself.
 */
const batchScript = String.raw`w=$1
shift
d=/proc/$$/comm
printf %s "$w" >"$d" && read -r c <"$d" && [ "$c" = "$w" ] || exit 75
for f do
shift
if [ -f "$f" ] || [ ! -e "$f" ]; then set -- "$@" "$f" "$d"; else
printf 'cat: %s: not a regular file\n' "$f" >&2
set -- "$@" "$d"
fi
done
cat -- "$@"
exit`;

/** One file; what is there and no regular file is not opened. */
const singleScript = String.raw`if [ -e "$1" ] && [ ! -f "$1" ]; then
printf 'cat: %s: not a regular file\n' "$1" >&2
exit 1
fi
exec "$2" -c "$3" -- "$1"`;

/** Reads files whole, by their paths; those that come to no end within the time are given up one by one. */
export async function readFarFiles(
  shell: FarShell,
  paths: readonly string[],
  limits: BatchLimits,
): Promise<ReadonlyMap<string, RawFile>> {
  const all = [...new Set(paths)];
  const parts = Array.from({ length: Math.ceil(all.length / pathsPerRun) }, (_, index) =>
    all.slice(index * pathsPerRun, (index + 1) * pathsPerRun),
  );
  const answers = await mapSideBySide(parts, batchesSideBySide, (part) => readPart(shell, part, limits));
  return new Map(answers.flatMap((each) => [...each]));
}

export interface BatchLimits {
  /** Time for a batch of them, and for one. */
  readonly limitMs: number;
  /** Of one that does not fit into a batch. */
  readonly maxBytes?: number;
}

async function readPart(
  shell: FarShell,
  paths: readonly string[],
  limits: BatchLimits,
): Promise<ReadonlyMap<string, RawFile>> {
  const read = new Map<string, RawFile>();
  for (let left = paths; left.length > 0; left = left.filter((path) => !read.has(path))) {
    // Whatever stood behind one that hung is asked for again.
    for (const [path, answer] of await readBatch(shell, left, limits)) read.set(path, answer);
  }
  return read;
}

async function readBatch(
  shell: FarShell,
  paths: readonly string[],
  { limitMs, maxBytes = sourceLimits.maxBytes }: BatchLimits,
): Promise<ReadonlyMap<string, RawFile>> {
  const word = randomBytes(8).toString('hex').slice(0, 15);
  const result = await shell.run(['sh', '-c', batchScript, 'sh', word, ...paths], {
    timeoutMs: limitMs,
    maxBytes: maxBatchBytes,
    keep: 'head',
  });
  const pieces = splitAt(result.stdout, Buffer.from(`${word}\n`));
  const isWhole = pieces.length === paths.length + 1;
  if (isWhole && !result.truncated && result.exitStatus !== 75) {
    const errors = result.stderr.toString('utf8').split('\n');
    return new Map(paths.map((path, index) => [path, answerForPiece(path, pieces[index], errors)]));
  }
  const lost = shell.lost();
  if (lost !== undefined) return new Map(paths.map((path) => [path, { origin: path, status: 'failed', reason: lost }]));
  if (result.status === 'timed-out' && pieces.length <= paths.length) {
    return answersBeforeHang(paths, pieces, result, limitMs);
  }
  const single = async (path: string): Promise<readonly [string, RawFile]> => [
    path,
    await readFarFile(shell, path, { maxBytes }, limitMs),
  ];
  return new Map(await Promise.all(paths.map(single)));
}

function answersBeforeHang(
  paths: readonly string[],
  pieces: readonly Buffer[],
  { stderr }: RunResult,
  limitMs: number,
): ReadonlyMap<string, RawFile> {
  const errors = stderr.toString('utf8').split('\n');
  const hung = pieces.length - 1;
  return new Map(
    paths
      .slice(0, hung + 1)
      .map((path, index) => [
        path,
        index < hung
          ? answerForPiece(path, pieces[index], errors)
          : { origin: path, status: 'timed-out', reason: `no answer within ${limitMs} ms` },
      ]),
  );
}

/** The one file, read by a program of its own: only as much as is wanted, from the end that is wanted. */
export async function readFarFile(
  shell: FarShell,
  path: string,
  { maxBytes = sourceLimits.maxBytes, keep = 'head' }: FarFileLimits,
  limitMs: number,
): Promise<RawFile> {
  const argv = ['sh', '-c', singleScript, 'sh', path, keep, String(maxBytes + 1)];
  const result = await shell.run(argv, { timeoutMs: limitMs, maxBytes, keep });
  if (result.status !== 'ok') return explainFarFailure(path, result, limitMs);
  return await fit(path, result.stdout, { maxBytes, keep }, result.truncated);
}

function answerForPiece(path: string, piece: Buffer | undefined, errors: readonly string[]): RawFile {
  // GNU: `cat: PATH: WHY`, with quotes around some paths; busybox: `cat: can't open 'PATH': WHY`.
  const beginnings = [`cat: ${path}: `, `cat: '${path}': `, `cat: can't open '${path}': `, `cat: read error: `];
  const line = errors.find((each) => beginnings.some((beginning) => each.startsWith(beginning)));
  if (piece === undefined || (piece.length === 0 && line !== undefined)) {
    return { origin: path, ...judgeMessage(line ?? '') };
  }
  return { origin: path, status: 'ok', content: piece };
}

/** What a small program says when it fails, as a status and a reason; it runs with LC_ALL=C. */
export function judgeMessage(message: string): Pick<Answer, 'status' | 'reason'> {
  const reason = message.split('\n', 1)[0] ?? '';
  if (/No such file or directory|No such process|Not a directory/.test(reason)) return { status: 'absent', reason };
  if (/ermission denied|not permitted/.test(reason)) return { status: 'denied', reason };
  return { status: 'failed', reason: /(?:^|: )(not a regular file)$/.exec(reason)?.[1] ?? reason };
}

/** As {@link judgeMessage}, for a program that ended with a failure. */
export function explainFarFailure(path: string, result: RunResult, limitMs: number): Answer {
  if (result.reason !== undefined) return { origin: path, status: 'failed', reason: result.reason };
  if (result.status === 'timed-out') return explainFailure(path, result, limitMs);
  return { origin: path, ...judgeMessage(result.stderr.toString('utf8')) };
}

/** What a request wants of a file: unpacked where it is packed, and cut to its limit. */
export async function fitFile(raw: RawFile, limits: FarFileLimits): Promise<Answer> {
  if (raw.content === undefined) return raw;
  return await fit(raw.origin, raw.content, limits, raw.status === 'truncated');
}

async function fit(
  origin: string,
  content: Buffer,
  { maxBytes = sourceLimits.maxBytes, keep = 'head' }: FarFileLimits,
  isCut: boolean,
): Promise<Answer> {
  if (isGzip(content)) return await unpackGzip(origin, Readable.from([content]), { maxBytes, keep });
  if (content.length <= maxBytes && !isCut) return { origin, status: 'ok', content };
  const kept = keep === 'head' ? content.subarray(0, maxBytes) : content.subarray(-maxBytes);
  return { origin, status: 'truncated', content: kept, reason: `longer than ${kept.length} bytes` };
}

export function isGzip(content: Buffer): boolean {
  return content[0] === 0x1f && content[1] === 0x8b;
}

/** One piece more than there are words. */
function splitAt(content: Buffer, word: Buffer): readonly Buffer[] {
  const pieces: Buffer[] = [];
  let begin = 0;
  for (let end = content.indexOf(word); end >= 0; begin = end + word.length, end = content.indexOf(word, begin)) {
    pieces.push(content.subarray(begin, end));
  }
  pieces.push(content.subarray(begin));
  return pieces;
}
