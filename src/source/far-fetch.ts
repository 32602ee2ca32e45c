/** Asks another host for what a reader of processes wanted and did not find, all at once. */

import { randomBytes } from 'node:crypto';

import { judgeMessage, readFarFiles } from './far-files.js';
import type { FarShell } from './far-shell.js';
import type { FileStat } from './proc-files.js';
import type { FailureCode, ProcRecord, RecordedKind, Wanted } from './proc-record.js';
import { mapSideBySide } from './side-by-side.js';

/** Paths handed to one program; its complaints about each have to fit into what is kept of its standard error. */
const pathsPerRun = 300;
const runsSideBySide = 4;
const maxBytes = 64 * 1024 * 1024;
/** For some hundred small files; a smaps of a large process takes seconds. */
export const fetchLimitMs = 20_000;

/** Puts into the record what is wanted; what cannot be had with the reason. */
export async function fetchWanted(shell: FarShell, wanted: Wanted, record: ProcRecord): Promise<void> {
  const { text, names, link, stat, lstat, space } = wanted.paths;
  await Promise.all([
    fetchTexts(shell, [...text], record),
    fetchEach(shell, 'names', [...names], record),
    fetchEach(shell, 'link', [...link], record),
    fetchEach(shell, 'stat', [...stat], record),
    fetchEach(shell, 'lstat', [...lstat], record),
    fetchEach(shell, 'space', [...space], record),
    mapSideBySide(wanted.programs, runsSideBySide, async ({ argv, limits }) =>
      record.putProgram(argv, await shell.run(argv, limits)),
    ),
  ]);
}

/** Reads texts anew, whether they are recorded or not. */
export async function fetchTexts(shell: FarShell, paths: readonly string[], record: ProcRecord): Promise<void> {
  if (paths.length === 0) return;
  const read = await readFarFiles(shell, paths, { limitMs: fetchLimitMs, maxBytes });
  for (const [path, { status, content }] of read) {
    if (status === 'ok' && content !== undefined) record.put('text', path, content);
    else record.putFailure('text', path, codeOf(status));
  }
}

function codeOf(status: string): FailureCode {
  if (status === 'absent') return 'ENOENT';
  return status === 'denied' ? 'EACCES' : 'EIO';
}

type Listed = Exclude<RecordedKind, 'text'>;

/** Links with find, where it is the one of GNU; else with stat, whose quotes are taken off again. */
const linkScript = String.raw`w=$1
shift
if find / -maxdepth 0 -printf '' 2>/dev/null; then exec find "$@" -maxdepth 0 -printf "$w %p %l\n"; else
exec stat -c "$w %N" -- "$@"; fi`;

const namesScript = String.raw`w=$1
shift
for d do
printf '%s %s\n' "$w" "$d"
find "$d/" -mindepth 1 -maxdepth 1
done`;

/** The program for each kind. It prints `WORD`, a blank, what {@link readers} understand, and a line break. */
const programs: Readonly<Record<Listed, (word: string, paths: readonly string[]) => readonly string[]>> = {
  link: (word, paths) => ['sh', '-c', linkScript, 'sh', word, ...paths],
  names: (word, paths) => ['sh', '-c', namesScript, 'sh', word, ...paths],
  stat: (word, paths) => ['stat', '-L', '-c', `${word} ${statFormat}`, '--', ...paths],
  lstat: (word, paths) => ['stat', '-c', `${word} ${statFormat}`, '--', ...paths],
  space: (word, paths) => ['stat', '-f', '-c', `${word} %S %b %f %n`, '--', ...paths],
};

const statFormat = '%f %D %i %h %s %b %t %T %n';

type PutRecord = (put: ProcRecord['put'], entry: string, paths: ReadonlySet<string>) => string | undefined;

/** Each puts one entry into the record, and gives its path. */
const readers: Readonly<Record<Listed, PutRecord>> = {
  link: (put, entry, paths) => {
    const found = readLink(entry);
    if (found === undefined || !paths.has(found.path)) return undefined;
    put('link', found.path, found.target);
    return found.path;
  },
  names: (put, entry, paths) => {
    const [path = '', ...lines] = entry.split('\n');
    if (!paths.has(path)) return undefined;
    const names = lines.map((line) => line.slice(path.length + 1)).filter((name) => name !== '');
    // Nothing is also what is left of a directory that may not be read.
    if (names.length > 0) put('names', path, names.toSorted());
    return names.length > 0 ? path : undefined;
  },
  stat: (put, entry, paths) => putStat(put, 'stat', entry, paths),
  lstat: (put, entry, paths) => putStat(put, 'lstat', entry, paths),
  space: (put, entry, paths) => {
    const [, size, blocks, free, path = ''] = /^(\d+) (\d+) (\d+) (.*)$/s.exec(entry) ?? [];
    if (!paths.has(path)) return undefined;
    put('space', path, { bsize: Number(size), blocks: Number(blocks), bfree: Number(free) });
    return path;
  },
};

