/** What another host said of its files, kept so that the reader of processes can read it without waiting. */

import type { RunOptions, RunResult } from '../process/run.js';
import type { FileStat, FileSystemSpace, ProcFiles } from './proc-files.js';

/** Why something could not be read, as a code of the system. */
export type FailureCode = 'ENOENT' | 'EACCES' | 'EIO';

export interface RecordedKinds {
  readonly text: Buffer | string;
  readonly names: readonly string[];
  readonly link: string;
  readonly stat: FileStat;
  readonly lstat: FileStat;
  readonly space: FileSystemSpace;
}

export type RecordedKind = keyof RecordedKinds;

type Program = readonly [string, ...string[]];
type ProgramLimits = Pick<RunOptions, 'timeoutMs' | 'maxBytes' | 'keep'>;
type ProgramResult = Pick<RunResult, 'status' | 'exitStatus' | 'stdout'>;

export interface WantedProgram {
  readonly argv: Program;
  readonly limits: ProgramLimits;
}

/** What was asked for and is not recorded yet. */
export interface Wanted {
  /** Paths by kind. */
  readonly paths: Readonly<Record<RecordedKind, ReadonlySet<string>>>;
  readonly programs: readonly WantedProgram[];
  readonly isEmpty: boolean;
}

export interface ProcRecord {
  readonly put: <Kind extends RecordedKind>(kind: Kind, path: string, value: RecordedKinds[Kind]) => void;
  readonly putFailure: (kind: RecordedKind, path: string, code: FailureCode) => void;
  /** The last look at a file, see {@link ProcFiles}. */
  readonly putLast: (path: string, text: Buffer | undefined) => void;
  readonly putProgram: (argv: Program, result: ProgramResult) => void;
  readonly textOf: (path: string) => string | undefined;
  /** Every path of which something of this kind is known. */
  readonly paths: (kind: RecordedKind) => Iterable<string>;
  /** Reads what is recorded; what is not is noted as wanted, and seems not to exist. */
  readonly files: ProcFiles;
  /** What was wanted since the last call. */
  readonly takeWanted: () => Wanted;
}

/** `processor`: that of the other host, as Node names it. */
export function createProcRecord(processor: string): ProcRecord {
  const kinds = createKinds();
  const last = new Map<string, Buffer | undefined>();
  const programs = new Map<string, ProgramResult>();
  let wanted = createWanted();
  const read = <Kind extends RecordedKind>(kind: Kind, path: string): RecordedKinds[Kind] => {
    const value = kinds[kind].get(path);
    if (value === undefined) wanted.paths[kind].add(path);
    if (value === undefined || (typeof value === 'object' && 'failure' in value)) throw failureOf(value?.failure, path);
    return value;
  };
  const files: ProcFiles = {
    shownLast: (path) => {
      if (last.size === 0) return read('text', path).toString();
      const value = last.get(path);
      if (value === undefined) throw failureOf('ENOENT', path);
      return value.toString('utf8');
    },
    ...textReaders((path) => read('text', path)),
    names: (path) => read('names', path),
    link: (path) => read('link', path),
    stat: (path) => {
      const guess = kinds.stat.has(path) ? undefined : guessStat(path, kinds.link.get(path));
      if (guess === undefined) return read('stat', path);
      wanted.paths.stat.add(path);
      return guess;
    },
    lstat: (path) => read('lstat', path),
    space: (path) => read('space', path),
    expect: (root, path) => {
      for (let end = path.indexOf('/', 1); ; end = path.indexOf('/', end + 1)) {
        const part = `${root}${end < 0 ? path : path.slice(0, end)}`;
        if (!kinds.lstat.has(part)) wanted.paths.lstat.add(part);
        if (end < 0) return;
      }
    },
    expectMeasure: (measure, path) => {
      if (!kinds[measure].has(path)) wanted.paths[measure].add(path);
    },
    run: (argv, limits) => {
      const result = programs.get(keyOf(argv));
      if (result === undefined) wanted.programs.push({ argv, limits });
      return Promise.resolve(result ?? { status: 'ok', exitStatus: 0, stdout: Buffer.alloc(0) });
    },
    processor,
    // Looking again would show the same; see refreshStuck in far-tasks.ts.
    calmPauses: 0,
  };
  return {
    files,
    put: (kind, path, value) => void kinds[kind].set(path, value),
    putFailure: (kind, path, failure) => void kinds[kind].set(path, { failure }),
    putLast: (path, value) => void last.set(path, value),
    putProgram: (argv, result) => void programs.set(keyOf(argv), result),
    textOf: (path) => {
      const value = kinds.text.get(path);
      return value === undefined || (typeof value === 'object' && 'failure' in value) ? undefined : value.toString();
    },
    paths: (kind) => kinds[kind].keys(),
    takeWanted: () => {
      const { paths, programs: asked } = wanted;
      wanted = createWanted();
      return {
        paths,
        programs: asked,
        isEmpty: asked.length === 0 && Object.values(paths).every(({ size }) => size === 0),
      };
    },
  };
}

/** The ways to read a text that is there as a whole. */
function textReaders(read: (path: string) => Buffer | string): Pick<ProcFiles, 'shown' | 'parts' | 'lines' | 'head'> {
  const text = (path: string): string => read(path).toString();
  return {
    shown: text,
    parts: (path, maxLength = Number.POSITIVE_INFINITY) => {
      const value = text(path);
      return value.length > maxLength ? undefined : value;
    },
    lines: (path, maxLength, take) => {
      const value = text(path);
      for (const line of value.slice(0, maxLength).replace(/\n$/, '').split('\n')) if (value !== '') take(line);
      return value.length <= maxLength;
    },
    head: (path, maxBytes) => Buffer.from(read(path)).subarray(0, maxBytes),
  };
}

const unknownFile: FileStat = { mode: 0o100000n, dev: 0n, ino: 0n, nlink: 1n, size: 0n, blocks: 0n, rdev: 0n };
/** `/dev/pts/0` */
const unknownTerminal: FileStat = { ...unknownFile, mode: 0o020000n, rdev: 136n << 8n };

/**
 * What an open or mapped file will mostly turn out to be. What is read meanwhile is not kept, but what is wanted
 * because of it is: the same file is not asked for again by each process that has it, nor for a device that it is not.
 */
function guessStat(path: string, link: unknown): FileStat | undefined {
  if (!/^\/proc\/\d+\/(?:fd|map_files)\//.test(path)) return undefined;
  return typeof link === 'string' && /^\/dev\/(?:tty|pts|console)/.test(link) ? unknownTerminal : unknownFile;
}

interface Failure {
  readonly failure: FailureCode;
}

type Kinds = { readonly [Kind in RecordedKind]: Map<string, RecordedKinds[Kind] | Failure> };

function createKinds(): Kinds {
  return {
    text: new Map(),
    names: new Map(),
    link: new Map(),
    stat: new Map(),
    lstat: new Map(),
    space: new Map(),
  };
}

function createWanted(): { paths: Record<RecordedKind, Set<string>>; programs: WantedProgram[] } {
  return {
    paths: {
      text: new Set(),
      names: new Set(),
      link: new Set(),
      stat: new Set(),
      lstat: new Set(),
      space: new Set(),
    },
    programs: [],
  };
}

function keyOf(argv: Program): string {
  return argv.join('\0');
}

/** Without a stack: most of them are caught at once, and there may be many. */
function failureOf(code: FailureCode | undefined, path: string): NodeJS.ErrnoException {
  return Object.assign(new Error(path), { code: code ?? 'ENOENT' });
}
