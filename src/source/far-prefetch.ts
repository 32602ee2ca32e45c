/** Takes what is always wanted of a tree of processes of another host with few programs and one question. */

import { randomBytes } from 'node:crypto';

import { fetchLimitMs, readLink } from './far-fetch.js';
import type { FarShell } from './far-shell.js';
import type { ProcRecord } from './proc-record.js';

const maxBytes = 256 * 1024 * 1024;

/**
 * Walks down the tree with what the shell has built in, then prints sections, each begun by a line `WORD NAME`:
 *
 *     tree       a line `WORD children /proc/P/task/T CHILD...` for each thread, and `WORD procs PID...` for all
 *     texts      stat, status, cgroup, auxv of each process, then status of all further threads, in the order of
 *                the lines above, with a word of its own behind each (see far-files.ts)
 *     links      `WORD PATH TARGET`: what is open, namespaces, exe, cwd, root; and the pid namespaces of all others
 *     infos      `PATH:LINE` of all fdinfo, as `grep -H` prints them
 *     maps       the same of maps, in a small tree; last, because reading it may wait for a lock of the process,
 *                though not while all of its threads run or sleep
 */
const script = String.raw`w=$1 r=$2 c=$3
d=/proc/$$/comm
printf %s "$c" >"$d" && read -r x <"$d" && [ "$x" = "$c" ] || exit 75
l=$r a= h=
while [ -n "$l" ]; do
n=
for p in $l; do
for t in /proc/$p/task/[0-9]*; do
[ -d "$t" ] || continue
case $t in "/proc/$p/task/$p") a="$a $p" ;; *) h="$h $t" ;; esac
k=
read -r k 2>/dev/null <"$t/children"
printf '%s children %s %s\n' "$w" "$t" "$k"
[ -z "$k" ] || n="$n $k"
done
done
set -- $n
l=$*
done
set -- /proc/[0-9]*
printf '%s procs %s\n%s texts\n' "$w" "$*" "$w"
set -- /proc/self/mountinfo "$d" "/proc/$r/mountinfo" "$d"
for p in $a; do
q=/proc/$p
set -- "$@" "$q/stat" "$d" "$q/status" "$d" "$q/cgroup" "$d" "$q/auxv" "$d"
if [ $# -gt 400 ]; then cat -- "$@"; set --; fi
done
for t in $h; do
set -- "$@" "$t/status" "$d"
if [ $# -gt 400 ]; then cat -- "$@"; set --; fi
done
[ $# = 0 ] || cat -- "$@"
printf '\n%s links\n' "$w"
g=
if find / -maxdepth 0 -printf '' 2>/dev/null; then g=1; fi
links() {
if [ -n "$g" ]; then find "$@" -type l -printf "$w %p %l\n"; else find "$@" -type l -exec stat -c "$w %N" {} +; fi
}
set -- /proc/self/ns
for p in $a; do
q=/proc/$p
set -- "$@" "$q/fd" "$q/ns" "$q/exe" "$q/cwd" "$q/root"
if [ $# -gt 400 ]; then links "$@" -maxdepth 1; set --; fi
done
for t in $h; do
set -- "$@" "$t/ns" "$t/cwd"
if [ $# -gt 400 ]; then links "$@" -maxdepth 1; set --; fi
done
[ $# = 0 ] || links "$@" -maxdepth 1
links /proc/[0-9]*/ns/pid -maxdepth 0
printf '\n%s infos\n' "$w"
set --
for p in $a; do
set -- "$@" "/proc/$p/fdinfo"
if [ $# -gt 400 ]; then find "$@" -maxdepth 1 -type f -exec grep -H '' {} +; set --; fi
done
[ $# = 0 ] || find "$@" -maxdepth 1 -type f -exec grep -H '' {} +
printf '\n%s maps\n' "$w"
set -- $a
if [ $# -le 100 ]; then
set --
for p in $a; do
k=1
for t in /proc/$p/task/[0-9]*; do
x=
read -r x 2>/dev/null <"$t/stat"
case $x in *') D '*) k= ;; *') '*) ;; *) k= ;; esac
done
[ -z "$k" ] || set -- "$@" "/proc/$p/maps"
done
[ $# = 0 ] || grep -H '' "$@"
fi
printf '\n%s end\n' "$w"
exit`;

