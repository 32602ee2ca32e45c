/** Reads which sockets of a network namespace wait for connections, from /proc/PID/net. */

/** State TCP_LISTEN (`include/net/tcp_states.h`). */
const tcpListen = '0A';
/** __SO_ACCEPTCON (`include/linux/net.h`): someone has called listen(2). */
const acceptsConnections = 0x10000;

/**
 * Of `/proc/PID/net/tcp` and `tcp6`: `tcp 0100007F:1F90`, the address as the kernel writes it. Undefined when
 * the text is something else.
 *
 *     sl  local_address rem_address   st tx_queue rx_queue …
 *      0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 …
 */
export function parseTcpListeners(text: string, family: 'tcp' | 'tcp6'): readonly string[] | undefined {
  if (!/^ *sl +local_address/.test(text)) return undefined;
  const rows = [...text.matchAll(/^ *\d+: ([0-9A-F]+:[0-9A-F]{4}) [0-9A-F]+:[0-9A-F]{4} ([0-9A-F]{2}) /gm)];
  return rows.filter(([, , state]) => state === tcpListen).map(([, address = '']) => `${family} ${address}`);
}

/**
 * Of `/proc/PID/net/unix`: `unix /run/x`. Sockets without a name are left out, as nobody could tell them apart.
 *
 *     Num       RefCount Protocol Flags    Type St Inode Path
 *     000…: 00000002 00000000 00010000 0001 01 20612 /run/x
 */
export function parseUnixListeners(text: string): readonly string[] | undefined {
  if (!/^Num +RefCount/.test(text)) return undefined;
  const rows = [
    ...text.matchAll(/^[0-9a-fK]+: [0-9A-F]{8} [0-9A-F]{8} ([0-9A-F]{8}) [0-9A-F]{4} [0-9A-F]{2} +\d+ (.+)$/gm),
  ];
  return rows
    .filter(([, flags = '']) => (Number.parseInt(flags, 16) & acceptsConnections) !== 0)
    .map(([, , path = '']) => `unix ${path}`);
}
