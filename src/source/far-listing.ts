/** Lists a directory of another host, and measures the room on one of its file systems. */

import { randomBytes } from 'node:crypto';

import type { Answer } from './evidence.js';
import { explainFarFailure } from './far-files.js';
import type { FarShell } from './far-shell.js';
import { escapeFileName } from './file-name.js';
import { maxListed } from './local-listing.js';
import type { ListingRequest } from './source.js';

const maxBytes = 16 * 1024 * 1024;

/** GNU find tells all by itself; that of busybox leaves it to stat, whose times are whole seconds. */
const listScript = String.raw`if find / -maxdepth 0 -printf '' 2>/dev/null; then
find "$1/" -mindepth 1 -maxdepth "$2" -printf "$3"' %m %y %s %T@ %P\0'
else
find "$1/" -mindepth 1 -maxdepth "$2" -exec stat -c "$3 %f - %s %Y %n" {} +
fi`;

/** The same lines as {@link listDirectory} writes. */
export async function listFarDirectory(
  shell: FarShell,
  { path, maxDepth = 1, beginnings }: ListingRequest,
  limitMs: number,
): Promise<Answer> {
  // Begins each entry, so that a line break in a name begins none.
  const word = randomBytes(8).toString('hex');
  const argv = ['sh', '-c', listScript, 'sh', path, String(maxDepth), word];
  const result = await shell.run(argv, { timeoutMs: limitMs, maxBytes, keep: 'head' });
  const entries = splitEntries(result.stdout, word, `${path}/`);
  // A directory below that cannot be read is listed by itself.
  const isListed = result.status === 'ok' || (result.exitStatus === 1 && !isAbout(result.stderr, path));
  if (!isListed) return explainFarFailure(path, result, limitMs);
  const wanted = entries
    .filter(({ name }) => beginnings?.some((beginning) => name.toString('latin1').startsWith(beginning)) ?? true)
    .toSorted(byPath);
  const lines = wanted.slice(0, maxListed).map(({ line }) => line);
  const content = Buffer.from(lines.join(''));
  if (wanted.length <= maxListed && !result.truncated) return { origin: path, status: 'ok', content };
  return { origin: path, status: 'truncated', content, reason: `more than ${lines.length} entries` };
}

/** The directory itself could not be read; GNU puts its name in quotes, busybox does not. */
function isAbout(stderr: Buffer, path: string): boolean {
  const beginnings = [`find: '${path}/': `, `find: ${path}/: `, `find: '${path}': `, `find: ${path}: `];
  const lines = stderr.toString('utf8').split('\n');
  return lines.some((line) => beginnings.some((beginning) => line.startsWith(beginning)));
}

interface Entry {
  readonly name: Buffer;
  readonly parts: readonly string[];
  readonly line: string;
}

function splitEntries(stdout: Buffer, word: string, prefix: string): readonly Entry[] {
  return stdout
    .toString('latin1')
    .split(`${word} `)
    .slice(1)
    .flatMap((entry) => readEntry(entry.replace(/[\n\0]$/, ''), Buffer.from(prefix).toString('latin1')));
}

function readEntry(entry: string, prefix: string): readonly Entry[] {
  const [, mode = '', type = '', bytes = '', seconds = '', place = ''] =
    /^([0-9a-f]+) (\S) (\d+) ([\d.]+) (.*)$/s.exec(entry) ?? [];
  if (place === '') return [];
  const name = Buffer.from(type === '-' && place.startsWith(prefix) ? place.slice(prefix.length) : place, 'latin1');
  const letter = type === '-' ? letterOf(parseInt(mode, 16)) : /[fdlpscb]/.test(type) ? type : '?';
  const line = `${letter} ${bytes} ${Number(seconds).toFixed(3)} ${escapeFileName(name)}\n`;
  return [{ name, parts: name.toString('latin1').split('/'), line }];
}

/** S_IFMT and what it selects, `man 7 inode`. */
function letterOf(mode: number): string {
  const letters = { 1: 'p', 2: 'c', 4: 'd', 6: 'b', 8: 'f', 10: 'l', 12: 's' } as Readonly<Record<number, string>>;
  return letters[(mode >> 12) & 0xf] ?? '?';
}

/** Byte by byte, each directory followed by what is in it. */
function byPath({ parts: left }: Entry, { parts: right }: Entry): number {
  for (let at = 0; at < Math.min(left.length, right.length); at++) {
    const [one = '', other = ''] = [left[at], right[at]];
    if (one !== other) return one < other ? -1 : 1;
  }
  return left.length - right.length;
}

/** Climbs to the nearest parent that exists. */
const spaceScript = String.raw`p=$1
while :; do
s=$(stat -f -c '%S %b %a' -- "$p" 2>&1) && break
case $s in *'No such file'*|*'Not a directory'*) ;; *) break ;; esac
[ "$p" != / ] || break
p=$(dirname -- "$p")
done
printf '%s\n%s\n' "$s" "$p"`;

/** The same lines as {@link measureSpace} writes. */
export async function measureFarSpace(shell: FarShell, path: string, limitMs: number): Promise<Answer> {
  const argv = ['sh', '-c', spaceScript, 'sh', path];
  const result = await shell.run(argv, { timeoutMs: limitMs, maxBytes: 65_536, keep: 'head' });
  if (result.status !== 'ok') return explainFarFailure(path, result, limitMs);
  const [first = '', ...rest] = result.stdout.toString('utf8').replace(/\n$/, '').split('\n');
  const place = rest.join('\n');
  const [, blockBytes, total, available] = /^(\d+) (\d+) (\d+)$/.exec(first) ?? [];
  if (blockBytes === undefined) {
    return explainFarFailure(place, { ...result, status: 'failed', stderr: Buffer.from(first) }, limitMs);
  }
  const bytesOf = (blocks: string | undefined): number => Number(blockBytes) * Number(blocks);
  const text = `path ${place}\ntotal ${bytesOf(total)}\navailable ${bytesOf(available)}\n`;
  return { origin: place, status: 'ok', content: Buffer.from(text) };
}
