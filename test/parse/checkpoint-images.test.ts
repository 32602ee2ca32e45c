import { expect, it } from 'vitest';

import { parseTcpListeners, parseUnixListeners } from '../../src/parse/net-sockets.js';
import { parsePstreeImage } from '../../src/parse/pstree-image.js';

/** Of a container with init, a workload and a sleep, written by CRIU 4.2.1. */
const pstree = [
  '1943565430302750',
  '0a00000008011000180120012801',
  '0a00000008161001181620162816',
  '0a00000008181001180120012818',
].join('');

it('reads the pids of a checkpoint', () => {
  expect(parsePstreeImage(Buffer.from(pstree, 'hex'))).toEqual([1, 22, 24]);
  const large = '19435654303027500300000008ac02';
  expect(parsePstreeImage(Buffer.from(large, 'hex'))).toEqual([300]);
});

it.each(['', '19435654', pstree.slice(0, -2), `${pstree.slice(0, 24)}ff`, pstree.replace('0801', '1801')])(
  'does not understand %j',
  (hex) => {
    expect(parsePstreeImage(Buffer.from(hex, 'hex'))).toBeUndefined();
  },
);

const tcp = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 24135 1
   1: 0100007F:0050 0100007F:9C40 01 00000000:00000000 00:00000000 00000000     0        0 24136 1
`;

it('reads which sockets wait for connections', () => {
  expect(parseTcpListeners(tcp, 'tcp')).toEqual(['tcp 00000000:0050']);
  expect(parseTcpListeners('', 'tcp')).toBeUndefined();
  const unix = `Num       RefCount Protocol Flags    Type St Inode Path
00000000dead9fad: 00000002 00000000 00010000 0001 01 1735581 /run/a b
00000000803e396f: 00000003 00000000 00000000 0001 03 2029688 /run/connected
00000000803e3970: 00000002 00000000 00010000 0001 01 2029689
`;
  expect(parseUnixListeners(unix)).toEqual(['unix /run/a b']);
  expect(parseUnixListeners('nothing')).toBeUndefined();
});
