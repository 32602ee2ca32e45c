/** Asks the kernel which processes have their memory or their directories in common with their parents. */

import type { ProcFiles } from './proc-files.js';

/** Number of kcmp by processor, as Node names it (linux: syscall tables). */
const systemCalls: Readonly<Record<string, number>> = {
  x64: 312,
  arm64: 272,
  riscv64: 272,
  loong64: 272,
  ia32: 349,
  arm: 378,
  ppc64: 354,
  s390x: 343,
};

/** KCMP_VM and KCMP_FS (`man 2 kcmp`); 0 = the same. Prints both answers for each pair of pids. */
const script =
  'my $n = shift; while (@ARGV) { my ($a, $b) = splice @ARGV, 0, 2; print join(" ", map { syscall($n, $a + 0, $b + 0, $_, 0, 0) } 1, 3), "\\n" }';

const pairsPerRun = 5_000;
const limitMs = 5_000;

/**
 * Lines `shared memory PID` and `shared directory PID`, of children that `clone` made with CLONE_VM or CLONE_FS and
 * that are processes all the same. Nothing where perl is missing or the kernel does not compare (CONFIG_KCMP).
 */
export async function findShared(parents: ReadonlyMap<number, number>, files: ProcFiles): Promise<string> {
  const call = systemCalls[files.processor];
  const pairs = [...parents];
  let text = '';
  for (let from = 0; call !== undefined && from < pairs.length; from += pairsPerRun) {
    const part = pairs.slice(from, from + pairsPerRun);
    const result = await files.run(['perl', '-e', script, String(call), ...part.flat().map(String)], {
      timeoutMs: limitMs,
      maxBytes: part.length * 8,
      keep: 'head',
    });
    if (result.status !== 'ok') break;
    const answers = result.stdout.toString('latin1').split('\n');
    part.forEach(([pid], index) => {
      const [memory, directory] = answers[index]?.split(' ') ?? [];
      if (memory === '0') text += `shared memory ${pid}\n`;
      if (directory === '0') text += `shared directory ${pid}\n`;
    });
  }
  return `== shared\n${text}`;
}
