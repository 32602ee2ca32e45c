/** Asks another host for what a reader of processes wanted and did not find, all at once. */

import { randomBytes } from 'node:crypto';

import { judgeMessage, readFarFiles } from './far-files.js';
import { quoteWord } from './far-prelude.js';
import type { FarShell } from './far-shell.js';
import type { FileStat } from './proc-files.js';
import type { FailureCode, ProcRecord, RecordedKind, Wanted } from './proc-record.js';
import { mapSideBySide } from './side-by-side.js';

/** Paths handed to one program; its complaints about each have to fit into what is kept of its standard error. */
const pathsPerRun = 300;
const maxScriptBytes = 100_000;
const runsSideBySide = 4;
const maxBytes = 64 * 1024 * 1024;
/** For some hundred small files; a smaps of a large process takes seconds. */
export const fetchLimitMs = 20_000;

/** Puts into the record what is wanted; what cannot be had with the reason. */
export async function fetchWanted(shell: FarShell, wanted: Wanted, record: ProcRecord): Promise<void> {
  await Promise.all([
    fetchTexts(shell, [...wanted.paths.text], record),
    fetchListed(shell, wanted, record),
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

/**
 * The commands for each kind, `$w` being the word of this question. Each thing found is printed as `WORD KIND`, a
 * blank and what {@link readers} understand. Links are read with find, where it is the one of GNU; else with stat,
 * whose quotes are taken off again.
 */
const commands: Readonly<Record<Listed, (paths: string) => string>> = {
  link: (paths) => `if find / -maxdepth 0 -printf '' 2>/dev/null; then
find ${paths} -maxdepth 0 -printf "$w link %p %l\\n"; else stat -c "$w link %N" -- ${paths}; fi`,
  names: (paths) => `for d in ${paths}; do printf '%s names %s\\n' "$w" "$d"; find "$d/" -mindepth 1 -maxdepth 1; done`,
  stat: (paths) => `stat -L -c "$w stat ${statFormat}" -- ${paths}`,
  lstat: (paths) => `stat -c "$w lstat ${statFormat}" -- ${paths}`,
  space: (paths) => `stat -f -c "$w space %S %b %f %n" -- ${paths}`,
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

interface WantedPath {
  readonly kind: Listed;
  readonly path: string;
}

/** Everything but contents, by as few programs as there are kinds. */
async function fetchListed(shell: FarShell, { paths }: Wanted, record: ProcRecord): Promise<void> {
  const kinds: readonly Listed[] = ['link', 'names', 'stat', 'lstat', 'space'];
  const all = kinds.flatMap((kind) => [...paths[kind]].map((path) => ({ kind, path })));
  await mapSideBySide(splitInto(all), runsSideBySide, (part) => fetchPart(shell, part, record));
}

/** Parts that fit into one argument of a program (MAX_ARG_STRLEN, linux include/uapi/linux/binfmts.h). */
function splitInto(wanted: readonly WantedPath[]): readonly (readonly WantedPath[])[] {
  const parts: WantedPath[][] = [];
  let bytes = maxScriptBytes;
  for (const each of wanted) {
    bytes += 2 * Buffer.byteLength(each.path) + 8;
    const part = parts.at(-1);
    if (part !== undefined && bytes < maxScriptBytes && part.length < pathsPerRun) part.push(each);
    else {
      parts.push([each]);
      bytes = 2 * Buffer.byteLength(each.path) + 8;
    }
  }
  return parts;
}

async function fetchPart(shell: FarShell, part: readonly WantedPath[], record: ProcRecord): Promise<void> {
  const word = randomBytes(16).toString('hex');
  const byKind = new Map<Listed, Set<string>>();
  for (const { kind, path } of part) byKind.set(kind, (byKind.get(kind) ?? new Set()).add(path));
  const script = [...byKind].map(([kind, paths]) => {
    const words = [...paths].map((path) => quoteWord(path).toString('latin1')).join(' ');
    return `printf '%s ${kind}\n' "$w" >&2\n${commands[kind](words)}\n`;
  });
  const argv = ['sh', '-c', Buffer.from(`w=$1\n${script.join('')}exit`, 'latin1'), 'sh', word];
  const result = await shell.run(argv, { timeoutMs: fetchLimitMs, maxBytes, keep: 'head' });
  const found = putEntries(result.stdout.toString('utf8'), word, byKind, record);
  const errors = splitEntries(result.stderr.toString('utf8'), word).map(readErrors);
  const isCutShort = result.status !== 'ok' && result.exitStatus === undefined;
  for (const [index, [kind, paths]] of [...byKind].entries()) {
    for (const path of paths) {
      if (found.has(`${kind} ${path}`)) continue;
      const error = errors[index]?.get(path) ?? (isCutShort || result.truncated ? 'EIO' : undefined);
      if (error === undefined && kind === 'names') record.put('names', path, []);
      else record.putFailure(kind, path, error ?? 'ENOENT');
    }
  }
}

/** Gives what was found, as `KIND PATH`. */
function putEntries(
  output: string,
  word: string,
  wanted: ReadonlyMap<Listed, ReadonlySet<string>>,
  record: ProcRecord,
): ReadonlySet<string> {
  const found = new Set<string>();
  for (const entry of splitEntries(output, word)) {
    const blank = entry.indexOf(' ');
    const kind = [...wanted.keys()].find((each) => each === entry.slice(0, blank));
    if (kind === undefined) continue;
    const path = readers[kind](record.put, entry.slice(blank + 1), wanted.get(kind) ?? new Set());
    if (path !== undefined) found.add(`${kind} ${path}`);
  }
  return found;
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
