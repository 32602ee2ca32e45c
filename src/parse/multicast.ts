/** Reads the multicast groups of a network namespace. */

/**
 * Groups in /proc/PID/net/igmp (a line `DEVICE` and below it lines that begin with the group, in the order of the
 * machine's bytes) without 224.0.0.1, which every device has joined:
 *
 *     1	lo        :     1      V3
 *     				010000E0     1 0:00000000		0
 */
export function parseIgmp(lines: readonly string[]): readonly string[] {
  const groups = lines.flatMap((line) => {
    const group = /^\t+([0-9A-F]{8}) /.exec(line)?.[1];
    return group === undefined
      ? []
      : [
          (group.match(/../g) ?? [])
            .reverse()
            .map((byte) => Number.parseInt(byte, 16))
            .join('.'),
        ];
  });
  return [...new Set(groups)].filter((group) => group !== '224.0.0.1');
}

/**
 * Groups in /proc/PID/net/igmp6 without those that the kernel joins by itself: all nodes, all routers, and the
 * solicited nodes of each address (RFC 4291, 2.7.1):
 *
 *     4    eth0            ff0200000000000000000001ff000002     1 00000004 0
 */
export function parseIgmp6(lines: readonly string[]): readonly string[] {
  const groups = lines.flatMap((line) => {
    const group = /^\d+ +\S+ +([0-9a-f]{32}) /.exec(line)?.[1];
    const isOwn = group === undefined || /^ff0[125]0{27}[12]$|^ff020{19}1ff/.test(group);
    return isOwn ? [] : [(group.match(/.{4}/g) ?? []).map((part) => part.replace(/^0+(?=.)/, '')).join(':')];
  });
  return [...new Set(groups)];
}