/** What could not be had is left out: it will be wanted, and asked for by itself. Gives the pids of the tree. */
export async function prefetchTree(shell: FarShell, rootPid: number, record: ProcRecord): Promise<readonly number[]> {
  const word = randomBytes(16).toString('hex');
  const cut = randomBytes(8).toString('hex').slice(0, 15);
  const result = await shell.run(['sh', '-c', script, 'sh', word, String(rootPid), cut], {
    timeoutMs: fetchLimitMs,
    maxBytes,
    keep: 'head',
  });
  const [, tree = '', texts, links, infos, maps] = splitSections(result.stdout, word);
  const threads = readTree(tree.toString(), word, record);
  if (texts !== undefined) readTexts(texts, Buffer.from(`${cut}\n`), rootPid, threads, record);
  if (links !== undefined) readLinks(links.toString('utf8'), word, record);
  for (const lines of [infos, maps]) if (lines !== undefined) readPrefixed(lines.toString('utf8'), record);
  return [...threads.keys()];
}

/** Only sections that are whole: each is ended by the next one. */
function splitSections(output: Buffer, word: string): readonly (Buffer | undefined)[] {
  const sections: (Buffer | undefined)[] = [undefined];
  let begin = 0;
  for (const name of ['texts', 'links', 'infos', 'maps', 'end']) {
    const mark = Buffer.from(`${word} ${name}\n`);
    const at = output.indexOf(mark, begin);
    if (at < 0) return sections;
    sections.push(output.subarray(begin, at));
    begin = at + mark.length;
  }
  return sections;
}

type Threads = ReadonlyMap<number, readonly string[]>;

function readTree(text: string, word: string, record: ProcRecord): Threads {
  const threads = new Map<number, string[]>();
  const lists = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, place = '', pid, thread = '', children = ''] =
      /^\w+ children (\/proc\/(\d+)\/task\/(\d+)) ?([\d ]*)$/.exec(line) ?? [];
    if (line.startsWith(`${word} procs `)) {
      const pids = line.split(' ').slice(2);
      record.put(
        'names',
        '/proc',
        pids.map((each) => each.slice('/proc/'.length)),
      );
    }
    if (pid === undefined || !line.startsWith(word)) continue;
    const siblings = threads.get(Number(pid)) ?? [];
    siblings.push(thread);
    threads.set(Number(pid), siblings);
    lists.set(`${place}/children`, children);
  }
  // Nothing at all may also mean that the kernel has no such lists.
  const hasLists = [...lists.values()].some((children) => children !== '');
  if (hasLists) for (const [path, children] of lists) record.put('text', path, children);
  for (const [pid, ids] of threads) {
    record.put('names', `/proc/${pid}/task`, ids.toSorted());
  }
  return threads;
}

/** With another number of words than files, what is between them cannot be told to be whose. */
function readTexts(section: Buffer, cut: Buffer, rootPid: number, threads: Threads, record: ProcRecord): void {
  const paths = ['/proc/self/mountinfo', `/proc/${rootPid}/mountinfo`];
  for (const [pid, ids] of threads) {
    if (!ids.includes(String(pid))) continue;
    paths.push(...['stat', 'status', 'cgroup', 'auxv'].map((name) => `/proc/${pid}/${name}`));
  }
  for (const [pid, ids] of threads) {
    const further = ids.filter((id) => id !== String(pid));
    for (const id of further) paths.push(`/proc/${pid}/task/${id}/status`);
  }
  const pieces: Buffer[] = [];
  let begin = 0;
  for (let end = section.indexOf(cut); end >= 0; begin = end + cut.length, end = section.indexOf(cut, begin)) {
    pieces.push(section.subarray(begin, end));
  }
  if (pieces.length !== paths.length) return;
  for (const [index, path] of paths.entries()) {
    const piece = pieces[index];
    // A zombie has no auxv, and it is known to be empty once it is asked for by itself.
    if (piece !== undefined && piece.length > 0) record.put('text', path, piece);
  }
}

function readLinks(text: string, word: string, record: ProcRecord): void {
  const names = new Map<string, string[]>();
  for (const entry of text.split(`${word} `).slice(1)) {
    const found = readLink(entry.replace(/\n+$/, ''));
    if (found === undefined) continue;
    record.put('link', found.path, found.target);
    const [, directory, name] = /^(\/proc\/(?:\d+\/fd|self\/ns))\/([^/]+)$/.exec(found.path) ?? [];
    if (directory === undefined || name === undefined) continue;
    const others = names.get(directory);
    if (others === undefined) names.set(directory, [name]);
    else others.push(name);
  }
  // As Node gives them.
  for (const [directory, all] of names) record.put('names', directory, all.toSorted());
}

function readPrefixed(text: string, record: ProcRecord): void {
  let path = '';
  let lines: string[] = [];
  const finish = (): void => {
    if (path !== '') record.put('text', path, `${lines.join('\n')}\n`);
    lines = [];
  };
  for (const line of text.split('\n')) {
    const colon = line.indexOf(':');
    const place = line.slice(0, colon);
    if (!/^\/proc\/\d+\/(?:fdinfo\/\d+|maps)$/.test(place)) continue;
    if (place !== path) finish();
    path = place;
    lines.push(line.slice(colon + 1));
  }
  finish();
}
