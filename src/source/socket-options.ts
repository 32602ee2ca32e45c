/** Asks sockets for the few options that stop a dump and that no table tells. */

import type { ProcFiles } from './proc-files.js';

/** Number of getsockopt by processor, as Node names it (linux: syscall tables); those with the usual SO_ numbers. */
const systemCalls: Readonly<Record<string, number>> = {
  x64: 55,
  arm64: 209,
  riscv64: 209,
  loong64: 209,
  ia32: 365,
  arm: 295,
  s390x: 365,
};

/**
 * For each pid, descriptor, inode and kind: takes a copy of the descriptor for a moment (pidfd_open and pidfd_getfd,
 * Linux 5.6, which neither stop nor signal nor trace the process), asks, and closes it. UDP_CORK is 17:1,
 * NETLINK_LIST_MEMBERSHIPS 270:9, SO_PASSCRED 1:16, SO_PASSPIDFD 1:76. SO_GET_FILTER, 1:26, gives EACCES for a
 * program of eBPF (linux net/core/filter.c, sk_get_filter); it counts instructions, so no room is offered.
 */
const script = `my ($n, @q) = @ARGV; my (%p, $v);
sub ask { my ($d, $l, $o, $room) = @_; $v = "\\0" x 1024; my $s = pack "i", $room; my $r = syscall $n, $d, $l, $o, $v, $s; return $r < 0 ? undef : unpack "i", $s }
sub on { return ask(@_, 4) && unpack "i", $v }
while (my ($pid, $fd, $inode, $kind) = splice @q, 0, 4) {
  $p{$pid} //= syscall 434, $pid + 0, 0;
  next if $p{$pid} < 0;
  my $d = syscall 438, $p{$pid}, $fd + 0, 0;
  next if $d < 0;
  if (readlink("/proc/self/fd/$d") eq "socket:[$inode]") {
    my @set;
    if ($kind eq "udp") { push @set, "cork" if on($d, 17, 1) }
    if ($kind eq "unix") { push @set, "control" if on($d, 1, 16) || on($d, 1, 76) }
    if (!defined ask($d, 1, 26, 0) && $!{EACCES}) { push @set, "program" }
    if ($kind eq "netlink" && (my $size = ask($d, 270, 9, 1024))) { push @set, "member" if substr($v, 0, 4) =~ /[^\\0]/; push @set, "groups" if substr($v, 4, ($size < 1024 ? $size : 1024) - 4) =~ /[^\\0]/ }
    print "$inode ", join(",", @set) || "-", "\\n";
  }
  open my $h, "<&=", $d and close $h;
}`;

const limitMs = 5_000;
/** More sockets are not asked: of thousands of one kind, one is as the other. */
const maxAsked = 2_000;

/** What the sockets in a table of /proc, or those with a name of the kernel, are asked as. */
const kinds: Readonly<Record<string, string>> = {
  udp: 'udp',
  udp6: 'udp',
  udplite: 'udp',
  udplite6: 'udp',
  UDP: 'udp',
  UDPv6: 'udp',
  'UDP-Lite': 'udp',
  UDPLITEv6: 'udp',
  tcp: 'other',
  tcp6: 'other',
  TCP: 'other',
  TCPv6: 'other',
  raw: 'other',
  raw6: 'other',
  icmp: 'other',
  icmp6: 'other',
  packet: 'other',
  netlink: 'netlink',
  NETLINK: 'netlink',
  unix: 'unix',
};

/** Of many sockets, those that have more to tell come first. */
const order: readonly string[] = ['udp', 'netlink', 'unix', 'other'];

export interface AskedSocket {
  readonly inode: string;
  /** `/proc/PID/fd/N` */
  readonly path: string;
  /** Table that it stands in, or the kernel's name for its protocol. */
  readonly protocol: string;
}

/**
 * Lines `option 4711 cork`, of every socket that answered: `-` or, with commas between, `cork` (UDP_CORK), `program`
 * (an eBPF filter), `member` (of netlink groups up to 32), `groups` (of such above), `control` (gets credentials or pidfds with what it
 * reads). Nothing where perl is missing or this is not allowed.
 */
export async function readSocketOptions(sockets: readonly AskedSocket[], files: ProcFiles): Promise<string> {
  const call = systemCalls[files.processor];
  const questions = sockets.flatMap(({ inode, path, protocol }) => {
    const [, pid, fd] = /^\/proc\/(\d+)\/fd\/(\d+)$/.exec(path) ?? [];
    const kind = kinds[protocol];
    return pid === undefined || fd === undefined || kind === undefined ? [] : [[pid, fd, inode, kind]];
  });
  if (call === undefined || questions.length === 0) return '';
  const rank = ([, , , kind = '']: readonly string[]): number => order.indexOf(kind);
  const asked = questions.toSorted((left, right) => rank(left) - rank(right)).slice(0, maxAsked);
  const result = await files.run(['perl', '-MErrno', '-e', script, String(call), ...asked.flat()], {
    timeoutMs: limitMs,
    maxBytes: asked.length * 64,
    keep: 'head',
  });
  const lines = result.stdout.toString('latin1').split('\n');
  const told = lines.filter((line) => /^\d+ [a-z,-]+$/.test(line)).map((line) => `option ${line}\n`);
  return `== options\n${told.join('')}`;
}