/** What find or stat says of a link: `PATH TARGET`, or `'PATH' -> 'TARGET'`. The paths are those of /proc, without blanks. */
export function readLink(entry: string): { readonly path: string; readonly target: string } | undefined {
  const [, quotedPath, quoted, path, plain] = /^(?:'(\/[^ ]*)' -> '(.*)'|(\/[^ ]*) (.*))$/s.exec(entry) ?? [];
  const [from, to] = [quotedPath ?? path, quoted ?? plain];
  return from === undefined || to === undefined ? undefined : { path: from, target: to };
}

function putStat(
  put: ProcRecord['put'],
  kind: 'stat' | 'lstat',
  entry: string,
  paths: ReadonlySet<string>,
): string | undefined {
  const fields = /^([0-9a-f]+) ([0-9a-f]+) (\d+) (\d+) (\d+) (\d+) ([0-9a-f]+) ([0-9a-f]+) (.*)$/s.exec(entry) ?? [];
  const [, mode = '0', dev = '0', ino = '0', nlink = '0', size = '0', blocks = '0', major = '0', minor = '0'] = fields;
  const path = fields[9] ?? '';
  if (!paths.has(path)) return undefined;
  const stat: FileStat = {
    mode: BigInt(`0x${mode}`),
    dev: BigInt(`0x${dev}`),
    ino: BigInt(ino),
    nlink: BigInt(nlink),
    size: BigInt(size),
    blocks: BigInt(blocks),
    rdev: joinDevice(BigInt(`0x${major}`), BigInt(`0x${minor}`)),
  };
  put(kind, path, stat);
  return path;
}

/** glibc's makedev, sys/sysmacros.h. */
function joinDevice(major: bigint, minor: bigint): bigint {
  return ((major & 0xfffn) << 8n) | ((major & ~0xfffn) << 32n) | (minor & 0xffn) | ((minor & ~0xffn) << 12n);
}

async function fetchEach(shell: FarShell, kind: Listed, paths: readonly string[], record: ProcRecord): Promise<void> {
  const parts = Array.from({ length: Math.ceil(paths.length / pathsPerRun) }, (_, index) =>
    paths.slice(index * pathsPerRun, (index + 1) * pathsPerRun),
  );
  await mapSideBySide(parts, runsSideBySide, async (part) => {
    const word = randomBytes(16).toString('hex');
    const result = await shell.run(programs[kind](word, part), { timeoutMs: fetchLimitMs, maxBytes, keep: 'head' });
    const asked = new Set(part);
    const found = new Set<string>();
    for (const entry of splitEntries(result.stdout.toString('utf8'), word)) {
      const path = readers[kind](record.put, entry, asked);
      if (path !== undefined) found.add(path);
    }
    const isCutShort = result.status === 'timed-out' || result.status === 'absent' || result.truncated;
    const errors = readErrors(result.stderr.toString('utf8'));
    for (const path of part) {
      if (found.has(path)) continue;
      const error = errors.get(path);
      if (error !== undefined) record.putFailure(kind, path, error);
      else if (isCutShort) record.putFailure(kind, path, 'EIO');
      else if (kind === 'names') record.put('names', path, []);
      else record.putFailure(kind, path, 'ENOENT');
    }
  });
}

function splitEntries(output: string, word: string): readonly string[] {
  return output
    .split(`${word} `)
    .slice(1)
    .map((entry) => entry.replace(/\n$/, ''));
}

/** `stat: cannot statx '/a': No such file or directory`, and how busybox and others put it. */
function readErrors(stderr: string): ReadonlyMap<string, FailureCode> {
  const errors = new Map<string, FailureCode>();
  for (const line of stderr.split('\n')) {
    const [, path, reason] = /^\w+: (?:[^'/]*')?(\/.*?)'?: ([^:]+)$/.exec(line) ?? [];
    if (path === undefined || reason === undefined) continue;
    errors.set(path.replace(/(.)\/$/, '$1'), codeOf(judgeMessage(reason).status));
  }
  return errors;
}
