import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import { findSlowMounts } from '../../src/source/slow-mounts.js';

it('knows paths below network and FUSE mounts, but not below what lies over them', () => {
  const directory = mkdtempSync(join(tmpdir(), 'crdoctor-'));
  const table = join(directory, 'mountinfo');
  writeFileSync(
    table,
    [
      '22 1 254:0 / / rw - ext4 /dev/vda rw',
      '30 22 0:40 / /srv/with\\040blank rw shared:3 - nfs4 server:/x rw',
      '31 22 0:61 /proc/meminfo /proc/meminfo rw - fuse.lxcfs lxcfs rw',
      '32 30 0:41 / /srv/with\\040blank/local rw - tmpfs tmpfs rw',
    ].join('\n'),
  );
  const isSlow = findSlowMounts(table);
  rmSync(directory, { recursive: true });
  expect(['/proc/meminfo', '/srv/with blank', '/srv/with blank/a'].map(isSlow)).toEqual([true, true, true]);
  expect(['/', '/proc/meminfo2', '/srv/with blank/local/a', '/srv'].map(isSlow)).toEqual([false, false, false, false]);
});
