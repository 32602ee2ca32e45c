import { describe, expect, test } from 'vitest';

import { kindOfName, phaseOfName, timeOfName } from '../../src/evidence/log-name.js';

describe('the name of a log', () => {
  test.each([
    ['/var/log/lxd/c1/snapshot_restore_2026-11-20T14:59:05Z.log', 'criu', 'restore', '2026-11-20T14:59:05.000Z'],
    ['migration_dump_2026-11-20T15:59:05.25+01:00.log.gz', 'criu', 'dump', '2026-11-20T14:59:05.250Z'],
    ['state/dump.log', 'criu', 'dump', undefined],
    ['lxc.log.old', 'lxc', undefined, undefined],
    ['lxd.log', 'lxd', undefined, undefined],
    ['snapshot_dump_2026-99-99T14:59:05Z.log', 'criu', 'dump', undefined],
    ['notes.txt', undefined, undefined, undefined],
  ])('%s', (file, kind, phase, time) => {
    expect(kindOfName(file)).toBe(kind);
    expect(phaseOfName(file).phase).toBe(phase);
    expect(timeOfName(file)).toBe(time === undefined ? undefined : Date.parse(time));
  });
});
