import { describe, expect, it } from 'vitest';

import { parseLinks } from '../../src/parse/links.js';

describe('parseLinks', () => {
  it('tells the kinds of links apart', () => {
    const text = `[{"ifindex":1,"ifname":"lo","flags":["LOOPBACK"],"link_type":"loopback","inet6_addr_gen_mode":"eui64"},
      {"ifindex":2,"ifname":"ifb9","link_type":"ether","linkinfo":{"info_kind":"ifb"}},
      {"ifindex":5,"ifname":"eth0","link_type":"ether"}]`;
    expect(parseLinks(text)).toEqual([
      { index: 1, name: 'lo', type: 'loopback', kind: '' },
      { index: 2, name: 'ifb9', type: 'ether', kind: 'ifb' },
      { index: 5, name: 'eth0', type: 'ether', kind: '' },
    ]);
  });

  it('knows an empty list from no list', () => {
    expect(parseLinks('[]\n')).toEqual([]);
    expect(parseLinks('1: lo: <LOOPBACK,UP> mtu 65536')).toBeUndefined();
    expect(parseLinks('{"ifindex":1}')).toBeUndefined();
    expect(parseLinks('')).toBeUndefined();
  });
});
