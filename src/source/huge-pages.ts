/** Finds out by what huge pages are known in /proc: the mount and the device of the kernel's own hugetlb file systems. */

import type { ProcFiles } from './proc-files.js';

/** Number of memfd_create by processor, as Node names it (linux: syscall tables). */
const systemCalls: Readonly<Record<string, number>> = {
  x64: 319,
  arm64: 279,
  riscv64: 279,
  loong64: 279,
  ia32: 356,
  arm: 385,
  ppc64: 360,
  s390x: 350,
};

/**
 * Makes an empty memfd of each size (MFD_CLOEXEC, MFD_HUGETLB and the size, `man 2 memfd_create`), which takes no
 * page, and prints its mount, its device, the size in KiB and how many pages of it could still be had.
 */
const script =
  'my $n = shift; for my $d (glob "/sys/kernel/mm/hugepages/hugepages-*kB") { my ($k) = $d =~ /-(\\d+)kB$/; my %v; for my $f (qw(free resv surplus nr_overcommit)) { open my $i, "<", "$d/${f}_hugepages" or next; $v{$f} = <$i> + 0 } my $s = 10; $s++ while (1 << $s) < $k * 1024; my $c = "crdoctor"; my $fd = syscall $n, $c, 5 | $s << 26; next if $fd < 0; open my $i, "<", "/proc/self/fdinfo/$fd" or next; local $/; my ($m) = <$i> =~ /^mnt_id:\\s*(\\d+)/m; my $v = (stat "/proc/self/fd/$fd")[0]; my $w = $v{free} - $v{resv}; my $o = $v{nr_overcommit} - $v{surplus}; printf "%d %d:%d %d %d\\n", $m, $v >> 8 & 0xfff, $v & 0xff | $v >> 12 & 0xfff00, $k, ($w > 0 ? $w : 0) + ($o > 0 ? $o : 0) }';

const limitMs = 2_000;

/**
 * Lines `huge 18 0:17 2048 0`: mount id of memfds of huge pages, device of their mappings, size of a page in KiB,
 * pages that are free. Nothing where perl is missing or the kernel has no huge pages.
 */
export async function readHugePages(files: ProcFiles): Promise<string> {
  const call = systemCalls[files.processor];
  if (call === undefined) return '';
  const result = await files.run(['perl', '-e', script, String(call)], {
    timeoutMs: limitMs,
    maxBytes: 4_096,
    keep: 'head',
  });
  if (result.status !== 'ok') return '';
  const lines = result.stdout.toString('latin1').split('\n');
  const told = lines.filter((line) => /^\d+ \d+:\d+ \d+ \d+$/.test(line)).map((line) => `huge ${line}\n`);
  return `== huge pages\n${told.join('')}`;
}
