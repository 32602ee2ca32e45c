import { describe, expect, test } from 'vitest';

import { parseInventory } from '../../src/parse/crit-inventory.js';

/** What crit 3.17.1 prints of fixtures/stats/inventory.img, its lists of ids shortened. */
const real =
  '{"magic": "INVENTORY", "entries": [{"img_version": 2, "fdinfo_per_id": true, "root_ids": {"vm_id": 1}, ' +
  '"ns_per_id": true, "root_cg_set": 1, "lsmtype": "NO_LSM", "network_lock_method": 0}]}';

describe('parseInventory', () => {
  test('reads what crit prints of a real image', () => {
    expect(parseInventory(real)).toEqual({ version: 2, securityModule: 'none', networkLock: 'iptables' });
  });

  test('knows what later releases add', () => {
    const entry = {
      lsmtype: 'APPARMOR',
      network_lock_method: 1,
      dump_criu_run_id: '27a38167-67c9-4c63-9c3a-df29e8dc943b',
    };
    expect(parseInventory(JSON.stringify({ magic: 'INVENTORY', entries: [entry] }))).toEqual({
      securityModule: 'apparmor',
      networkLock: 'nftables',
      runId: '27a38167-67c9-4c63-9c3a-df29e8dc943b',
    });
  });

  test('tells nothing of what it does not know, and repeats nothing that is no word', () => {
    const entry = {
      img_version: '2',
      lsmtype: 'X\u001b[31m; rm',
      network_lock_method: 77,
      dump_criu_run_id: '../../x',
    };
    expect(parseInventory(JSON.stringify({ magic: 'INVENTORY', entries: [entry] }))).toEqual({
      securityModule: 'xmrm',
    });
  });

  test.each([
    '',
    'Unknown magic',
    '[]',
    '{"magic": "STATS", "entries": [{}]}',
    '{"magic": "INVENTORY", "entries": []}',
  ])('is nothing: %s', (text) => {
    expect(parseInventory(text)).toBeUndefined();
  });
});
