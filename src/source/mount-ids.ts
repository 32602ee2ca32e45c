/** Asks on which mounts directories and mapped files lie, where no file of /proc tells: that of a descriptor does. */

import { escapeOctal } from './proc-files.js';
import type { Place, Walk } from './task-walk.js';

/**
 * Opens each path with O_PATH, which neither reads it nor asks its file system, and prints what
 * /proc/self/fdinfo tells of the descriptor; an empty line where that failed. CRIU does the same
 * (criu/files-reg.c, dump_one_reg_file). In a program that can be killed: the way to a directory of a network
 * file system is checked with its server, which may be gone.
 */
const script =
  'for my $p (@ARGV) { my $m = ""; if (sysopen my $d, $p, 010000000 | 02000000) { if (open my $i, "<", "/proc/self/fdinfo/" . fileno $d) { local $/; $m = $1 if <$i> =~ /^mnt_id:\\s*(\\d+)/m } } print "$m\\n" }';

const limitMs = 2_000;
/** A path is at most `/proc/4194304/map_files/7fffffffe000-7ffffffff000`. */
const pathsPerRun = 1_000;

/**
 * Lines `place 812 cwd 433 /lost` and `place 812 map 433 /lost/library`: process, what lies there, mount, path. Those
 * alone whose mount is in no table that was met, and directories to which their path does not lead; nothing where perl is missing.
 */
export async function findLostPlaces(walk: Walk): Promise<string> {
  let text = '== places\n';
  for (let from = 0; from < walk.places.length; from += pathsPerRun) {
    const part = walk.places.slice(from, from + pathsPerRun);
    const result = await walk.files.run(['perl', '-e', script, ...part.map(({ file }) => file)], {
      timeoutMs: limitMs,
      maxBytes: part.length * 12,
      keep: 'head',
    });
    const mounts = result.stdout.toString('latin1').split('\n');
    part.forEach((place, index) => (text += lineOf(place, mounts[index] ?? '', walk)));
    if (result.status !== 'ok') break;
  }
  return text;
}

function lineOf({ pid, use, path, expected }: Place, mount: string, { mountNamespaces }: Walk): string {
  const isKnown = expected === undefined || mount === expected;
  const isListed = [...mountNamespaces.values()].some(({ view }) => view.isLocalMount(mount) !== undefined);
  return mount === '' || (isListed && isKnown) ? '' : `place ${pid} ${use} ${mount} ${escapeOctal(path)}\n`;
}
