/** Asks the kernel for the protocol of sockets that stand in no table of /proc. */

import type { ProcFiles } from './proc-files.js';

/** Number of getxattr by processor, as Node names it (linux: syscall tables). */
const systemCalls: Readonly<Record<string, number>> = {
  x64: 191,
  arm64: 8,
  riscv64: 8,
  loong64: 8,
  ia32: 229,
  arm: 229,
  ppc64: 212,
  s390x: 227,
};

/** Prints the value for each path; an empty line for one that has none. */
const script =
  'my $n = shift; for my $p (@ARGV) { my $a = "system.sockprotoname"; my $b = "\\0" x 64; my $l = syscall($n, $p, $a, $b, 64); print $l > 0 ? unpack("Z*", substr($b, 0, $l)) : "", "\\n" }';

const pathsPerRun = 2_000;
const limitMs = 5_000;

/**
 * The names by path of the socket (`/proc/PID/fd/N`), as far as they are told: TCP, MPTCP, AF_VSOCK, XDP …;
 * undefined when there is no program here that can ask. `system.sockprotoname` is an attribute of every socket
 * (linux net/socket.c), but Node reads no attributes.
 */
export async function readSocketNames(
  paths: readonly string[],
  files: ProcFiles,
): Promise<ReadonlyMap<string, string> | undefined> {
  const names = new Map<string, string>();
  for (let from = 0; from < paths.length; from += pathsPerRun) {
    const part = paths.slice(from, from + pathsPerRun);
    const answer = (await askPerl(part, files)) ?? (await askGetfattr(part, files));
    if (answer === undefined) return undefined;
    for (const [path, name] of answer) names.set(path, name);
  }
  return names;
}

type Names = readonly (readonly [path: string, name: string])[];

async function askPerl(paths: readonly string[], files: ProcFiles): Promise<Names | undefined> {
  const call = systemCalls[files.processor];
  if (call === undefined) return undefined;
  const result = await files.run(['perl', '-e', script, String(call), ...paths], {
    timeoutMs: limitMs,
    maxBytes: paths.length * 65,
    keep: 'head',
  });
  if (result.status !== 'ok') return undefined;
  const lines = result.stdout.toString('utf8').split('\n');
  return paths.flatMap((path, index) => (isName(lines[index]) ? [[path, lines[index]] as const] : []));
}

async function askGetfattr(paths: readonly string[], files: ProcFiles): Promise<Names | undefined> {
  const argv = ['getfattr', '--absolute-names', '-n', 'system.sockprotoname', '-e', 'text', '--', ...paths] as const;
  const result = await files.run(argv, { timeoutMs: limitMs, maxBytes: paths.length * 200, keep: 'head' });
  // It ends with 1 when one of the sockets has gone, and tells of the others all the same.
  if (result.status !== 'ok' && result.exitStatus !== 1) return undefined;
  const blocks = result.stdout.toString('utf8').matchAll(/^# file: (\S+)\nsystem\.sockprotoname="([^"\\]+)/gm);
  return [...blocks].flatMap(([, path = '', name = '']) => (isName(name) ? [[path, name] as const] : []));
}

function isName(name: string | undefined): name is string {
  return name !== undefined && /^[\w .-]{1,64}$/.test(name);
}
